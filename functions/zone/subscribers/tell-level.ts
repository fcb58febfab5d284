import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { tellLevel } from '../contract.ts';
import { refreshCharacter } from '../orders.ts';
import { presenceOf } from '../public.ts';

/** Who reaches a level while it is in a zone has it there too. Which level is read when the order is carried out. */
export const handler = subscriberHandler(tellLevel, async ({ data: { characterId } }, { nowMs, commit }) => {
  const changes = refreshCharacter(await presenceOf(characterId), nowMs);
  if (changes.writes) await commit(changes);
});
