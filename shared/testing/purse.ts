import { type Ledger, type PlayerOwner, useLedger } from '#shared/ledger/ledger.ts';
import { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { moveByStaff, softMoneyOf, takenBy } from './staff-money.ts';

/** Puts money of the soft currency into players' hands, and looks what they have, in a ledger of the test's own. */
export class Purse {
  private readonly ledger: Ledger = new MemoryLedger();
  /** Gives the process's ledger back. */
  readonly undo = useLedger(this.ledger);
  /** What tests have given out, less what they have taken away. */
  given = 0n;

  amountOf(owner: PlayerOwner): Promise<bigint> {
    return softMoneyOf(this.ledger, owner);
  }

  /** Sees to it that an owner has exactly so much. */
  async set(owner: PlayerOwner, amount: bigint): Promise<void> {
    const change = amount - (await this.amountOf(owner));
    if (change === 0n) return;
    await moveByStaff(this.ledger, owner, change);
    this.given += change;
  }

  /** What an account of the system has taken in, less what it has given out. */
  takenBy(account: string): Promise<bigint> {
    return takenBy(this.ledger, (one) => one === account);
  }
}
