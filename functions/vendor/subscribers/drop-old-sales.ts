import { buybackHolder, transferItems } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { dropOldSales } from '../contract.ts';
import { vendorLimits } from '../rules.ts';
import { deleteSale, listSales, type Sale } from '../store.ts';

/** Most old sales that one reaction drops: each sale tells of itself, so none waits for long. */
const PER_REACTION = 25;

/** What can no longer be bought back leaves the game: everything older than the last sales that count. */
export const handler = subscriberHandler(dropOldSales, async ({ data: { seller, buyer } }, { part }) => {
  if (buyer) return;
  const sales = await listSales(seller.characterId, vendorLimits.buyBacks + PER_REACTION);
  for (const sale of sales.slice(vendorLimits.buyBacks)) await part(sale.itemId, (operation) => drop(sale, operation));
});

/** One that is being bought back at this moment is left to that. */
async function drop(sale: Sale, operation: Operation): Promise<void> {
  const { itemId, characterId } = sale;
  const destination = { to: 'sink', reason: 'sold' } as const;
  const leg = { kind: 'move', itemId, from: buybackHolder(characterId), destination } as const;
  try {
    const cause = { reason: 'vendor.sold', cause: operation.id, atMs: operation.nowMs };
    const { changes } = await transferItems([leg], cause);
    await operation.commit(mergeChanges(changes, { writes: [deleteSale(sale)] }));
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'inventory.item_not_found')) throw error;
  }
}
