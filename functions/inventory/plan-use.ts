import type { HeldItem } from './item.ts';
import { type MovePlan, nowhere } from './plan.ts';
import { splitId, splitOff } from './plan-transfer.ts';

/** Takes a charge off an item, or one off a stack; what is used up goes to the sink `used`. */
export function planUse(plan: MovePlan, item: HeldItem): void {
  if (item.charges !== undefined && item.charges > 1) {
    plan.change(item, { charges: item.charges - 1 });
    return;
  }
  const sink = { ...nowhere, holder: 'sink.used' };
  if (item.count === 1) {
    plan.free(item);
    plan.change(item, { ...sink, acquiredAtMs: plan.cause.atMs });
    return;
  }
  splitOff(plan, item, { itemId: splitId(item), count: 1, place: sink, acquiredAtMs: plan.cause.atMs });
}
