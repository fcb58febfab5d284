import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getSession } from '../contract.ts';
import { readFight } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(getSession, async ({ input, actor, fail }) => {
  const fight = await readFight(actor.characterId, input.params.combatId);
  if (!fight) throw fail('combat.session_not_found');
  return viewOf(fight);
});
