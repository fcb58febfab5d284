import { items as itemTemplates } from '#content/items.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { wornItems } from './equipment.ts';
import type { MoveCause } from './legs.ts';
import { changesOf } from './load-plan.ts';
import { MovePlan } from './plan.ts';
import { wornDown } from './rules-wear.ts';
import { readBag } from './store-bags.ts';

/**
 * Wears down everything that a character wears by a share of its full durability, as a piece of the caller's
 * transaction; its zone is told where something breaks. Empty when nothing it wears can wear. Commits under
 * `withConflictRetry`.
 */
export async function wearDown(characterId: CharacterId, percent: number, cause: MoveCause): Promise<Changes> {
  const [equipment, presence] = await Promise.all([readBag(characterId, 'equipment'), presenceOf(characterId)]);
  const plan = new MovePlan(cause, [equipment]);
  let isBroken = false;
  for (const item of await wornItems(equipment)) {
    const left = item.durability ?? 0;
    const durability = wornDown(left, itemTemplates.get(item.templateId).durability, percent);
    if (durability === left) continue;
    plan.change(item, { durability });
    isBroken ||= durability === 0;
  }
  return mergeChanges(changesOf(plan), isBroken ? refreshCharacter(presence, cause.atMs) : {});
}
