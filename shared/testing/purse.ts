import { SOFT_CURRENCY } from '#content/currencies.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type Ledger, type PlayerOwner, useLedger } from '#shared/ledger/ledger.ts';
import { MemoryLedger } from '#shared/ledger/memory-ledger.ts';

/** Puts money of the soft currency into players' hands, and looks what they have, in a ledger of the test's own. */
export class Purse {
  private readonly ledger: Ledger = new MemoryLedger();
  /** Gives the process's ledger back. */
  readonly undo = useLedger(this.ledger);
  /** What tests have given out, less what they have taken away. */
  given = 0n;

  async amountOf(owner: PlayerOwner): Promise<bigint> {
    const balances = await this.ledger.balancesOf(owner);
    return balances.find(({ currency }) => currency === SOFT_CURRENCY)?.posted ?? 0n;
  }

  /** Sees to it that an owner has exactly so much. */
  async set(owner: PlayerOwner, amount: bigint): Promise<void> {
    const change = amount - (await this.amountOf(owner));
    if (change === 0n) return;
    const way =
      change > 0n
        ? { from: 'system.faucet.staff' as const, to: owner, amount: change }
        : { from: owner, to: 'system.sink.staff' as const, amount: -change };
    const id = createId('txn');
    const legs = [{ currency: SOFT_CURRENCY, ...way }];
    const { state } = await this.ledger.settle({ id, requestHash: id, kind: 'test', reason: 'test', legs });
    if (state !== 'COMMITTED') throw new Error(`the ledger did not give ${owner} ${change}`);
    this.given += change;
  }

  /** What an account of the system has taken in, less what it has given out. */
  async takenBy(account: string): Promise<bigint> {
    const lines = (await this.ledger.supply()).filter((line) => line.account === account);
    return lines.reduce((sum, { issued, taken }) => sum + taken - issued, 0n);
  }
}
