import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, ItemId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Arrivals } from './arrivals.ts';
import { deliveryWrites, returnWrites } from './end-escrow.ts';
import { readGear } from './equipment.ts';
import type { Gear } from './gear.ts';
import { checkGift, type MovedItem, moved } from './give.ts';
import type { Holder } from './holders.ts';
import { type HeldItem, type ItemInstance, isHeld } from './item.ts';
import type { ItemLeg, MintLeg, MoveCause } from './legs.ts';
import { changesOf, loadPlan, planned } from './load-plan.ts';
import { lettersOf } from './overflow.ts';
import type { Posting } from './plan.ts';
import { planEscrow, type StoredItems } from './plan-escrow.ts';
import { containerSlots } from './rules.ts';
import { listItems, readItems } from './store.ts';
import { readBag } from './store-bags.ts';

export { buybackHolder, dropHolder, mailHolder } from './holders.ts';
export type { BoundRule, Destination, ItemLeg, MintLeg, MoveCause, MoveLeg } from './legs.ts';
export type { Gear, Holder, ItemInstance, MovedItem, Posting, StoredItems };

/**
 * Moves and makes items in one transaction, as a piece of the caller's: each item, posting and container is written
 * once, however many legs touch it, so all of a transaction's items go through one call. Commits under
 * `withConflictRetry`: when something changes between read and commit, the commit fails with `request.conflict`.
 * @throws GameError `inventory.item_not_found`, `inventory.item_changed`, `inventory.not_enough`,
 *   `inventory.item_bound`, `inventory.item_expired`, `inventory.full`; nothing is planned then.
 */
export async function transferItems(
  legs: readonly ItemLeg[],
  cause: MoveCause,
): Promise<{ readonly items: readonly MovedItem[]; readonly changes: Changes }> {
  if (legs.length === 0) return { items: [], changes: {} };
  const { plan, items, letters } = await planned(legs, cause);
  return { items, changes: mergeChanges(changesOf(plan), lettersOf(letters, cause)) };
}

/**
 * The beginning of a settlement: items go into its hands and get their places at their destinations. `stored` is JSON
 * for the settlement's row; both endings are made from it without another read.
 * @throws GameError as `transferItems` does.
 */
export async function escrowItems(
  transactionId: TransactionId,
  legs: readonly ItemLeg[],
  why: Pick<MoveCause, 'reason' | 'atMs'>,
): Promise<{ readonly stored: StoredItems; readonly changes: Changes }> {
  const { plan, known } = await loadPlan(legs, { ...why, cause: transactionId }, { joins: false });
  const stored = planEscrow(plan, new Arrivals(plan), known.items, transactionId, legs);
  return { stored, changes: changesOf(plan) };
}

/** The good ending: items arrive where the beginning said. It is total: nothing in it can be refused for want of room. */
export function deliverItems(transactionId: TransactionId, stored: StoredItems, atMs: number): Changes {
  const { reason, letters } = stored;
  return mergeChanges(deliveryWrites(stored, { transactionId, reason, atMs }), lettersOf(letters, { reason, atMs }));
}

/** What arrives with the good ending, and where. */
export function arrivalsOf({ escrowed, promised }: StoredItems): readonly MovedItem[] {
  return [...escrowed, ...promised].map((item) => moved(item, item.count, item.to));
}

/** By how much the version of a whole item rises that goes into a settlement's hands and comes back. */
export const RETURN_VERSIONS = 2;

/** The other ending: items are back where they were, and what was reserved is free. It is total too. */
export function returnItems(transactionId: TransactionId, stored: StoredItems, atMs: number): Changes {
  return returnWrites(stored, { transactionId, reason: `${stored.reason}.returned`, atMs });
}

export interface MintRequest {
  readonly holder: CharacterId;
  /** What makes the items; with `source` it is the root of their custody. */
  readonly origin: 'loot' | 'quest' | 'starting';
  /**
   * Names the one occasion that makes these items, such as a drop and its slot, or a character and its quest. The same
   * source derives the same item ids, so that however often a grant is repeated it mints once.
   */
  readonly source: readonly (string | number)[];
  readonly items: readonly {
    readonly templateId: Slug;
    readonly count: number;
    /** Worn at once instead of put into the bag: what a new character begins with. */
    readonly isWorn?: boolean;
  }[];
  readonly nowMs: number;
}

/** A new instance as events tell of it. */
export type MintedItem = Pick<MovedItem, 'itemId' | 'templateId' | 'quality' | 'count'>;

/**
 * Prepares new items for a character's bag, as a piece of the caller's transaction. Amounts above a stack's limit
 * become several instances, in the order asked for. Commits under `withConflictRetry`: when the bag changes between
 * read and commit, or the source has minted before, the commit fails with `request.conflict`.
 * @throws GameError `inventory.full` when the bag has too few free slots; nothing overflows to the ground.
 */
export async function mintItems(
  request: MintRequest,
): Promise<{ readonly items: readonly MintedItem[]; readonly changes: Changes }> {
  const { holder, origin, source, nowMs } = request;
  const legs = request.items.map(
    ({ templateId, count, isWorn }): MintLeg => ({
      kind: 'mint',
      templateId,
      count,
      origin,
      source,
      destination: isWorn
        ? { to: 'equipment', characterId: holder }
        : { to: 'character', characterId: holder, overflow: 'refuse' },
    }),
  );
  const { items, changes } = await transferItems(legs, { reason: origin, cause: source.join('.'), atMs: nowMs });
  return { items: items.map(({ place: _place, ...item }) => item), changes };
}

/**
 * Items in a character's bag that it wants to give away, as they are now, in the order asked for; strongly consistent, at
 * most 100. `to`: the character that is to get them; unset: whoever takes bound things too, such as a vendor.
 * @throws GameError `inventory.item_not_found`, `inventory.item_changed`, `inventory.item_bound`,
 *   `inventory.item_expired`: the refusals that moving them would meet.
 */
export async function lookAtItems(
  look: {
    readonly from: CharacterId;
    readonly to?: CharacterId;
    readonly items: readonly { readonly itemId: ItemId; readonly ver?: number }[];
  },
  atMs: number,
): Promise<readonly ItemInstance[]> {
  const { from, to, items } = look;
  const known = await readItems(items.map(({ itemId }) => itemId));
  const gone = to
    ? ({ bound: 'refuse', destination: { to: 'character', characterId: to, overflow: 'refuse' } } as const)
    : ({ bound: 'any', destination: { to: 'buyback', characterId: from } } as const);
  return items.map((one) => checkGift({ kind: 'move', ...one, from, ...gone }, known.get(one.itemId), atMs).item);
}

/** How many slots of a character's bag are free, strongly consistent. */
export async function freeBagSlots(characterId: CharacterId): Promise<number> {
  return containerSlots.bag - (await readBag(characterId, 'bag')).taken.size;
}

/** For whoever audits: what a chain says of its item, and what a row of the table is. */
export { chainComplaints } from './chain.ts';
export { escrowedBy, isSink, mailOf } from './holders.ts';
export { misfits, type Occupant } from './misfits.ts';
export { placesOf } from './plan-escrow.ts';
/** The instances of these ids, at most 100, strongly consistent; ids that name nothing are left out. */
export { instanceOf, readItem as itemById, readItems as itemsById } from './store.ts';
/** What slots a character's containers say are taken, strongly consistent. */
export { readBags as bagsOf } from './store-bags.ts';
/** Where items have been: each item's chain, and what a character gave and got. */
export { linksOf, listPostings as postingsOf } from './store-chain.ts';
export { listHandOvers as handOversOf } from './store-hand-overs.ts';

/** What a mail, a drop or a buy-back holds, at most `limit`; up to a second old. */
export async function itemsHeldBy(holder: Holder, limit: number): Promise<readonly ItemInstance[]> {
  return (await listItems(holder, { limit })).items;
}

/** What a character's equipment comes to: what it wears and is not broken. Strongly consistent. */
export async function gearOf(characterId: CharacterId, nowMs: number): Promise<Gear> {
  return (await readGear(characterId, nowMs)).gear;
}

/** Wears down what a character wears: for fights and falls. See there. */
export { wearDown } from './wear-down.ts';

/** Everything that a character has, by container and slot; up to a second old. */
export async function itemsOf(characterId: CharacterId): Promise<readonly HeldItem[]> {
  const limit = Object.values(containerSlots).reduce((sum, slots) => sum + slots, 0);
  return (await itemsHeldBy(characterId, limit)).filter(isHeld);
}

/** What an account's characters carry, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const bags = characterIds.map(async (characterId) => ({
    characterId,
    items: (await itemsOf(characterId)).map(({ itemId, templateId, count, bind, origin, acquiredAtMs }) => ({
      itemId,
      templateId,
      count,
      bind,
      origin,
      acquiredAt: toIso(acquiredAtMs),
    })),
  }));
  return { characters: await Promise.all(bags) };
}
