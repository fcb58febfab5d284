import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { Instant, StackCount } from '#events/fields.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { vendorLimits } from './rules.ts';

/** Settlements remember replies as JSON: what they hold is what goes over the wire. */
const balance = Amount.optional().meta({ description: 'What the character has of that currency now' });

const BoughtItem = z.strictObject({
  itemId: ItemId,
  templateId: Slug,
  quality: z.enum(qualities),
  count: StackCount,
  slot: z.int().min(0).optional().meta({ description: 'Where it lies in the bag' }),
});

export const Purchase = z.strictObject({
  items: z.array(BoughtItem),
  currency: Slug,
  paid: Amount,
  balance,
});
export type Purchase = z.infer<typeof Purchase>;

const SoldItem = z.strictObject({ itemId: ItemId, templateId: Slug, count: StackCount, price: Amount });

export const Sales = z.strictObject({
  sold: z.array(SoldItem).min(1).max(vendorLimits.junkPerSale),
  currency: Slug,
  total: Amount,
  balance,
});
export type Sales = z.infer<typeof Sales>;

export const BuyBack = SoldItem.extend({
  quality: z.enum(qualities),
  currency: Slug,
  soldAt: Instant,
});

export const VendorView = z.strictObject({
  vendorId: Slug,
  name: z.string(),
  zoneId: Slug,
  position: z.strictObject({ x: z.number(), y: z.number() }),
});

export const Goods = z.strictObject({
  templateId: Slug,
  quality: z.enum(qualities),
  unitPrice: Amount,
  maxCount: z.int().min(1).meta({ description: 'Most that is bought at once' }),
  requiredLevel: z.int().min(1),
  left: z.int().min(0).optional().meta({ description: 'How many your realm can still buy today; unset: no limit' }),
});
