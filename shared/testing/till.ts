import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { LedgerDecision, LedgerOwner, LedgerRequest } from '#shared/ledger/ledger.ts';

/**
 * A ledger of one currency, for tests that need no more of it than decisions: the first who asks about an id decides it
 * for ever. Accounts of the system may owe.
 */
export class Till {
  readonly decisions = new Map<string, { hash: string; decision: LedgerDecision }>();
  readonly balances = new Map<LedgerOwner, bigint>();

  async settle({ id, requestHash, legs }: LedgerRequest): Promise<LedgerDecision> {
    const earlier = this.decisions.get(id);
    if (earlier) return earlier.decision;
    if (legs.some((leg) => leg.currency !== 'credits')) throw new GameError('ledger.unknown_currency');
    const decision = this.move(legs);
    this.decisions.set(id, { hash: requestHash, decision });
    return decision;
  }

  async decideAbort(id: string): Promise<LedgerDecision> {
    const earlier = this.decisions.get(id);
    if (earlier) return earlier.decision;
    this.decisions.set(id, { hash: '', decision: { state: 'ABORTED' } });
    return { state: 'ABORTED' };
  }

  private move(legs: LedgerRequest['legs']): LedgerDecision {
    const after = new Map(this.balances);
    for (const { from, to, amount } of legs) {
      after.set(from, (after.get(from) ?? 0n) - amount);
      after.set(to, (after.get(to) ?? 0n) + amount);
    }
    if ([...after].some(([owner, posted]) => posted < 0n && !owner.startsWith('system.')))
      return { state: 'REJECTED', code: 'ledger.insufficient_funds' };
    for (const [owner, posted] of after) this.balances.set(owner, posted);
    const touched = legs.flatMap(({ from, to, amount }) => [
      { owner: from, amount: -amount },
      { owner: to, amount },
    ]);
    return {
      state: 'COMMITTED',
      balances: touched.map(({ owner, amount }) => ({
        owner: owner as CharacterId,
        currency: 'credits',
        posted: this.balances.get(owner)!,
        held: 0n,
        amount,
        version: 1,
      })),
    };
  }
}
