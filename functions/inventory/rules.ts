import type { items } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { bindStates } from './contract.ts';

type ItemTemplate = (typeof items.all)[number];
export type BindState = (typeof bindStates)[number];

/** How many slots every character's bag has. */
export const BAG_SLOTS = 40;

/**
 * The first free slots of a bag, lowest first.
 * @throws GameError `inventory.full` when there are fewer than `needed`; nothing is handed out then.
 */
export function freeSlots(taken: ReadonlySet<number>, needed: number): readonly number[] {
  const free: number[] = [];
  for (let slot = 0; slot < BAG_SLOTS && free.length < needed; slot += 1) {
    if (!taken.has(slot)) free.push(slot);
  }
  if (free.length < needed) throw new GameError('inventory.full', { needed, free: free.length });
  return free;
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
