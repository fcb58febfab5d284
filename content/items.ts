import { armour } from './data/items/armour.ts';
import { consumables } from './data/items/consumables.ts';
import { implants } from './data/items/implants.ts';
import { materials } from './data/items/materials.ts';
import { questItems } from './data/items/quest-items.ts';
import { weapons } from './data/items/weapons.ts';
import { lookup } from './lookup.ts';

/** Every item template. */
export const items = lookup('item', [...weapons, ...armour, ...implants, ...consumables, ...materials, ...questItems]);

/** What vendors pay for things together, in minor units of the soft currency. */
export function vendorWorth(things: Iterable<{ readonly templateId: string; readonly count: number }>): bigint {
  let sum = 0n;
  for (const { templateId, count } of things) sum += BigInt(items.get(templateId).vendorValue) * BigInt(count);
  return sum;
}
