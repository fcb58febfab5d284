import { deriveId, type TransactionId } from '#shared/kernel/ids.ts';
import { sleep } from '#shared/kernel/sleep.ts';
import { step } from '#shared/kernel/step.ts';
import type { Hold } from '#shared/ledger/ledger.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { ledgerWith } from './ledger-with.ts';
import type { PlantedBug } from './planted-bug.ts';

/** So long something is wrong, and then right again. */
const MOMENT_MS = 20;

function accountOf(real: MemoryLedger, { owner, currency }: Pick<Hold, 'owner' | 'currency'>) {
  return real.book.accounts.get(`${owner}/${currency}`)!;
}

/** Forgets that a hold has ended, where somebody wants to end it another time. */
function reopen(real: MemoryLedger, id: TransactionId, holdId: TransactionId): void {
  const hold = real.book.holds.get(holdId);
  if (hold && !real.decided(id)) hold.state = 'OPEN';
}

/** Bids are kept as holds: what may go wrong with them. */
export const holdBugs: readonly PlantedBug[] = [
  {
    name: 'a hold that came about after the first look is voided without its account',
    operations: ['bid-taken-back'],
    ledger: (real) =>
      ledgerWith(real, {
        void: async (request) => {
          const isThere = real.book.holds.has(request.holdId);
          if (!isThere) await step('ledger.void', async () => {});
          const decision = await real.void(request);
          const hold = real.book.holds.get(request.holdId);
          // Its account was not among those that are locked: what it holds is not given back.
          if (!isThere && hold && decision.state === 'COMMITTED') accountOf(real, hold).held += hold.amount;
          return decision;
        },
      }),
  },
  {
    name: 'a hold that has ended is voided once more',
    ledger: (real) =>
      ledgerWith(real, {
        void: (request) => {
          reopen(real, request.id, request.holdId);
          return real.void(request);
        },
      }),
  },
  {
    name: 'a hold that has ended is paid out of once more',
    ledger: (real) =>
      ledgerWith(real, {
        post: (request) => {
          reopen(real, request.id, request.holdId);
          return real.post(request);
        },
      }),
  },
  {
    name: 'what a hold is paid with comes out of the account, and the hold stays',
    ledger: (real) =>
      ledgerWith(real, {
        post: (request) => {
          const hold = real.book.holds.get(request.holdId);
          if (!hold) return real.post(request);
          const legs = request.to.map((part) => ({ ...part, currency: hold.currency, from: hold.owner }));
          return real.settle({ ...request, legs });
        },
      }),
  },
  {
    name: 'outbidding is a void and a hold, one after the other',
    operations: ['bid-and-win', 'bid-race'],
    ledger: (real) =>
      ledgerWith(real, {
        replaceHold: async ({ replaces, ...request }) => {
          await real.void({ ...request, id: deriveId('txn', request.id), holdId: replaces });
          return real.hold(request);
        },
      }),
  },
  {
    name: 'holds end before their time',
    ledger: (real) =>
      ledgerWith(real, {
        expireHolds: (limit) =>
          step('ledger.expireHolds', async () => {
            const open = [...real.book.holds.values()].filter(({ state }) => state === 'OPEN').slice(0, limit);
            for (const hold of open) {
              hold.state = 'EXPIRED';
              accountOf(real, hold).held -= hold.amount;
            }
            return open.length;
          }),
      }),
  },
  {
    name: 'holds never end by themselves',
    operations: ['bid-lapses'],
    ledger: (real) => ledgerWith(real, { expireHolds: async () => 0 }),
  },
  {
    name: 'what was paid is moved back as often as it is asked for',
    operations: ['bid-undone'],
    ledger: (real) =>
      ledgerWith(real, {
        reverse: (request) => {
          real.book.reversed.clear();
          return real.reverse(request);
        },
      }),
  },
  {
    name: 'what a hold has paid waits in the ledger for a teller',
    ledger: (real) => ledgerWith(real, { post: (request) => real.post({ ...request, toldBy: 'ledger' }) }),
  },
  {
    name: 'what a hold has paid stays held for a moment',
    operations: ['bid-and-win', 'bid-race'],
    ledger: (real) =>
      ledgerWith(real, {
        post: async (request) => {
          const wasOpen = real.book.holds.get(request.holdId)?.state === 'OPEN';
          const decision = await real.post(request);
          const hold = real.book.holds.get(request.holdId);
          if (!wasOpen || !hold || hold.state !== 'POSTED') return decision;
          accountOf(real, hold).held += hold.amount;
          await sleep(MOMENT_MS);
          accountOf(real, hold).held -= hold.amount;
          return decision;
        },
      }),
  },
];
