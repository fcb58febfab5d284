import { items as itemTemplates } from '#content/items.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { dropHolder, type ItemLeg, type MovedItem, transferItems } from '#functions/inventory/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { type Drop, isPutDown, type Looter } from './drop.ts';
import { lootLimits } from './rules.ts';
import { changeWrite } from './store.ts';
import { lockoutWrites } from './store-lockouts.ts';

/** An item of a drop as events and replies tell of it. */
export type LootedItem = Pick<MovedItem, 'itemId' | 'templateId' | 'quality' | 'count'> & {
  readonly slotIndex: number;
};

/** Where there is no room: everything is refused, or it follows by mail. */
type Overflow = 'refuse' | 'mail';

/** What brings a slot's piece to a character: an item that comes into being, or one that somebody has put down. */
export function legOf(
  drop: Drop,
  slotIndex: number,
  { accountId, characterId }: Looter,
  facts: { readonly overflow: Overflow; readonly nowMs: number },
): ItemLeg {
  const { templateId, count, itemId } = drop.slots[slotIndex]!;
  const destination =
    facts.overflow === 'mail'
      ? ({ to: 'character', characterId, accountId, overflow: 'mail' } as const)
      : ({ to: 'character', characterId, overflow: 'refuse' } as const);
  if (itemId) return { kind: 'move', itemId, from: dropHolder(drop.dropId), destination };
  const isShared = drop.eligible.length > 1 && itemTemplates.get(templateId).bind === 'pickup';
  const tradeWindow = isShared && {
    untilMs: facts.nowMs + lootLimits.tradeWindowMs,
    characterIds: drop.eligible.map((looter) => looter.characterId),
  };
  return {
    kind: 'mint',
    templateId,
    count,
    origin: 'loot',
    // The same slot makes the same item, however often and with whatever others it is taken.
    source: [drop.dropId, slotIndex],
    ...(tradeWindow ? { tradeWindow } : {}),
    destination,
  };
}

/**
 * Slots of a drop become a character's: the slots AWARDED if they are still open with the claims that were seen, the items
 * where they belong, ITEM_PICKED_UP told. A piece of the caller's transaction.
 * @throws GameError `inventory.full`
 */
export async function giveSlots(
  drop: Drop,
  slotIndexes: readonly number[],
  looter: Looter,
  facts: { readonly overflow: Overflow; readonly nowMs: number },
): Promise<{ readonly items: readonly LootedItem[]; readonly mailed: ReadonlySet<number>; readonly changes: Changes }> {
  const { dropId, zoneId } = drop;
  const { accountId, characterId } = looter;
  const { nowMs } = facts;
  const legs = slotIndexes.map((slotIndex) => legOf(drop, slotIndex, looter, facts));
  const { items: moved, changes } = await transferItems(legs, { reason: 'loot', cause: dropId, atMs: nowMs });
  const items = slotIndexes.map((slotIndex, index): LootedItem => {
    const { templateId, quality } = moved[index]!;
    // A stack that was put down may join stacks that the character has: the slot's own count is what it got.
    return { slotIndex, itemId: moved[index]!.itemId, templateId, quality, count: drop.slots[slotIndex]!.count };
  });
  const wasPutDown = isPutDown(drop);
  return {
    items,
    mailed: new Set(slotIndexes.filter((_slot, index) => moved[index]!.place.holder !== characterId)),
    changes: mergeChanges(
      {
        writes: [
          changeWrite(dropId, {
            slots: slotIndexes.map((slotIndex) => ({
              slotIndex,
              seen: drop.slots[slotIndex]!.claim,
              to: { state: 'AWARDED', characterId },
            })),
            ...(wasPutDown ? { settles: true } : {}),
          }),
          ...lockoutWrites(drop, characterId, nowMs),
        ],
      },
      changes,
      {
        events: items.map((item) =>
          event(ITEM_PICKED_UP, {
            // What was put down has a history of its own: here the drop's ends.
            aggregateId: wasPutDown ? dropId : item.itemId,
            aggregateSeq: wasPutDown ? 2 : 1,
            data: { ...item, accountId, characterId, zoneId, dropId, ...(wasPutDown ? { putDown: true } : {}) },
          }),
        ),
      },
    ),
  };
}

/** A slot goes to who has won it, wherever they are: into the bag, or by mail where that is full. */
export async function deliverLoot(
  drop: Drop,
  slotIndex: number,
  winner: Looter,
  nowMs: number,
): Promise<{ readonly item: LootedItem & { readonly isMailed: boolean }; readonly changes: Changes }> {
  const { items, mailed, changes } = await giveSlots(drop, [slotIndex], winner, { overflow: 'mail', nowMs });
  return { item: { ...items[0]!, isMailed: mailed.has(slotIndex) }, changes };
}
