import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { closeRoll } from '../close-roll.ts';
import { getRoll } from '../contract.ts';
import { readRoll } from '../store-rolls.ts';
import { rollView } from '../view.ts';

/** A roll of others and one that never was look alike. */
export const handler = endpointHandler(getRoll, async ({ input, actor, fail }) => {
  const { rollId } = input.params;
  const { characterId } = actor;
  const seen = await readRoll(rollId);
  if (!seen?.eligible.some((looter) => looter.characterId === characterId)) throw fail('loot.roll_not_found');
  const roll = seen.state === 'OPEN' ? await closeRoll(rollId) : seen;
  return rollView(roll ?? seen, characterId);
});
