import { SKILL_INCREASED } from '#events/progression.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { raiseSkills } from '../contract.ts';
import { raiseSkill } from '../rules.ts';
import { readProgression, saveProgressionWrite } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(raiseSkills, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { skillId, points } = input.body;
    const before = await readProgression(actor.characterId);
    if (!before) throw fail('progression.not_found');
    const after = raiseSkill(before, skillId, points);
    const fact = event(SKILL_INCREASED, {
      aggregateId: after.characterId,
      aggregateSeq: after.version,
      data: {
        accountId: after.accountId,
        characterId: after.characterId,
        skillId,
        value: after.skills[skillId],
        previousValue: before.skills[skillId],
      },
    });
    return commit({ writes: [saveProgressionWrite(after)], events: [fact] }, viewOf(after, nowMs));
  }),
);
