import { deriveId, type ItemId, type Slug, type TransactionId } from '#shared/kernel/ids.ts';
import type { Arrivals } from './arrivals.ts';
import { checkGift, checkKept, lossOf, type MintedStack, stacksOfMints, summed } from './give.ts';
import { characterOf, escrowHolder } from './holders.ts';
import type { ItemInstance, Place } from './item.ts';
import type { Destination, ItemLeg, Storage } from './legs.ts';
import type { Letter } from './overflow.ts';
import { type MovePlan, nowhere } from './plan.ts';
import { splitId, splitOff } from './plan-transfer.ts';
import type { BindState, Container } from './rules.ts';

/** An item in a settlement's hands, with both ways that it can go. */
export interface EscrowedItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly count: number;
  /** Its version in escrow. */
  readonly ver: number;
  /** Where it goes back to if nothing comes of it. */
  readonly home: Place;
  readonly to: Place;
  /** What it had that escrow took off it, for the way back. */
  readonly homeFacts?: Pick<ItemInstance, 'loss'>;
  /** What it gains where it arrives. */
  readonly newFacts?: Pick<ItemInstance, 'loss' | 'durability'>;
}

/** A stack that the settlement makes when it delivers. */
export interface PromisedItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly count: number;
  readonly bind: BindState;
  readonly durability?: number | undefined;
  readonly charges?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly tradeWindow?: ItemInstance['tradeWindow'];
  readonly origin: string;
  readonly originRef: string;
  readonly to: Place;
}

/** Slots of one container that an ending sets free. */
export interface SlotsToFree {
  readonly holder: string;
  readonly container: Container;
  readonly slots: readonly number[];
}

/**
 * Everything that the end of a settlement does to items, decided when it begins: JSON for the settlement's row. Nothing
 * of it has to be read again or may be refused.
 */
export interface StoredItems {
  readonly reason: string;
  readonly escrowed: readonly EscrowedItem[];
  readonly promised: readonly PromisedItem[];
  readonly freeOnDelivery: readonly SlotsToFree[];
  readonly freeOnReturn: readonly SlotsToFree[];
  readonly letters: readonly Letter[];
}

/** Where things of a settlement under way come from and go to: slots among these are its own until it ends. */
export function placesOf({ escrowed, promised }: StoredItems): readonly Place[] {
  return [...escrowed.flatMap(({ home, to }) => [home, to]), ...promised.map(({ to }) => to)];
}

/**
 * Plans the beginning of a settlement: items go into its hands; their slots stay theirs until it ends; and each gets a
 * place at its destination, taken now. Where a character both gives and gets, what arrives takes the slot of what
 * leaves, whichever way it ends. Nothing joins other stacks: those may change meanwhile.
 * @throws GameError as `checkGift` does, and `inventory.full`.
 */
export function planEscrow(
  plan: MovePlan,
  arrivals: Arrivals,
  known: ReadonlyMap<ItemId, ItemInstance>,
  transactionId: TransactionId,
  legs: readonly ItemLeg[],
): StoredItems {
  const { moves, mints, keeps } = summed(legs);
  const { atMs, reason } = plan.cause;
  const held = { ...nowhere, holder: escrowHolder(transactionId), loss: undefined };
  const gifts = moves
    .map((leg) => checkGift(leg, known.get(leg.itemId), atMs))
    .map((gift) => {
      const { item, count, isPart } = gift;
      if (gift.leg.container === 'equipment') throw new RangeError(`${item.itemId} is worn: no settlement holds it`);
      if (!isPart) {
        plan.change(item, held);
        return { ...gift, itemId: item.itemId, ver: item.ver + 1, home: placeOf(item) };
      }
      const itemId = splitId(item);
      const home = homeOfPart(arrivals, item);
      splitOff(plan, item, { itemId, count, place: held, acquiredAtMs: item.acquiredAtMs });
      return { ...gift, itemId, ver: 1, home };
    });

  const leaving = new Slots(gifts.map(({ home }) => home));
  const reserved: Place[] = [];
  const placeFor = (destination: Destination, item: Pick<ItemInstance, 'itemId' | 'templateId' | 'count'>): Place => {
    const left =
      destination.to === 'character' && leaving.reuse(destination.characterId, destination.container ?? 'bag');
    if (left) return left;
    const place = arrivals.place(destination, item);
    reserved.push(place);
    return place;
  };
  const escrowed = gifts.map(({ itemId, item, count, ver, home, leg }): EscrowedItem => {
    const { templateId } = item;
    const to = placeFor(leg.destination, { itemId, templateId, count });
    const loss = lossOf(leg, item, atMs);
    return {
      ...{ itemId, templateId, count, ver, home, to },
      ...(item.loss ? { homeFacts: { loss: item.loss } } : {}),
      ...(loss ? { newFacts: { loss } } : {}),
    };
  });
  const kept = keeps.map((leg): EscrowedItem => {
    const item = checkKept(leg, known.get(leg.itemId));
    plan.change(item, held);
    const { itemId, templateId, count, ver } = item;
    return { itemId, templateId, count, ver: ver + 1, home: placeOf(item), to: placeOf(item), newFacts: leg.change };
  });
  const promised = stacksOfMints(mints, atMs).map((stack, index): PromisedItem => {
    // Of the transaction alone: it delivers once, so that nothing else can have made this item before.
    const itemId = deriveId('itm', transactionId, index);
    return { ...promise(stack), itemId, to: placeFor(stack.leg.destination, { ...stack, itemId }) };
  });
  const letters = arrivals.settle();
  return {
    reason,
    escrowed: [...escrowed, ...kept],
    promised,
    freeOnDelivery: leaving.unused(),
    freeOnReturn: new Slots(reserved).unused(),
    letters,
  };
}

function promise({
  leg,
  index: _index,
  ...stack
}: MintedStack & { index: number }): Omit<PromisedItem, 'itemId' | 'to'> {
  const { origin, source, tradeWindow } = leg;
  return { ...stack, tradeWindow, origin, originRef: source.join('.') };
}

/** A part that comes back needs a slot: the stack that it was split from keeps its own. */
function homeOfPart(arrivals: Arrivals, item: ItemInstance): Place {
  const giver = characterOf(item.holder);
  return giver === undefined ? placeOf(item) : arrivals.slotIn(giver, item.container as Storage);
}

function placeOf({ holder, container, slot }: Place): Place {
  return { holder, container, slot };
}

/** Slots by container, from which arrivals may take. */
class Slots {
  private readonly byContainer = new Map<string, { holder: string; container: Container; slots: number[] }>();

  constructor(places: readonly Place[]) {
    for (const { holder, container, slot } of places) {
      if (container === undefined || slot === undefined) continue;
      const key = `${holder}/${container}`;
      const known = this.byContainer.get(key) ?? { holder, container, slots: [] };
      known.slots.push(slot);
      this.byContainer.set(key, known);
    }
  }

  /** Gives a slot to another item; undefined when there is none left. */
  reuse(holder: string, container: Container): Place | undefined {
    const slot = this.byContainer.get(`${holder}/${container}`)?.slots.shift();
    return slot === undefined ? undefined : { holder, container, slot };
  }

  unused(): readonly SlotsToFree[] {
    return [...this.byContainer.values()].filter(({ slots }) => slots.length > 0);
  }
}
