import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { leaveParty } from '../contract.ts';
import { depart } from '../membership.ts';
import { ownParty } from '../own-party.ts';

export const handler = endpointHandler(leaveParty, ({ actor, commit }) =>
  withConflictRetry(async () => {
    const { party, self } = await ownParty(actor.characterId);
    await commit(depart(party, self, 'left').changes);
  }),
);
