import { items as itemTemplates } from '#content/items.ts';
import { deriveId, type ItemId } from '#shared/kernel/ids.ts';
import type { Arrivals } from './arrivals.ts';
import {
  checkGift,
  checkKept,
  type Gift,
  lossOf,
  type MintedStack,
  type MovedItem,
  moved,
  stacksOfMints,
  summed,
} from './give.ts';
import { characterOf, mintHolder } from './holders.ts';
import type { HeldItem, ItemInstance, Loss, Place } from './item.ts';
import type { Destination, ItemLeg } from './legs.ts';
import type { Letter } from './overflow.ts';
import { type MovePlan, mayMerge, nowhere } from './plan.ts';

/** What was read for a plan. */
export interface KnownItems {
  /** Strongly consistent. */
  readonly items: ReadonlyMap<ItemId, ItemInstance>;
  /** What lies where something arrives; it may be a second old, for its versions are conditions. */
  readonly held: readonly HeldItem[];
}

/**
 * Plans a move in one transaction: everything leaves first, so that what a character gives makes room for what it
 * gets; then amounts join stacks that are there, and the rest takes free slots.
 * @throws GameError as `checkGift` does, and `inventory.full`.
 */
export function planTransfer(
  plan: MovePlan,
  arrivals: Arrivals,
  known: KnownItems,
  legs: readonly ItemLeg[],
): { readonly items: readonly MovedItem[]; readonly letters: readonly Letter[] } {
  const { moves, mints, keeps } = summed(legs);
  const gifts = moves.map((leg) => checkGift(leg, known.items.get(leg.itemId), plan.cause.atMs));
  const leaving = new Set(gifts.map(({ item }) => item.itemId));
  for (const { item, leg, isPart } of gifts) {
    if (!isPart) plan.free(item);
    if (leg.container === 'equipment') plan.wear(characterOf(item.holder)!, item.slot!, undefined);
  }
  const resting = known.held.filter(({ itemId }) => !leaving.has(itemId));

  for (const leg of keeps) plan.change(checkKept(leg, known.items.get(leg.itemId)), leg.change);
  const items = [
    ...gifts.flatMap((gift) => transferGift(plan, arrivals, gift, resting)),
    ...stacksOfMints(mints, plan.cause.atMs).map((stack) => {
      const { origin, source, destination } = stack.leg;
      const itemId = deriveId('itm', origin, ...source, stack.index);
      return mintStack(plan, stack, itemId, arrivals.place(destination, { ...stack, itemId }));
    }),
  ];
  return { items, letters: arrivals.settle() };
}

/** Joins as much as it can to stacks at the destination; the rest arrives as a stack of its own. */
function transferGift(plan: MovePlan, arrivals: Arrivals, gift: Gift, resting: readonly HeldItem[]): MovedItem[] {
  const { item, leg, count } = gift;
  const arrived: MovedItem[] = [];
  let rest = count;
  for (const target of joinable(leg.destination, item, resting)) {
    const room = itemTemplates.get(item.templateId).maxStack - plan.now(target).count;
    const joining = Math.min(room, rest);
    if (joining <= 0) continue;
    plan.merge(item, target, joining);
    arrived.push(moved(target, joining, target));
    rest -= joining;
    if (rest === 0) return arrived;
  }
  return [...arrived, arriveAlone(plan, arrivals, gift, rest)];
}

function arriveAlone(plan: MovePlan, arrivals: Arrivals, { item, leg, isPart }: Gift, count: number): MovedItem {
  const { atMs } = plan.cause;
  if (!isPart) {
    const place = arrivals.place(leg.destination, { ...item, count });
    plan.change(item, { ...nowhere, ...place, acquiredAtMs: atMs, loss: lossOf(leg, item, atMs) });
    return moved(item, count, place);
  }
  const itemId = splitId(item);
  const place = arrivals.place(leg.destination, { itemId, templateId: item.templateId, count });
  splitOff(plan, item, { itemId, count, place, acquiredAtMs: atMs, loss: lossOf(leg, item, atMs) });
  return moved({ itemId, templateId: item.templateId }, count, place);
}

/** The id of the part that the next change of a stack splits off. */
export function splitId({ itemId, ver }: ItemInstance): ItemId {
  return deriveId('itm', 'split', itemId, ver);
}

/** Takes a part of a stack as an instance of its own. */
export function splitOff(
  plan: MovePlan,
  item: ItemInstance,
  part: {
    readonly itemId: ItemId;
    readonly count: number;
    readonly place: Place;
    readonly acquiredAtMs: number;
    readonly loss?: Loss | undefined;
  },
): ItemInstance {
  const { place, ...facts } = part;
  const { count } = facts;
  plan.change(item, { count: plan.now(item).count - count });
  const { ver: _own, ...like } = item;
  return plan.create({ ...like, ...nowhere, loss: undefined, ...place, ...facts }, item.holder);
}

/** Brings a new stack into being at a place. */
export function mintStack(plan: MovePlan, stack: MintedStack, itemId: ItemId, place: Place): MovedItem {
  const { leg, templateId, count, bind, durability, charges, expiresAtMs } = stack;
  const { origin, source, tradeWindow } = leg;
  plan.create(
    {
      ...place,
      itemId,
      templateId,
      count,
      bind,
      origin,
      originRef: source.join('.'),
      acquiredAtMs: plan.cause.atMs,
      durability,
      charges,
      expiresAtMs,
      tradeWindow,
    },
    mintHolder(origin),
  );
  return moved({ itemId, templateId }, count, place);
}

function joinable(destination: Destination, item: ItemInstance, resting: readonly HeldItem[]): readonly HeldItem[] {
  if (destination.to !== 'character') return [];
  const { characterId, container = 'bag' } = destination;
  return resting
    .filter((one) => one.holder === characterId && one.container === container && mayMerge(item, one))
    .sort((a, b) => a.slot - b.slot);
}
