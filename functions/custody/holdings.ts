import type * as z from 'zod';
import { buybackHolder, handOversOf, type ItemInstance, itemsHeldBy, itemsOf } from '#functions/inventory/public.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { Holdings } from './shapes.ts';

/** Most hand-overs of each direction that are counted: some 35 read units. */
const COUNTED = 1_000;
const MOST_BUY_BACKS = 100;

/** What a character has, by where, and how often things went through its hands; up to a second old. */
export async function holdingsOf(characterId: CharacterId): Promise<z.input<typeof Holdings>> {
  const [held, sold, gave, got] = await Promise.all([
    itemsOf(characterId),
    itemsHeldBy(buybackHolder(characterId), MOST_BUY_BACKS),
    handOversOf(characterId, 'gave', { limit: COUNTED }),
    handOversOf(characterId, 'got', { limit: COUNTED }),
  ]);
  const inside = (container: string) => sumOf(held.filter((item) => item.container === container));
  return {
    bag: inside('bag'),
    bank: inside('bank'),
    equipment: inside('equipment'),
    buyBack: sumOf(sold),
    gave: gave.postings.length,
    got: got.postings.length,
    isCut: gave.lastSortKey !== undefined || got.lastSortKey !== undefined,
  };
}

function sumOf(items: readonly ItemInstance[]) {
  return { stacks: items.length, pieces: items.reduce((sum, { count }) => sum + count, 0) };
}
