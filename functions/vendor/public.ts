import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { vendorLimits } from './rules.ts';
import { listSales } from './store.ts';

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
