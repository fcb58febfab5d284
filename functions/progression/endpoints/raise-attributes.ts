import { ATTRIBUTE_INCREASED } from '#events/progression.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { raiseAttributes } from '../contract.ts';
import { raiseAttribute } from '../rules.ts';
import { readProgression, saveProgressionWrite } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(raiseAttributes, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { attributeId, points } = input.body;
    const before = await readProgression(actor.characterId);
    if (!before) throw fail('progression.not_found');
    const after = raiseAttribute(before, attributeId, points);
    const fact = event(ATTRIBUTE_INCREASED, {
      aggregateId: after.characterId,
      aggregateSeq: after.version,
      data: {
        accountId: after.accountId,
        characterId: after.characterId,
        attributeId,
        value: after.attributes[attributeId],
        previousValue: before.attributes[attributeId],
      },
    });
    return commit({ writes: [saveProgressionWrite(after)], events: [fact] }, viewOf(after, nowMs));
  }),
);
