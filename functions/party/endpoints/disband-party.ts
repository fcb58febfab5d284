import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { disbandParty } from '../contract.ts';
import { disband } from '../membership.ts';
import { ownParty } from '../own-party.ts';
import { requireLeader } from '../rules.ts';

export const handler = endpointHandler(disbandParty, ({ actor, commit }) =>
  withConflictRetry(async () => {
    const { party } = await ownParty(actor.characterId);
    requireLeader(party, actor.characterId);
    await commit(disband(party, 'leader'));
  }),
);
