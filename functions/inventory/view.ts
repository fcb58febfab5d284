import type * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { HeldItem } from './item.ts';
import { wornSlots } from './rules.ts';
import type { ItemView } from './shapes.ts';

/** An instance as its owner sees it. */
export function viewOf(item: HeldItem): z.input<typeof ItemView> {
  const { itemId, templateId, count, container, slot, bind, durability, charges, expiresAtMs, tradeWindow } = item;
  const template = itemTemplates.get(templateId);
  return {
    itemId,
    templateId,
    quality: template.quality,
    count,
    container,
    slot,
    ...(container === 'equipment' ? { wornAs: wornSlots[slot] } : {}),
    bind,
    ...(durability === undefined ? {} : { durability: { left: durability, full: template.durability } }),
    ...(charges === undefined ? {} : { charges }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: toIso(expiresAtMs) }),
    ...(tradeWindow === undefined ? {} : { tradeableUntil: toIso(tradeWindow.untilMs) }),
    version: item.ver,
    acquiredAt: toIso(item.acquiredAtMs),
  };
}
