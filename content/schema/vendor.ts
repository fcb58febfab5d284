import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';

export const VendorStock = z.strictObject({
  item: Slug,
  price: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .meta({ description: 'Of one, in minor units of the soft currency; above what vendors pay for it' }),
  perDay: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .meta({ description: 'How many all players of a realm can buy in a day; null: as many as they like' }),
  requiredLevel: z.int().min(1).max(30).meta({ description: 'Level from which on a character may buy it' }),
});

export const Vendor = z.strictObject({
  id: Slug.meta({ description: 'Also the point of its zone where it stands' }),
  zone: Slug,
  stock: z.array(VendorStock).min(1).max(40),
});
export type Vendor = z.infer<typeof Vendor>;
