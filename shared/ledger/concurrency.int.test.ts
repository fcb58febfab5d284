import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CharacterId, createId, type TransactionId } from '#shared/kernel/ids.ts';
import { startTestLedger } from '#shared/testing/test-ledger.ts';
import type { AccountsPage, DecidedCursor, DecidedPage, Ledger, LedgerDecision } from './ledger.ts';
import type { PostgresLedger } from './postgres-ledger.ts';

const CLIENTS = 8;
const RUNS = Number(process.env.LEDGER_RUNS ?? 25);
const STAKE = 300n;

let postgres: Awaited<ReturnType<typeof startTestLedger>>;
let auditor: PostgresLedger;
let clients: readonly Ledger[];
beforeAll(async () => {
  postgres = await startTestLedger();
  auditor = postgres.ledger();
  clients = Array.from({ length: CLIENTS }, () => postgres.ledger());
});
afterAll(() => postgres.stop());

function request(id: TransactionId = createId('txn')) {
  return { id, requestHash: `hash-${id}`, kind: 'test', reason: 'test:race' };
}

/** New characters with a stake each. */
async function players(count: number): Promise<readonly CharacterId[]> {
  const owners = Array.from({ length: count }, () => createId('chr'));
  const legs = owners.map((to) => ({ currency: 'eddies', from: 'system.faucet.quest', to, amount: STAKE }) as const);
  await auditor.settle({ ...request(), legs });
  return owners;
}

async function balances(owners: readonly CharacterId[]): Promise<{ posted: bigint; held: bigint }> {
  const all = await Promise.all(owners.map(async (owner) => (await auditor.balancesOf(owner))[0]!));
  return {
    posted: all.reduce((sum, { posted }) => sum + posted, 0n),
    held: all.reduce((sum, { held }) => sum + held, 0n),
  };
}

/** What is wrong with the whole of it, looked at at once and page by page. */
async function problems(): Promise<readonly string[]> {
  const found = [...(await auditor.faults())];
  for (let next: number | undefined = 0; next !== undefined; ) {
    const page: AccountsPage = await auditor.auditAccounts(next, 1_000);
    found.push(...page.problems);
    next = page.next;
  }
  for (let after: DecidedCursor | undefined = { atMs: 0, id: '' }; after; ) {
    const page: DecidedPage = await auditor.auditDecided(after, Date.now() + 60_000, 1_000);
    found.push(...page.problems);
    const last = page.decided.at(-1);
    after = last && { atMs: last.decidedAtMs, id: last.id };
  }
  return found;
}

/** Every client at once, each with its share, in order. */
async function atOnce<T>(tasks: readonly ((ledger: Ledger) => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  await Promise.all(
    clients.map(async (client, turn) => {
      for (let index = turn; index < tasks.length; index += CLIENTS) results[index] = await tasks[index]!(client);
    }),
  );
  return results;
}

const textOf = (decision: unknown) =>
  JSON.stringify(decision, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));

const player = fc.integer({ min: 0, max: 4 });
const amount = fc.bigInt({ min: 1n, max: 200n });
const earlier = fc.nat({ max: 40 });
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('transfer' as const), from: player, to: player, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('swap' as const), from: player, to: player, amount }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hold' as const), from: player, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('outbid' as const), from: player, amount, earlier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('post' as const), to: player, amount, earlier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), earlier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reverse' as const), earlier }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), earlier }) },
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** The call that an act makes. Acts of one list refer to each other, and each is sent by two clients. */
function callOf(
  one: Act,
  index: number,
  ids: readonly TransactionId[],
  owners: readonly CharacterId[],
): (ledger: Ledger) => Promise<LedgerDecision> {
  const base = request(ids[index]);
  const other = (nth: number) => ids[nth % ids.length]!;
  switch (one.do) {
    case 'transfer':
    case 'swap': {
      const [from, to] = [owners[one.from]!, owners[one.to === one.from ? (one.to + 1) % 5 : one.to]!];
      const leg = { currency: 'eddies', from, to, amount: one.amount };
      const back = { currency: 'eddies', from: to, to: from, amount: (one.amount + 1n) / 2n };
      const third = owners.find((owner) => owner !== from && owner !== to)!;
      const legs =
        one.do === 'transfer' ? [leg] : [leg, back, { currency: 'eddies', from: third, to: from, amount: 1n }];
      return (ledger) => ledger.settle({ ...base, legs });
    }
    case 'hold':
      return (ledger) =>
        ledger.hold({ ...base, owner: owners[one.from]!, currency: 'eddies', amount: one.amount, lifeMs: 600_000 });
    case 'outbid':
      return (ledger) =>
        ledger.replaceHold({
          ...base,
          owner: owners[one.from]!,
          currency: 'eddies',
          amount: one.amount,
          lifeMs: 600_000,
          replaces: other(one.earlier),
        });
    case 'post':
      return (ledger) =>
        ledger.post({ ...base, holdId: other(one.earlier), to: [{ to: owners[one.to]!, amount: one.amount }] });
    case 'void':
      return (ledger) => ledger.void({ ...base, holdId: other(one.earlier) });
    case 'reverse':
      return (ledger) => ledger.reverse({ ...base, reverses: other(one.earlier) });
    case 'abort':
      return (ledger) => ledger.decideAbort(other(one.earlier));
  }
}

describe('eight clients at once', () => {
  it('keep V2, V3 and V6, whatever they do to each other', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (acts) => {
        const owners = await players(5);
        const ids = acts.map(() => createId('txn'));
        const calls = acts.map((one, index) => callOf(one, index, ids, owners));
        const answerOf = (call: (ledger: Ledger) => Promise<LedgerDecision>) => async (ledger: Ledger) => {
          try {
            return textOf(await call(ledger));
          } catch (error) {
            return (error as { code?: string }).code ?? String(error);
          }
        };
        // Each is sent twice, some distance apart: the second may come first, at once, or late.
        const tasks = [...calls, ...calls].map(answerOf);
        const first = await atOnce(tasks);
        const later = await atOnce(tasks);
        for (const [index, one] of acts.entries()) {
          if (one.do === 'abort') continue;
          const sent = [index, index + acts.length];
          const decided = sent.map((nth) => first[nth]!).find((answer) => answer.startsWith('{'));
          // What could never be right is no decision: only from one on is every answer the same.
          for (const answer of [...sent.map((nth) => first[nth]), ...sent.map((nth) => later[nth])])
            expect([decided ?? answer, 'ledger.invalid_legs'], `${one.do}`).toContain(answer);
          if (decided) for (const nth of sent) expect(later[nth], `${one.do} repeated`).toBe(decided);
        }
        const refusals = [...first, ...later].filter((answer) => !answer.startsWith('{'));
        expect(refusals.filter((answer) => answer !== 'ledger.invalid_legs')).toEqual([]);
        expect((await balances(owners)).posted).toBe(5n * STAKE);
        expect(await problems()).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it('spend the same money once', async () => {
    const [payer, ...payees] = await players(9);
    const tasks = payees.map(
      (to) => (ledger: Ledger) =>
        ledger.settle({ ...request(), legs: [{ currency: 'eddies', from: payer!, to, amount: STAKE }] }),
    );
    const states = (await atOnce(tasks)).map(({ state }) => state);
    expect(states.filter((state) => state === 'COMMITTED')).toHaveLength(1);
  });

  it('decide one id once, settled and aborted at the same moment', async () => {
    const [a, b] = await players(2);
    for (let round = 0; round < 20; round += 1) {
      const once = { ...request(), legs: [{ currency: 'eddies', from: a!, to: b!, amount: 1n }] };
      const decisions = await atOnce(
        Array.from(
          { length: CLIENTS },
          (_none, turn) => (ledger: Ledger) => (turn % 2 === 0 ? ledger.settle(once) : ledger.decideAbort(once.id)),
        ),
      );
      expect(new Set(decisions.map(textOf)).size).toBe(1);
    }
  });

  it.each([
    ['pay out a hold once', 'post'],
    ['free a hold once', 'void'],
    ['outbid a hold once', 'outbid'],
    ['reverse a transaction once', 'reverse'],
  ] as const)('%s', async (_what, deed) => {
    const [a, b] = await players(2);
    const gift = { ...request(), legs: [{ currency: 'eddies', from: b!, to: a!, amount: 10n }] };
    const hold = { ...request(), owner: a!, currency: 'eddies', amount: 50n, lifeMs: 600_000 };
    await auditor.settle(gift);
    await auditor.hold(hold);
    const calls = {
      post: (ledger: Ledger) => ledger.post({ ...request(), holdId: hold.id, to: [{ to: b!, amount: 50n }] }),
      void: (ledger: Ledger) => ledger.void({ ...request(), holdId: hold.id }),
      outbid: (ledger: Ledger) => ledger.replaceHold({ ...hold, ...request(), owner: b!, replaces: hold.id }),
      reverse: (ledger: Ledger) => ledger.reverse({ ...request(), reverses: gift.id }),
    };
    const decisions = await atOnce(Array.from({ length: CLIENTS }, () => calls[deed]));
    expect(decisions.filter(({ state }) => state === 'COMMITTED')).toHaveLength(1);
    expect((await balances([a!, b!])).posted).toBe(2n * STAKE);
    expect(await problems()).toEqual([]);
  });

  it('open the same new accounts from both sides', async () => {
    const [a] = await players(1);
    for (let round = 0; round < 10; round += 1) {
      const [x, y] = [createId('chr'), createId('chr')];
      const both = (first: CharacterId, second: CharacterId) => ({
        ...request(),
        legs: [first, second].map(
          (to) => ({ currency: 'eddies', from: 'system.faucet.quest', to, amount: 1n }) as const,
        ),
      });
      const pay = () => ({
        ...request(),
        legs: [x, y].map((to) => ({ currency: 'eddies', from: a!, to, amount: 1n })),
      });
      const decisions = await atOnce(
        Array.from(
          { length: CLIENTS },
          (_none, turn) => (ledger: Ledger) =>
            ledger.settle(turn % 3 === 0 ? pay() : turn % 2 === 0 ? both(x, y) : both(y, x)),
        ),
      );
      expect(decisions.map(({ state }) => state)).toEqual(decisions.map(() => 'COMMITTED'));
    }
    expect(await problems()).toEqual([]);
  });
});
