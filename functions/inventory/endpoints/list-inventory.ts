import { items as itemTemplates } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listInventory } from '../contract.ts';
import { isExpired } from '../give.ts';
import { type HeldItem, isHeld } from '../item.ts';
import { type Container, containerSlots } from '../rules.ts';
import { listItems } from '../store.ts';
import { readBags } from '../store-bags.ts';
import { viewOf } from '../view.ts';

/** What has expired is not shown, although it still takes its slot until it is cleared away. */
export const handler = endpointHandler(listInventory, async ({ input, actor, nowMs }) => {
  const { limit, cursor, container, kind, minQuality, usable } = input.query;
  const [page, bags] = await Promise.all([
    listItems(actor.characterId, { limit, container, after: decodeCursor(cursor, `${container}~`) }),
    readBags(actor.characterId),
  ]);
  const isWanted = (item: HeldItem): boolean => {
    const template = itemTemplates.get(item.templateId);
    return (
      !isExpired(item, nowMs) &&
      (kind === undefined || template.kind === kind) &&
      (minQuality === undefined || qualityRank(template.quality) >= qualityRank(minQuality)) &&
      (usable === undefined || item.durability !== 0)
    );
  };
  const fill = (name: Container) => ({ slots: containerSlots[name], used: bags[name].taken.size });
  return {
    items: page.items.filter(isHeld).filter(isWanted).map(viewOf),
    bag: fill('bag'),
    bank: fill('bank'),
    equipment: fill('equipment'),
    nextCursor: encodeCursor(page.lastSortKey),
  };
});
