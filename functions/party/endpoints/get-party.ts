import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getParty } from '../contract.ts';
import { ownParty } from '../own-party.ts';
import { readReadyCheck } from '../store-ready-check.ts';
import { partyView } from '../view.ts';

export const handler = endpointHandler(getParty, async ({ actor, nowMs }) => {
  const { party } = await ownParty(actor.characterId);
  return partyView(party, await readReadyCheck(party.partyId), nowMs);
});
