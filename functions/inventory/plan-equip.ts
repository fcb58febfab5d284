import { items as itemTemplates } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { HeldItem } from './item.ts';
import type { MovePlan, Worn } from './plan.ts';
import { type ItemTemplate, wornSlots } from './rules.ts';
import { requireFit, type Wearer } from './rules-wear.ts';

/**
 * The slot of the equipment that an item goes into: the one asked for, the first free one of its kind, or else the
 * first of its kind, whose item comes off.
 * @throws GameError `inventory.not_equippable`, `inventory.level_too_low`, `inventory.wrong_class`,
 *   `inventory.unique_equipped`
 */
export function slotToWear(
  template: ItemTemplate,
  wearer: Wearer,
  worn: Readonly<Record<string, Worn>>,
  asked: number | undefined,
): number {
  const fitting = wornSlots.flatMap((kind, slot) => (kind === template.slot ? [slot] : []));
  const slot = asked ?? fitting.find((one) => worn[one] === undefined) ?? fitting[0];
  if (slot === undefined || !fitting.includes(slot)) throw new GameError('inventory.not_equippable');
  requireFit(template, wearer);
  const others = Object.entries(worn).filter(([where]) => where !== String(slot));
  if (template.uniqueEquipped && others.some(([, { templateId }]) => templateId === template.id)) {
    throw new GameError('inventory.unique_equipped');
  }
  return slot;
}

/** Puts an item of the bag on; what was worn there takes its slot in the bag. Wearing may bind it. */
export function planEquip(plan: MovePlan, item: HeldItem, slot: number, replaced: HeldItem | undefined): void {
  const { holder, templateId, itemId } = item;
  const characterId = holder as CharacterId;
  const bind = itemTemplates.get(templateId).bind === 'equip' && item.bind === 'none' ? 'character' : item.bind;
  if (replaced) plan.change(replaced, { container: 'bag', slot: item.slot });
  else {
    plan.free(item);
    plan.occupy({ holder, container: 'equipment', slot });
  }
  plan.change(item, { container: 'equipment', slot, bind, tradeWindow: undefined });
  plan.wear(characterId, slot, { itemId, templateId });
}

/**
 * Takes a worn item off, into the lowest free slot of the bag.
 * @throws GameError `inventory.full`
 */
export function planUnequip(plan: MovePlan, item: HeldItem): void {
  const characterId = item.holder as CharacterId;
  const slot = plan.takeSlot(characterId, 'bag');
  if (slot === undefined) throw new GameError('inventory.full', { needed: 1, free: 0 });
  plan.free(item);
  plan.change(item, { container: 'bag', slot });
  plan.wear(characterId, item.slot, undefined);
}
