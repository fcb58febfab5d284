import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { ledger, type MoneyLeg, type PlayerOwner } from '#shared/ledger/ledger.ts';

/** Most holds of an owner that are looked at for when enough of the money is free. */
const LOOKED_AT = 100;

/**
 * Refuses to take money that is there and set aside for something, and says when enough of it will be free at the latest.
 * What is not there at all, the ledger refuses, on record.
 * @throws GameError `custody.money_held`
 */
export async function requireFree(legs: readonly MoneyLeg[], nowMs: number): Promise<void> {
  for (const { currency, from, amount } of legs) {
    const owner = from as PlayerOwner;
    const balance = (await ledger().balancesOf(owner)).find((one) => one.currency === currency);
    if (!balance || balance.posted < amount || balance.posted - balance.held >= amount) continue;
    let free = balance.posted - balance.held;
    // The earliest end comes first.
    const holds = (await ledger().openHoldsOf(owner, LOOKED_AT)).filter((hold) => hold.currency === currency);
    const last = holds.find((hold) => {
      free += hold.amount;
      return free >= amount;
    });
    const waitMs = Math.max(SECOND_MS, (last?.expiresAtMs ?? nowMs) - nowMs);
    const facts = { currency, held: formatAmount(balance.held) };
    throw new GameError('custody.money_held', facts, { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) });
  }
}
