import type * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { ItemView } from './contract.ts';
import type { HeldItem } from './item.ts';

/** An instance as its owner sees it. */
export function viewOf(instance: HeldItem): z.input<typeof ItemView> {
  return {
    itemId: instance.itemId,
    templateId: instance.templateId,
    quality: itemTemplates.get(instance.templateId).quality,
    count: instance.count,
    container: instance.container,
    slot: instance.slot,
    bind: instance.bind,
    version: instance.ver,
    acquiredAt: toIso(instance.acquiredAtMs),
  };
}
