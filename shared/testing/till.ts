import { SOFT_CURRENCY } from '#content/currencies.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { PlayerOwner } from '#shared/ledger/ledger.ts';
import { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { MONEY_ALONE } from '#shared/settlement/agreement.ts';
import { staffMoney, takenBy } from './staff-money.ts';

/** The ledger of a test world, with a short way to what players have of the soft currency. */
export class Till extends MemoryLedger {
  readonly balances = {
    get: (owner: PlayerOwner): bigint =>
      this.audit().accounts.find((one) => one.owner === owner && one.currency === SOFT_CURRENCY)?.posted ?? 0n,
    /** Sees to it that the owner has so much, by a grant or by a claw-back. */
    set: (owner: PlayerOwner, amount: bigint): void => {
      const change = amount - this.balances.get(owner);
      if (change === 0n) return;
      // In memory it has happened before the promise is looked at.
      void this.settle({ ...staffMoney(owner, change), toldBy: 'caller', memo: MONEY_ALONE });
      this.given += change;
    },
  };

  /** What tests have given out, less what they have taken away. */
  given = 0n;

  /** What an account of the system has taken in, less what it has given out. */
  takenBy(account: string): Promise<bigint> {
    return takenBy(this, (one) => one === account);
  }

  /** Whether anything was decided under this id. */
  readonly decisions = {
    has: (id: TransactionId): boolean => this.audit().transactions.some((one) => one.id === id),
  };
}
