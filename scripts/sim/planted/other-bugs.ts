import { randomUUID } from 'node:crypto';
import { createId, type TransactionId } from '#shared/kernel/ids.ts';
import type { LedgerDecision, LedgerRequest } from '#shared/ledger/ledger.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { Reply } from '../client.ts';
import { ledgerWith } from './ledger-with.ts';
import type { PlantedBug } from './planted-bug.ts';

const aborted = async (): Promise<LedgerDecision> => ({ state: 'ABORTED' });

/** Another ledger than the one that has been agreed upon. */
export const ledgerBugs: readonly PlantedBug[] = [
  {
    name: 'the ledger settles a transaction as often as it is asked',
    ledger: (real) => {
      const asked = new Set<TransactionId>();
      return ledgerWith(real, {
        settle: (request) => {
          const isAgain = asked.has(request.id);
          asked.add(request.id);
          return real.settle(isAgain ? { ...request, id: createId('txn') } : request);
        },
      });
    },
  },
  {
    name: 'an abort leaves no tombstone',
    operations: ['buy', 'sell', 'take-money'],
    ledger: (real) =>
      ledgerWith(real, { decideAbort: async (id) => real.decided(id)?.decision ?? { state: 'ABORTED' } }),
  },
  {
    name: 'the sweeper gives up without asking',
    operations: ['buy', 'sell', 'take-money'],
    ledger: (real) => ledgerWith(real, { decideAbort: aborted }),
  },
  {
    name: 'the sweeper takes silence for consent',
    operations: ['buy', 'sell', 'take-money'],
    ledger: (real) =>
      ledgerWith(real, {
        decideAbort: async (id) => real.decided(id)?.decision ?? { state: 'COMMITTED', balances: [] },
      }),
  },
  {
    name: 'rejections are not recorded',
    ledger: (real) =>
      ledgerWith(real, {
        settle: async (request) => {
          const trial = await real.copy().settle(request);
          return trial.state === 'REJECTED' ? trial : real.settle(request);
        },
      }),
  },
  {
    name: 'a lost reply of the ledger is taken for a no',
    ledger: (real) =>
      ledgerWith(real, {
        settle: (request) =>
          real.settle(request).catch(() => ({ state: 'REJECTED', code: 'ledger.insufficient_funds' }) as const),
      }),
  },
  {
    name: 'payment on delivery is not paid',
    ledger: (real) =>
      ledgerWith(real, {
        settle: (request) => {
          const isTaking = request.kind === 'mail-take';
          const legs = request.legs.filter(({ to }) => !(isTaking && to === 'system.escrow.mail'));
          return legs.length === 0 ? nothing(real, request) : real.settle({ ...request, legs });
        },
      }),
  },
  {
    name: 'a sale is paid twice',
    ledger: (real) =>
      ledgerWith(real, {
        settle: (request) =>
          real.settle(
            request.kind === 'vendor-sale' ? { ...request, legs: [...request.legs, ...request.legs] } : request,
          ),
      }),
  },
];

/** Moves a penny back and forth, so that something was decided. */
function nothing(real: MemoryLedger, request: LedgerRequest): Promise<LedgerDecision> {
  const leg = request.legs[0]!;
  return real.settle({
    ...request,
    legs: [
      { ...leg, amount: 1n },
      { ...leg, from: leg.to, to: leg.from, amount: 1n },
    ],
  });
}

export const gatewayBugs: readonly PlantedBug[] = [
  {
    name: 'another request under a key is answered as the first',
    gateway: (real) => {
      const answered = new Map<string, Reply>();
      return async (route, request, key) => {
        const id = `${request.actor.characterId}/${route.endpoint.id}/${key}`;
        const known = key ? answered.get(id) : undefined;
        if (known) return known;
        const reply = await real(route, request, key);
        if (key && reply.status < 300 && reply.status !== 202) answered.set(id, reply);
        return reply;
      };
    },
  },
  {
    name: 'a call that failed is made again under another key',
    gateway: (real) => async (route, request, key) => {
      const reply = await real(route, request, key);
      return reply.status >= 500 && key ? real(route, request, `${key}-again`) : reply;
    },
  },
  {
    name: 'a repetition is answered anew',
    gateway: (real) => async (route, request, key) => {
      const reply = await real(route, request, key);
      return reply.status === 200 && key
        ? { ...reply, text: `${reply.text.slice(0, -1)},"at":"${randomUUID()}"}` }
        : reply;
    },
  },
];

export const busBugs: readonly PlantedBug[] = [
  {
    name: 'the relay takes a failure for sent',
    destinations: (real) => ({
      ...real,
      putEvents: (entries) => real.putEvents(entries).catch(() => []),
    }),
  },
  {
    name: 'an event that is sent again has another id',
    destinations: (real) => {
      const sent = new Set<string>();
      return {
        ...real,
        putEvents: (entries) =>
          real.putEvents(
            entries.map((entry) => {
              const event = JSON.parse(entry.Detail ?? '') as { id: string };
              const isAgain = sent.has(event.id);
              sent.add(event.id);
              return isAgain ? { ...entry, Detail: JSON.stringify({ ...event, id: createId('evt') }) } : entry;
            }),
          ),
      };
    },
  },
  {
    name: 'settlements that begin are looked at by the sweeper alone',
    operations: ['buy', 'sell', 'take-money', 'send'],
    checks: () => async () => [],
  },
  { name: 'queues forget what was not handled', operations: ['quest'], forgetsFailures: true },
];
