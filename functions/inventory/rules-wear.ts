import { GameError } from '#shared/contract/errors.ts';
import type { ItemTemplate } from './rules.ts';

/** What decides whether somebody may wear or use an item. */
export interface Wearer {
  readonly level: number;
  readonly classId: string;
}

/**
 * An item suits a level and a class.
 * @throws GameError `inventory.level_too_low`, `inventory.wrong_class`
 */
export function requireFit(template: Pick<ItemTemplate, 'requiredLevel' | 'classes'>, wearer: Wearer): void {
  if (wearer.level < template.requiredLevel) {
    throw new GameError('inventory.level_too_low', { requiredLevel: template.requiredLevel });
  }
  if (template.classes.length > 0 && !template.classes.some((one) => one === wearer.classId)) {
    throw new GameError('inventory.wrong_class');
  }
}

/** What is left of an item's durability after it has lost a share of its full one: a part of a point is a point. */
export function wornDown(left: number, full: number, percent: number): number {
  return Math.max(0, left - Math.ceil((full * percent) / 100));
}
