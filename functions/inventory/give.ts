import { items as itemTemplates } from '#content/items.ts';
import type { Quality } from '#content/quality.ts';
import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { ItemId, Slug } from '#shared/kernel/ids.ts';
import { characterOf, endsByItself } from './holders.ts';
import { type HeldItem, type ItemInstance, isHeld, type Loss, type Place } from './item.ts';
import type { ItemLeg, KeepLeg, MintLeg, MoveLeg } from './legs.ts';
import { type BindState, bindOnPickup, isPrecious, RESTORABLE_MS, stacksOf } from './rules.ts';

/** An item as it arrived somewhere, for replies and events. */
export interface MovedItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly quality: Quality;
  /** How many arrived; the stack that they joined may hold more. */
  readonly count: number;
  readonly place: Place;
}

/** A leg whose item was found to be the giver's to give. */
export interface Gift {
  readonly leg: MoveLeg;
  readonly item: ItemInstance;
  readonly count: number;
  /** Less than the stack goes: it is split. */
  readonly isPart: boolean;
}

/** New stacks of one leg, without a place yet. */
export interface MintedStack {
  readonly leg: MintLeg;
  readonly templateId: Slug;
  readonly count: number;
  readonly bind: BindState;
  readonly durability?: number | undefined;
  readonly charges?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

export function isMove(leg: ItemLeg): leg is MoveLeg {
  return leg.kind === 'move';
}

/**
 * One leg for each item: what a list names twice is summed up before anything is checked, so that no amount is given
 * twice.
 * @throws RangeError when one item has two destinations: a fault of the caller.
 */
export function summed(legs: readonly ItemLeg[]): {
  readonly moves: readonly MoveLeg[];
  readonly mints: readonly MintLeg[];
  readonly keeps: readonly KeepLeg[];
} {
  const moves = new Map<ItemId, MoveLeg>();
  for (const leg of legs.filter(isMove)) {
    const known = moves.get(leg.itemId);
    if (known && JSON.stringify(known.destination) !== JSON.stringify(leg.destination)) {
      throw new RangeError(`${leg.itemId} is to go to two places at once`);
    }
    // All of a stack and something more of it is more than the stack.
    const count =
      known === undefined
        ? leg.count
        : (known.count ?? Number.POSITIVE_INFINITY) + (leg.count ?? Number.POSITIVE_INFINITY);
    moves.set(leg.itemId, known ? { ...known, count } : leg);
  }
  const keeps = new Map(legs.filter((leg): leg is KeepLeg => leg.kind === 'keep').map((leg) => [leg.itemId, leg]));
  for (const itemId of keeps.keys()) if (moves.has(itemId)) throw new RangeError(`${itemId} is to go and to stay`);
  return {
    moves: [...moves.values()],
    mints: legs.filter((leg): leg is MintLeg => leg.kind === 'mint'),
    keeps: [...keeps.values()],
  };
}

/**
 * Checks that a leg's item is where the leg says, unchanged, enough, and free to go.
 * @throws GameError `inventory.item_not_found`, `inventory.item_changed`, `inventory.not_enough`,
 *   `inventory.item_expired`, `inventory.item_timed`, `inventory.item_bound`
 */
export function checkGift(leg: MoveLeg, item: ItemInstance | undefined, atMs: number): Gift {
  const { itemId } = leg;
  const isThere =
    item?.holder === leg.from &&
    item.count > 0 &&
    (!characterOf(leg.from) || item.container === (leg.container ?? 'bag'));
  if (!item || !isThere) throw new GameError('inventory.item_not_found');
  if (leg.ver !== undefined && leg.ver !== item.ver) throw new GameError('inventory.item_changed', { itemId });
  const count = leg.count ?? item.count;
  if (!Number.isInteger(count) || count < 1 || count > item.count) {
    throw new GameError('inventory.not_enough', { itemId, available: item.count });
  }
  const { destination } = leg;
  // What comes out of a mail or off the ground after its time is cleared away where it arrives.
  const mayBeOver = destination.to === 'sink' || endsByItself(leg.from);
  if (!mayBeOver && isExpired(item, atMs)) throw new GameError('inventory.item_expired', { itemId });
  if (leg.container === 'equipment' && destination.to !== 'sink') throw new GameError('inventory.item_equipped');
  if (leg.mustLast && item.expiresAtMs !== undefined) throw new GameError('inventory.item_timed', { itemId });
  if (!mayLeave(leg, item, atMs)) throw new GameError('inventory.item_bound', { itemId });
  return { leg, item, count, isPart: count < item.count };
}

/** What is noted of an item that goes to a sink, so that its player may have it back. */
export function lossOf({ destination }: MoveLeg, item: ItemInstance, atMs: number): Loss | undefined {
  if (destination.to !== 'sink' || !destination.lostBy || item.expiresAtMs !== undefined) return undefined;
  if (!isPrecious(itemTemplates.get(item.templateId))) return undefined;
  return { ...destination.lostBy, untilMs: atMs + RESTORABLE_MS };
}

/**
 * Checks that the item of a leg that keeps it is the character's, wherever it has it.
 * @throws GameError `inventory.item_not_found`, `inventory.item_changed`
 */
export function checkKept({ itemId, from, ver }: KeepLeg, item: ItemInstance | undefined): HeldItem {
  if (item?.holder !== from || !isHeld(item)) throw new GameError('inventory.item_not_found');
  if (ver !== undefined && ver !== item.ver) throw new GameError('inventory.item_changed', { itemId });
  return item;
}

export function isExpired({ expiresAtMs }: Pick<ItemInstance, 'expiresAtMs'>, atMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= atMs;
}

/** Whether the item's bind lets it go where the leg says. What a mail or a drop holds has left its character already. */
function mayLeave({ from, bound = 'refuse', destination }: MoveLeg, item: ItemInstance, atMs: number): boolean {
  const giver = characterOf(from);
  if (giver === undefined || item.bind === 'none' || bound === 'any') return true;
  if (destination.to === 'character' && destination.characterId === giver) return true;
  if (item.bind === 'account' && bound === 'own-account') return true;
  const { tradeWindow } = item;
  return (
    tradeWindow !== undefined &&
    tradeWindow.untilMs > atMs &&
    destination.to === 'character' &&
    tradeWindow.characterIds.includes(destination.characterId)
  );
}

/**
 * The stacks that mint legs make, in order. `index` counts those of one occasion, so that each has an id of its own
 * whatever legs they come from.
 */
export function stacksOfMints(
  legs: readonly MintLeg[],
  atMs: number,
): readonly (MintedStack & { readonly index: number })[] {
  const counts = new Map<string, number>();
  return legs.flatMap((leg) => {
    const template = itemTemplates.get(leg.templateId);
    const { lifetimeSeconds } = template;
    const occasion = JSON.stringify([leg.origin, ...leg.source]);
    return stacksOf(leg.count, template.maxStack).map((count) => {
      const index = counts.get(occasion) ?? 0;
      counts.set(occasion, index + 1);
      return {
        leg,
        index,
        templateId: template.id,
        count,
        bind: bindOnPickup(template),
        durability: template.durability > 0 ? template.durability : undefined,
        charges: leg.charges ?? template.charges,
        expiresAtMs: leg.expiresAtMs ?? (lifetimeSeconds && atMs + lifetimeSeconds * SECOND_MS),
      };
    });
  });
}

/** An item as replies tell of it. */
export function moved(
  { itemId, templateId }: Pick<ItemInstance, 'itemId' | 'templateId'>,
  count: number,
  place: Place,
): MovedItem {
  const { holder, container, slot } = place;
  const { quality } = itemTemplates.get(templateId);
  return { itemId, templateId, quality, count, place: { holder, container, slot } };
}
