import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { type Gear, gearOf } from './gear.ts';
import { type HeldItem, type ItemInstance, isHeld } from './item.ts';
import type { Bag, MovePlan, Worn } from './plan.ts';
import { readItems } from './store.ts';
import { readBag } from './store-bags.ts';

/** What a row of equipment names, strongly consistent; an item that is away for repair is left out. */
export async function wornItems({
  characterId,
  worn,
}: Pick<Bag, 'characterId' | 'worn'>): Promise<readonly HeldItem[]> {
  const items = await readItems(Object.values(worn ?? {}).map(({ itemId }) => itemId));
  return [...items.values()]
    .filter(isHeld)
    .filter(({ holder, container }) => holder === characterId && container === 'equipment')
    .toSorted((a, b) => a.slot - b.slot);
}

/** What a character wears, and what it comes to. */
export async function readGear(
  characterId: CharacterId,
  nowMs: number,
): Promise<{ readonly worn: readonly HeldItem[]; readonly gear: Gear }> {
  const worn = await wornItems(await readBag(characterId, 'equipment'));
  return { worn, gear: gearOf(worn, nowMs) };
}

/** What the equipment comes to once a plan has happened; `known` are the worn items before it. */
export function gearAfter(
  plan: MovePlan,
  characterId: CharacterId,
  known: readonly ItemInstance[],
  nowMs: number,
): Gear {
  const worn: readonly Worn[] = Object.values(plan.bag(characterId, 'equipment').worn ?? {});
  const byId = new Map<ItemId, ItemInstance>([
    ...known.map((item) => [item.itemId, item] as const),
    ...plan.itemChanges.map(({ after }) => [after.itemId, after] as const),
  ]);
  return gearOf(
    worn.flatMap(({ itemId }) => byId.get(itemId) ?? []),
    nowMs,
  );
}
