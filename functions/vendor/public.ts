import type { Changes } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { vendorLimits } from './rules.ts';
import { deleteSale, listSales, type Sale } from './store.ts';

/** Sales beyond those that can be bought back, whose things have not left the game yet. */
const LINGERING = 25;

/** What a character has sold and a vendor still has, strongly consistent; undefined: it is on no list any more. */
export async function saleOf(characterId: CharacterId, itemId: ItemId): Promise<Sale | undefined> {
  const sales = await listSales(characterId, vendorLimits.buyBacks + LINGERING);
  return sales.find((one) => one.itemId === itemId);
}

/** The vendor's part of a transaction that takes the thing away: it is on the list no more. */
export function forgetSale(sale: Sale): Changes {
  return { writes: [deleteSale(sale)] };
}

/** What an account's characters have sold and can buy back, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const lists = characterIds.map(async (characterId) => ({
    characterId,
    buyBacks: (await listSales(characterId, vendorLimits.buyBacks)).map(
      ({ itemId, templateId, count, currency, price, soldAtMs }) => ({
        itemId,
        templateId,
        count,
        currency,
        price: formatAmount(price),
        soldAt: toIso(soldAtMs),
      }),
    ),
  }));
  return { characters: await Promise.all(lists) };
}
