import { items as itemTemplates } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { itemKinds } from '#content/schema/item.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { HeldItem, ItemInstance } from './item.ts';
import type { Storage } from './legs.ts';
import { type MovePlan, mayMerge } from './plan.ts';
import { splitId, splitOff } from './plan-transfer.ts';
import { containerSlots } from './rules.ts';

/** Most items that one transaction arranges: two actions each, and room for what every commit carries. */
export const MAX_ARRANGED = 44;

export interface Target {
  readonly container: Storage;
  readonly slot: number;
}

/**
 * Puts an item, or a part of a stack, into a slot. Onto a stack that it may join it joins, as far as there is room;
 * with anything else it changes places.
 * @param other what lies there now
 * @throws GameError `inventory.slot_taken` when a part would have to change places, or the slot is reserved.
 */
export function planMove(
  plan: MovePlan,
  item: HeldItem,
  { container, slot }: Target,
  other: HeldItem | undefined,
  count: number = item.count,
): void {
  const { holder } = item;
  const place = { holder, container, slot };
  if (item.container === container && item.slot === slot) return;
  if (other && mayMerge(item, other) && other.count < itemTemplates.get(other.templateId).maxStack) {
    joinStacks(plan, item, other, count);
    return;
  }
  const isPart = count < item.count;
  if (other && isPart) throw slotTaken(slot);
  if (!other && plan.isTaken(place)) throw slotTaken(slot);
  if (isPart) {
    plan.occupy(place);
    splitOff(plan, item, { itemId: splitId(item), count, place, acquiredAtMs: item.acquiredAtMs });
    return;
  }
  if (other) plan.change(other, { container: item.container, slot: item.slot });
  else {
    plan.free(item);
    plan.occupy(place);
  }
  plan.change(item, { container, slot });
}

/** Cuts a part off a stack; it takes the lowest free slot beside it. */
export function planSplit(plan: MovePlan, item: HeldItem, count: number): void {
  if (count >= item.count) throw new GameError('inventory.not_enough', { available: item.count });
  const { holder, container } = item;
  const slot = plan.takeSlot(holder as never, container);
  if (slot === undefined) throw new GameError('inventory.full', { needed: 1, free: 0 });
  const place = { holder, container, slot };
  splitOff(plan, item, { itemId: splitId(item), count, place, acquiredAtMs: item.acquiredAtMs });
}

/**
 * Pours one stack into another, as far as there is room.
 * @throws GameError `inventory.not_stackable` when they are not alike, or the other is full.
 */
export function joinStacks(plan: MovePlan, item: HeldItem, into: HeldItem, count: number): void {
  const room = itemTemplates.get(into.templateId).maxStack - into.count;
  if (!mayMerge(item, into) || room <= 0) throw new GameError('inventory.not_stackable');
  const joining = Math.min(count, room);
  if (joining === item.count) plan.free(item);
  plan.merge(item, into, joining);
}

/**
 * Pours stacks together and orders what lies in a container: by kind, best quality first. Slots that are reserved for
 * something on its way stay out of it.
 * @returns false when there is more to do than one transaction holds: what was done is in order.
 */
export function planSort(plan: MovePlan, held: readonly HeldItem[], limit: number = MAX_ARRANGED): boolean {
  const changed = new Set<string>();
  const mayChange = (...items: readonly ItemInstance[]) => {
    const fresh = items.filter(({ itemId }) => !changed.has(itemId));
    if (changed.size + fresh.length > limit) return false;
    for (const { itemId } of fresh) changed.add(itemId);
    return true;
  };
  const first = held[0];
  if (!first) return true;
  const { isDone, left } = pourTogether(plan, held, mayChange);
  if (!isDone) return false;

  const { holder, container } = first;
  for (const item of left) plan.free(item);
  const open = Array.from({ length: containerSlots[container] }, (_none, slot) => slot).filter(
    (slot) => !plan.isTaken({ holder, container, slot }),
  );
  const at = new Map(left.map((item) => [item.slot, item]));
  const slotOf = new Map(left.map((item) => [item.itemId, item.slot]));
  let isSorted = true;
  for (const [index, item] of left.toSorted(inOrder(plan)).entries()) {
    const [slot, from] = [open[index]!, slotOf.get(item.itemId)!];
    if (slot === from) continue;
    const occupant = at.get(slot);
    isSorted = mayChange(item, ...(occupant ? [occupant] : []));
    if (!isSorted) break;
    plan.change(item, { slot });
    at.set(slot, item);
    slotOf.set(item.itemId, slot);
    at.delete(from);
    if (!occupant) continue;
    plan.change(occupant, { slot: from });
    at.set(from, occupant);
    slotOf.set(occupant.itemId, from);
  }
  for (const slot of at.keys()) plan.occupy({ holder, container, slot });
  return isSorted;
}

function pourTogether(
  plan: MovePlan,
  held: readonly HeldItem[],
  mayChange: (...items: readonly ItemInstance[]) => boolean,
): { readonly isDone: boolean; readonly left: readonly HeldItem[] } {
  const left: HeldItem[] = [];
  for (const item of held.toSorted((a, b) => a.slot - b.slot)) {
    const { maxStack } = itemTemplates.get(item.templateId);
    for (const into of left.filter((one) => mayMerge(item, one))) {
      const joining = Math.min(maxStack - plan.now(into).count, plan.now(item).count);
      if (joining <= 0) continue;
      if (!mayChange(item, into)) return { isDone: false, left };
      if (joining === plan.now(item).count) plan.free(item);
      plan.merge(item, into, joining);
    }
    if (plan.now(item).count > 0) left.push(item);
  }
  return { isDone: true, left };
}

function inOrder(plan: MovePlan) {
  const rankOf = ({ templateId }: HeldItem): readonly number[] => {
    const { kind, quality, requiredLevel } = itemTemplates.get(templateId);
    return [itemKinds.indexOf(kind), -qualityRank(quality), -requiredLevel];
  };
  return (a: HeldItem, b: HeldItem): number => {
    const [mine, theirs] = [rankOf(a), rankOf(b)];
    const differing = mine.findIndex((rank, index) => rank !== theirs[index]);
    if (differing >= 0) return mine[differing]! - theirs[differing]!;
    return (
      a.templateId.localeCompare(b.templateId) ||
      plan.now(b).count - plan.now(a).count ||
      a.itemId.localeCompare(b.itemId)
    );
  };
}

function slotTaken(slot: number): GameError {
  return new GameError('inventory.slot_taken', { slot });
}
