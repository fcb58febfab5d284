import type { Ledger } from '#shared/ledger/ledger.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';

/** The ledger with some of its functions in another way. */
export function ledgerWith(real: MemoryLedger, other: Partial<Ledger>): Ledger {
  return new Proxy(real as Ledger, {
    get: (target, name) => {
      const replaced = other[name as keyof Ledger];
      if (replaced) return replaced;
      const own = target[name as keyof Ledger];
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}
