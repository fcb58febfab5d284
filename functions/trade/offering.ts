import { currencies } from '#content/currencies.ts';
import { type ItemInstance, lookAtItems } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { parseAmount } from '#shared/kernel/money.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { otherSide, type Trade } from './negotiation.ts';
import type { Offer, OfferedItem, OfferedMoney } from './offer.ts';

function offered({ itemId, ver, templateId, count, durability, charges, expiresAtMs }: ItemInstance): OfferedItem {
  return {
    itemId,
    ver,
    templateId,
    count,
    ...(durability === undefined ? {} : { durability }),
    ...(charges === undefined ? {} : { charges }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

/** @throws GameError `ledger.unknown_currency`, `ledger.not_transferable`. */
function requireTransferable(currency: Slug): void {
  const known = currencies.find(currency);
  if (!known) throw new GameError('ledger.unknown_currency', { currency });
  if (!known.transferable || !known.scopes.includes('character'))
    throw new GameError('ledger.not_transferable', { currency });
}

/** @throws GameError `ledger.insufficient_funds`: nobody can show money that they do not have. */
async function requireFunds(owner: CharacterId, money: readonly OfferedMoney[]): Promise<void> {
  if (money.length === 0) return;
  const balances = await ledger().balancesOf(owner);
  for (const { currency, amount } of money) {
    const balance = balances.find((one) => one.currency === currency);
    const spendable = balance ? balance.posted - balance.held : 0n;
    if (spendable < amount) throw new GameError('ledger.insufficient_funds', { currency });
  }
}

/**
 * What a character wants to give to another, as it is now.
 * @throws GameError `inventory.item_not_found`, `inventory.item_bound`, `inventory.item_expired`,
 *   `ledger.unknown_currency`, `ledger.not_transferable`, `ledger.insufficient_funds`
 */
export async function offerOf(
  who: { readonly from: CharacterId; readonly to: CharacterId },
  wanted: {
    readonly items: readonly ItemId[];
    readonly money: readonly { readonly currency: Slug; readonly amount: string }[];
  },
  nowMs: number,
): Promise<Offer> {
  const money = wanted.money.map(({ currency, amount }) => ({ currency, amount: parseAmount(amount) }));
  for (const { currency } of money) requireTransferable(currency);
  const [items] = await Promise.all([
    lookAtItems({ ...who, items: wanted.items.map((itemId) => ({ itemId })) }, nowMs),
    requireFunds(who.from, money),
  ]);
  return { items: items.map(offered), money };
}

/** Items of both offers that are not any more what and where they were. */
export async function changedItems({ sides }: Trade, nowMs: number): Promise<ReadonlySet<ItemId>> {
  const changed = ([0, 1] as const).flatMap((index) => {
    const { characterId: from, offer } = sides[index];
    const { characterId: to } = sides[otherSide(index)];
    return offer.items.map(async ({ itemId, ver }) => {
      try {
        await lookAtItems({ from, to, items: [{ itemId, ver }] }, nowMs);
        return [];
      } catch (error) {
        if (error instanceof GameError && error.code.startsWith('inventory.')) return [itemId];
        throw error;
      }
    });
  });
  return new Set((await Promise.all(changed)).flat());
}
