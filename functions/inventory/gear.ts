import { items as itemTemplates } from '#content/items.ts';
import type { Stats } from '#content/schema/attributes.ts';
import type { ItemTemplate as Template } from '#content/schema/item.ts';
import { isExpired } from './give.ts';
import type { ItemInstance } from './item.ts';

/** What a character's equipment comes to. */
export interface Gear {
  /** Sums over everything that is worn and whole. */
  readonly stats: Stats;
  /** Of the weapon in hand; undefined: bare hands, or it is broken. */
  readonly weapon?: NonNullable<Template['weapon']> | undefined;
}

/** The sum of worn items. Broken and expired ones give nothing. Pure. */
export function gearOf(worn: readonly ItemInstance[], nowMs: number): Gear {
  const whole = worn
    .filter((item) => item.durability !== 0 && !isExpired(item, nowMs))
    .map(({ templateId }) => itemTemplates.get(templateId));
  const stats: Record<string, number> = {};
  for (const template of whole) {
    for (const [name, value] of Object.entries(template.stats)) stats[name] = (stats[name] ?? 0) + value;
  }
  const weapon = whole.find((template) => template.weapon !== null)?.weapon;
  return { stats, ...(weapon ? { weapon } : {}) };
}
