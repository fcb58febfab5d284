import { items as itemTemplates } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { characterOf, type Holder, isEscrow, sinkHolder } from './holders.ts';
import type { ItemInstance, Place } from './item.ts';
import type { MoveCause } from './legs.ts';
import { type Container, freeSlots } from './rules.ts';

/** Which slots of a character's container are taken: by items, or reserved for items on their way. */
export interface Bag {
  readonly characterId: CharacterId;
  readonly container: Container;
  readonly taken: ReadonlySet<number>;
  /** What is worn, by slot; of the equipment alone. */
  readonly worn?: Readonly<Record<string, Worn>> | undefined;
  /** 0: the character has no such row yet. */
  readonly ver: number;
}

/** What the equipment's row says of a worn item: enough to decide about the next one. */
export interface Worn {
  readonly itemId: ItemId;
  readonly templateId: Slug;
}

/** One link of an item's custody chain: what a transaction did to it, and who had it before and after. */
export interface Posting {
  readonly itemId: ItemId;
  /** The item's version after it. */
  readonly ver: number;
  readonly templateId: Slug;
  readonly from: Holder;
  readonly to: Holder;
  /** The stack after it. */
  readonly count: number;
  /** What it added to the stack or took from it; minted amounts add, splits and merges balance. */
  readonly change: number;
  readonly reason: string;
  readonly cause: string;
  readonly atMs: number;
  /** The characters whose own lists show it: set where it changed hands between holders. */
  readonly giver?: CharacterId | undefined;
  readonly receiver?: CharacterId | undefined;
}

/** What one transaction does to one item. */
export interface ItemChange {
  /** Unset: the item comes into being. */
  readonly before: ItemInstance | undefined;
  readonly after: ItemInstance;
  /** Where it came from, of a new item. */
  readonly from: Holder;
  /** Who gave what joined this stack, of a stack that grew. */
  readonly joinedFrom?: Holder | undefined;
}

/** The slots that a plan has taken and freed in one container. */
interface BagChange {
  readonly before: Bag;
  readonly taken: Set<number>;
  worn: Readonly<Record<string, Worn>> | undefined;
}

/**
 * One posting for a change. It shows in the lists of the characters between whom an item, or what joined a stack, has
 * changed hands; an item in escrow is nobody's gain yet.
 */
export function postingOf({ before, after, from, joinedFrom }: ItemChange, cause: MoveCause): Posting {
  return {
    itemId: after.itemId,
    ver: after.ver,
    templateId: after.templateId,
    from,
    to: after.holder,
    count: after.count,
    change: after.count - (before?.count ?? 0),
    ...cause,
    ...(isEscrow(after.holder) ? {} : handsOf(joinedFrom ?? from, after.holder)),
  };
}

/** The characters that a posting's lists are of: none when the holder is the same. */
export function handsOf(from: Holder, to: Holder): Pick<Posting, 'giver' | 'receiver'> {
  return from === to ? {} : { giver: characterOf(from), receiver: characterOf(to) };
}

/**
 * Collects what a transaction does to items and bags, so that each row changes once however many steps touch it.
 * Everything in it was read before; its writes carry the versions that were read.
 */
export class MovePlan {
  readonly cause: MoveCause;
  private readonly changes = new Map<ItemId, ItemChange>();
  private readonly bags = new Map<string, BagChange>();

  constructor(cause: MoveCause, bags: readonly Bag[]) {
    this.cause = cause;
    for (const before of bags) {
      this.bags.set(keyOf(before.characterId, before.container), {
        before,
        taken: new Set(before.taken),
        worn: before.worn,
      });
    }
  }

  /** The item as the plan has it by now. */
  now(item: ItemInstance): ItemInstance {
    return this.changes.get(item.itemId)?.after ?? item;
  }

  /** Changes an item; several changes of one item are one change. */
  change(item: ItemInstance, to: Partial<ItemInstance>, joinedFrom?: Holder): ItemInstance {
    const known = this.changes.get(item.itemId);
    const before = known ? known.before : item;
    const after = { ...(known?.after ?? item), ...to, ver: (before?.ver ?? 0) + 1 };
    const from = known?.from ?? item.holder;
    this.changes.set(item.itemId, { before, after, from, joinedFrom: joinedFrom ?? known?.joinedFrom });
    return after;
  }

  /** Brings an item into being; `from` is what it was taken from. */
  create(item: Omit<ItemInstance, 'ver'>, from: Holder): ItemInstance {
    const after = { ...item, ver: 1 };
    this.changes.set(item.itemId, { before: undefined, after, from });
    return after;
  }

  /** Adds from one stack to another; a stack that has given everything is gone. */
  merge(source: ItemInstance, target: ItemInstance, count: number): void {
    const [giving, taking] = [this.now(source), this.now(target)];
    this.change(target, { count: taking.count + count }, source.holder);
    const rest = giving.count - count;
    this.change(source, rest > 0 ? { count: rest } : { ...nowhere, holder: sinkHolder('merged'), count: 0 });
  }

  /** The lowest free slot of a container, taken for something that comes into it; undefined when it is full. */
  takeSlot(characterId: CharacterId, container: Container): number | undefined {
    const bag = this.bagOf(characterId, container);
    const slot = freeSlots(container, bag.taken, 1)[0];
    if (slot !== undefined) bag.taken.add(slot);
    return slot;
  }

  /** Takes a certain slot, which must be free. */
  occupy({ holder, container, slot }: Place): void {
    const { taken } = this.bagOf(characterOf(holder)!, container!);
    if (taken.has(slot!)) throw new RangeError(`slot ${slot} of ${container} is taken`);
    taken.add(slot!);
  }

  isTaken({ holder, container, slot }: Place): boolean {
    return this.bagOf(characterOf(holder)!, container!).taken.has(slot!);
  }

  /**
   * Frees the slot that an item has left; a place without a slot frees nothing.
   * @throws GameError `request.conflict` for a slot that is not taken: items and containers are read side by side, and
   *   this item came into its slot after its container was read. To go on would leave the slot taken for ever.
   */
  free({ holder, container, slot }: Place): void {
    const characterId = characterOf(holder);
    if (characterId === undefined || container === undefined || slot === undefined) return;
    if (!this.bagOf(characterId, container).taken.delete(slot)) throw new GameError('request.conflict');
  }

  /** How many slots of a container are free by now. */
  freeCount(characterId: CharacterId, container: Container): number {
    return freeSlots(container, this.bagOf(characterId, container).taken).length;
  }

  /** Sets what is worn in a slot of the equipment, or that nothing is. */
  wear(characterId: CharacterId, slot: number, worn: Worn | undefined): void {
    const bag = this.bagOf(characterId, 'equipment');
    const { [String(slot)]: _before, ...others } = bag.worn ?? {};
    bag.worn = worn ? { ...others, [slot]: worn } : others;
  }

  /** What was read of a container, as the plan has it by now. */
  bag(characterId: CharacterId, container: Container): Bag {
    const { before, taken, worn } = this.bagOf(characterId, container);
    return { ...before, taken, worn };
  }

  /** Every item that changes, with its change. */
  get itemChanges(): readonly ItemChange[] {
    return [...this.changes.values()];
  }

  get postings(): readonly Posting[] {
    return this.itemChanges.map((change) => postingOf(change, this.cause));
  }

  /** Every container whose slots change, as it is to be; `ver` is still the one that was read. */
  get bagChanges(): readonly Bag[] {
    return [...this.bags.values()].flatMap(({ before, taken, worn }) =>
      sameSlots(before.taken, taken) && worn === before.worn ? [] : [{ ...before, taken, worn }],
    );
  }

  private bagOf(characterId: CharacterId, container: Container): BagChange {
    const bag = this.bags.get(keyOf(characterId, container));
    if (!bag) throw new Error(`the ${container} of ${characterId} was not read`);
    return bag;
  }
}

/** Attributes of an item that no character holds. */
export const nowhere = { container: undefined, slot: undefined } as const;

function keyOf(characterId: CharacterId, container: Container): string {
  return `${characterId}/${container}`;
}

function sameSlots(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((slot) => b.has(slot));
}

/** Whether one stack may take from the other: nothing but their number tells them apart. */
export function mayMerge(source: ItemInstance, target: ItemInstance): boolean {
  return (
    source.itemId !== target.itemId &&
    source.templateId === target.templateId &&
    itemTemplates.get(target.templateId).maxStack > 1 &&
    source.bind === target.bind &&
    source.durability === target.durability &&
    source.charges === target.charges &&
    source.expiresAtMs === target.expiresAtMs &&
    source.tradeWindow === undefined &&
    target.tradeWindow === undefined
  );
}
