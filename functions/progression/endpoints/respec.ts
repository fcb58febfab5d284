import { classes } from '#content/classes.ts';
import { CHARACTER_RESPEC } from '#events/progression.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { respec as endpoint } from '../contract.ts';
import { respec } from '../rules.ts';
import { readProgression, saveProgressionWrite } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(endpoint, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { kind } = input.body;
    const before = await readProgression(actor.characterId);
    if (!before) throw fail('progression.not_found');
    const { after, cost } = respec(before, kind, classes.get(before.classId), nowMs);
    const { characterId, accountId, attributePoints, skillPoints } = after;
    const told = event(CHARACTER_RESPEC, {
      aggregateId: characterId,
      aggregateSeq: after.version,
      data: { accountId, characterId, kind, cost, attributePoints, skillPoints },
    });
    return commit({ writes: [saveProgressionWrite(after)], events: [told] }, viewOf(after, nowMs));
  }),
);
