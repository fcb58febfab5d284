import { push } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { setLoot } from '../contract.ts';
import { ownParty } from '../own-party.ts';
import { requireLeader, withLoot } from '../rules.ts';
import { putParty } from '../store.ts';
import { partyEventsTopic } from '../topics.ts';
import { lootView, partyView } from '../view.ts';

export const handler = endpointHandler(setLoot, ({ input, actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const { party: seen } = await ownParty(actor.characterId);
    requireLeader(seen, actor.characterId);
    const party = withLoot(seen, input.body);
    const { partyId, version, loot } = party;
    const shown = { type: 'loot_changed' as const, version, loot: lootView(loot) };
    return commit(
      { writes: [putParty(party, seen)], pushes: [push(partyEventsTopic, { partyId }, shown)] },
      partyView(party, undefined, nowMs),
    );
  }),
);
