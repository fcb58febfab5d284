import { SOFT_CURRENCY } from '#content/currencies.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Ledger, LedgerRequest, PlayerOwner } from '#shared/ledger/ledger.ts';

/** What an owner has of the soft currency. */
export async function softMoneyOf(ledger: Ledger, owner: PlayerOwner): Promise<bigint> {
  const balances = await ledger.balancesOf(owner);
  return balances.find(({ currency }) => currency === SOFT_CURRENCY)?.posted ?? 0n;
}

/** A grant of the staff to a player, or a claw-back where the change is negative; not 0. */
export function staffMoney(owner: PlayerOwner, change: bigint): LedgerRequest {
  const way =
    change > 0n
      ? { from: 'system.faucet.staff' as const, to: owner, amount: change }
      : { from: owner, to: 'system.sink.staff' as const, amount: -change };
  const id = createId('txn');
  return { id, requestHash: id, kind: 'test', reason: 'test', legs: [{ currency: SOFT_CURRENCY, ...way }] };
}

/** Moves money by the staff. @throws Error where the ledger does not. */
export async function moveByStaff(ledger: Ledger, owner: PlayerOwner, change: bigint): Promise<void> {
  const { state } = await ledger.settle(staffMoney(owner, change));
  if (state !== 'COMMITTED') throw new Error(`the ledger did not give ${owner} ${change}`);
}

/** What these accounts of the system have taken in, less what they have given out. */
export async function takenBy(ledger: Ledger, isMeant: (account: string) => boolean): Promise<bigint> {
  const lines = (await ledger.supply()).filter(({ account }) => isMeant(account));
  return lines.reduce((sum, { issued, taken }) => sum + taken - issued, 0n);
}
