import { levelOf } from '#functions/progression/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewCharacter } from '../contract.ts';
import { getCharacter, getState } from '../store.ts';
import { viewOf } from '../view.ts';

/** Somebody else's character and one that never was look alike. */
export const handler = endpointHandler(viewCharacter, async ({ input, actor, fail }) => {
  const { characterId } = input.params;
  const character = await getCharacter(characterId);
  if (character?.accountId !== actor.accountId) throw fail('request.not_found');
  const [level, state] = await Promise.all([levelOf(characterId), getState(characterId)]);
  const view = viewOf(character, level ?? 1);
  if (!state) return view;
  const { zoneId, x, y, health, savedAtMs } = state;
  return { ...view, place: { zoneId, x, y, health: Math.round(health), savedAt: toIso(savedAtMs) } };
});
