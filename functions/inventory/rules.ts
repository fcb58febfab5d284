import type { items } from '#content/items.ts';
import { type Quality, qualityRank } from '#content/quality.ts';
import type { EquipmentSlot } from '#content/schema/item.ts';

import { DAY_MS } from '#shared/kernel/clock.ts';

export type ItemTemplate = (typeof items.all)[number];

/** What ties an instance to its owner now; its template says when that happens. */
export const bindStates = ['none', 'character', 'account', 'quest'] as const;
export type BindState = (typeof bindStates)[number];

/** How far from a rest area its bank is still in reach, in metres. */
export const BANK_REACH_M = 10;

/** Where a character keeps items. */
export const containers = ['bag', 'bank', 'equipment'] as const;
export type Container = (typeof containers)[number];

/** How many slots every character's bag has. */
export const BAG_SLOTS = 40;

/** What each slot of the equipment takes. Slots are stored by their number here: new ones go to the end. */
export const wornSlots: readonly EquipmentSlot[] = [
  'weapon',
  'head',
  'torso',
  'hands',
  'legs',
  'feet',
  'implant-neural',
  'implant-ocular',
  'implant-chassis',
  'implant-chassis',
];

/** Slots of each container. */
export const containerSlots: Readonly<Record<Container, number>> = {
  bag: BAG_SLOTS,
  bank: 80,
  equipment: wornSlots.length,
};

/** The free slots of a container, lowest first, at most `limit` of them. */
export function freeSlots(
  container: Container,
  taken: ReadonlySet<number>,
  limit: number = containerSlots[container],
): readonly number[] {
  const free: number[] = [];
  for (let slot = 0; slot < containerSlots[container] && free.length < limit; slot += 1) {
    if (!taken.has(slot)) free.push(slot);
  }
  return free;
}

/** Most things that are repaired at once: in and out of escrow within one transaction each. */
export const MAX_REPAIRS = 24;
/** What dying costs everything that is worn, in percent of its full durability. */
export const DEATH_WEAR_PERCENT = 10;

/** Things of this quality or a better one are not lost at once when they are destroyed or sold. */
export const RESTORABLE_FROM: Quality = 'rare';
/** How long they may be had back. */
export const RESTORABLE_MS = 30 * DAY_MS;

/** Whether a thing of this kind is worth keeping for its player after it was destroyed or sold. */
export function isPrecious(template: Pick<ItemTemplate, 'quality'>): boolean {
  return qualityRank(template.quality) >= qualityRank(RESTORABLE_FROM);
}

/** Cuts an amount into stacks that the template allows: full ones first. Their sum is the amount. */
export function stacksOf(count: number, maxStack: number): readonly number[] {
  const full = Math.floor(count / maxStack);
  const rest = count % maxStack;
  return [...Array<number>(full).fill(maxStack), ...(rest > 0 ? [rest] : [])];
}

const boundOnPickup: Readonly<Record<ItemTemplate['bind'], BindState>> = {
  none: 'none',
  equip: 'none',
  pickup: 'character',
  account: 'account',
  quest: 'quest',
};

/** The bind state of an instance that has just come into a bag. */
export function bindOnPickup(template: Pick<ItemTemplate, 'bind'>): BindState {
  return boundOnPickup[template.bind];
}
