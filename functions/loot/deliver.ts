import { items as itemTemplates } from '#content/items.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import {
  type Destination,
  dropHolder,
  type ItemLeg,
  type MovedItem,
  transferItems,
} from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { Drop, Looter } from './drop.ts';
import { lootLimits } from './rules.ts';
import { changeWrite } from './store.ts';
import { lockoutWrites } from './store-lockouts.ts';

/** An item of a drop as events and replies tell of it. */
export type LootedItem = Pick<MovedItem, 'itemId' | 'templateId' | 'quality' | 'count'> & {
  readonly slotIndex: number;
};

/** What brings a slot's piece to a character: an item that comes into being, or one that somebody has put down. */
export function legOf(
  drop: Drop,
  slotIndex: number,
  { accountId, characterId }: Looter,
  facts: { readonly overflow: 'refuse' | 'mail'; readonly nowMs: number },
): ItemLeg {
  const { templateId, count, itemId } = drop.slots[slotIndex]!;
  const destination: Destination =
    facts.overflow === 'mail'
      ? { to: 'character', characterId, accountId, overflow: 'mail' }
      : { to: 'character', characterId, overflow: 'refuse' };
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
  facts: { readonly overflow: 'refuse' | 'mail'; readonly nowMs: number },
): Promise<{ readonly items: readonly LootedItem[]; readonly changes: Changes }> {
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
  const isPutDown = drop.npcKind === undefined;
  return {
    items,
    changes: mergeChanges(
      {
        writes: [
          changeWrite(dropId, {
            slots: slotIndexes.map((slotIndex) => ({
              slotIndex,
              seen: drop.slots[slotIndex]!.claim,
              to: { state: 'AWARDED', characterId },
            })),
            ...(isPutDown ? { settles: true } : {}),
          }),
          ...lockoutWrites(drop, characterId, nowMs),
        ],
      },
      changes,
      {
        events: items.map((item) =>
          event(ITEM_PICKED_UP, {
            // What was put down has a history of its own: here the drop's ends.
            aggregateId: isPutDown ? dropId : item.itemId,
            aggregateSeq: isPutDown ? 2 : 1,
            data: { ...item, accountId, characterId, zoneId, dropId, ...(isPutDown ? { putDown: true } : {}) },
          }),
        ),
      },
    ),
  };
}

/**
 * A slot goes to who has won it, wherever they are: into the bag, or by mail where the bag is full; as long as there is no
 * mail the slot is kept for them until the drop is gone.
 * @returns `item` unset: it is kept
 */
export async function deliverLoot(
  drop: Drop,
  slotIndex: number,
  winner: Looter,
  nowMs: number,
): Promise<{ readonly item?: LootedItem; readonly changes: Changes }> {
  try {
    const { items, changes } = await giveSlots(drop, [slotIndex], winner, { overflow: 'mail', nowMs });
    return { item: items[0]!, changes };
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'inventory.full')) throw error;
    const { characterId } = winner;
    const seen = drop.slots[slotIndex]!.claim;
    const kept = changeWrite(drop.dropId, { slots: [{ slotIndex, seen, to: { claim: 'won', characterId } }] });
    return { changes: { writes: [kept, ...lockoutWrites(drop, characterId, nowMs)] } };
  }
}
