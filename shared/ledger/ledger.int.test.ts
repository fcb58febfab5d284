import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountId,
  type CharacterId,
  createId,
  deriveId,
  type GuildId,
  type TransactionId,
} from '#shared/kernel/ids.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { startTestLedger } from '#shared/testing/test-ledger.ts';
import { type DecisionCall, decisionCall, settleCall } from './decision-call.ts';
import { LedgerMismatchError } from './errors.ts';
import { InvalidCursorError } from './history-page.ts';
import type {
  AccountsPage,
  DecidedCursor,
  Ledger,
  LedgerOwner,
  LedgerRequest,
  MoneyLeg,
  PlayerOwner,
} from './ledger.ts';
import { requestHashOf } from './legs.ts';
import { MemoryLedger } from './memory-ledger.ts';

const OPERATIONS = Number(process.env.DIFFERENTIAL_OPERATIONS ?? 10_000);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 2077);

let postgres: Awaited<ReturnType<typeof startTestLedger>>;
beforeAll(async () => {
  postgres = await startTestLedger();
});
afterAll(() => postgres.stop());

const leg = (from: LedgerOwner, to: LedgerOwner, amount: bigint, currency = 'eddies'): MoneyLeg => ({
  currency,
  from,
  to,
  amount,
});

function request(legs: readonly MoneyLeg[], id: TransactionId = createId('txn'), toldBy?: 'caller'): LedgerRequest {
  return {
    id,
    requestHash: requestHashOf(legs),
    kind: 'test',
    reason: 'test:money',
    legs,
    ...(toldBy ? { toldBy } : {}),
  };
}

describe.each([
  ['in Postgres', () => postgres.ledger()],
  ['in memory', () => new MemoryLedger()],
] as const)('the ledger %s', (_where, open) => {
  let ledger: Ledger;
  beforeAll(() => {
    ledger = open();
  });

  async function rich(amount = 1_000n): Promise<CharacterId> {
    const owner = createId('chr');
    await ledger.settle(request([leg('system.faucet.quest', owner, amount)]));
    return owner;
  }

  it('moves money with both sides, and tells every balance', async () => {
    const [ana, bob] = [await rich(), createId('chr')];
    const decision = await ledger.settle(request([leg(ana, bob, 300n), leg(ana, 'system.sink.postage', 30n)]));
    expect(decision).toEqual({
      state: 'COMMITTED',
      balances: [
        { owner: ana, currency: 'eddies', posted: 670n, held: 0n, amount: -330n, version: 2 },
        { owner: bob, currency: 'eddies', posted: 300n, held: 0n, amount: 300n, version: 1 },
      ].sort((a, b) => (a.owner < b.owner ? -1 : 1)),
    });
    expect(await ledger.balancesOf(bob)).toEqual([{ currency: 'eddies', posted: 300n, held: 0n, version: 1 }]);
  });

  it('records a refusal for want of funds, so that no repetition succeeds later', async () => {
    const [ana, bob] = [await rich(10n), createId('chr')];
    const poor = request([leg(ana, bob, 11n)]);
    const refused = { state: 'REJECTED', code: 'ledger.insufficient_funds', owner: ana, currency: 'eddies' };
    expect(await ledger.settle(poor)).toEqual(refused);
    await ledger.settle(request([leg('system.faucet.quest', ana, 100n)]));
    expect(await ledger.settle(poor)).toEqual(refused);
    expect(await ledger.balancesOf(bob)).toEqual([]);
  });

  it('sums an account’s legs before it looks at its funds', async () => {
    const [ana, bob] = [await rich(10n), createId('chr')];
    expect(await ledger.settle(request([leg(ana, bob, 6n), leg(ana, bob, 6n)]))).toMatchObject({ state: 'REJECTED' });
    expect(await ledger.settle(request([leg(ana, bob, 12n), leg(bob, ana, 5n)]))).toMatchObject({ state: 'COMMITTED' });
  });

  it('answers a repetition with the first decision and moves nothing again', async () => {
    const ana = await rich();
    const once = request([leg(ana, 'system.sink.vendor', 100n)]);
    const first = await ledger.settle(once);
    expect(await Promise.all([ledger.settle(once), ledger.settle(once)])).toEqual([first, first]);
    expect((await ledger.balancesOf(ana))[0]?.posted).toBe(900n);
  });

  it('repeats what is decided, though the content would refuse it by now', async () => {
    const [ana, bob] = [createId('chr'), createId('chr')];
    await ledger.settle(request([leg('system.faucet.quest', ana, 50n)]));
    const paid = request([leg(ana, bob, 20n)]);
    const decided = await ledger.settle(paid);
    const gone = 'currency-of-last-year';
    expect(await ledger.settle({ ...paid, legs: [leg(ana, bob, 20n, gone)] })).toEqual(decided);
    const reserved = { ...request([]), owner: ana, currency: 'eddies', amount: 5n, lifeMs: 60_000 };
    const held = await ledger.hold(reserved);
    expect(await ledger.hold({ ...reserved, currency: gone })).toEqual(held);
    const replaced = { ...reserved, id: createId('txn'), replaces: reserved.id };
    const again = await ledger.replaceHold(replaced);
    expect(await ledger.replaceHold({ ...replaced, currency: gone })).toEqual(again);
    // Nothing of the kind for what was never decided, nor for another request.
    await expect(ledger.settle(request([leg(ana, bob, 20n, gone)]))).rejects.toMatchObject({
      code: 'ledger.unknown_currency',
    });
    await expect(ledger.settle({ ...paid, requestHash: 'another' })).rejects.toThrow(LedgerMismatchError);
  });

  it('refuses another request under an id that is taken', async () => {
    const ana = await rich();
    const once = request([leg(ana, 'system.sink.vendor', 100n)]);
    await ledger.settle(once);
    const other = request([leg(ana, 'system.sink.vendor', 101n)], once.id);
    await expect(ledger.settle(other)).rejects.toMatchObject({ code: 'request.idempotency_mismatch' });
    expect((await ledger.balancesOf(ana))[0]?.posted).toBe(900n);
  });

  it('lets an abort win for ever when it comes first, and not when it comes second', async () => {
    const ana = await rich();
    const [late, early] = [
      request([leg(ana, 'system.sink.vendor', 1n)]),
      request([leg(ana, 'system.sink.vendor', 2n)]),
    ];
    expect(await ledger.decideAbort(late.id)).toEqual({ state: 'ABORTED' });
    expect(await ledger.settle(late)).toEqual({ state: 'ABORTED' });
    const done = await ledger.settle(early);
    expect(await ledger.decideAbort(early.id)).toEqual(done);
    expect((await ledger.balancesOf(ana))[0]?.posted).toBe(998n);
  });

  it.each([
    ['nothing', 0n, 'ledger.invalid_amount'],
    ['less than nothing', -1n, 'ledger.invalid_amount'],
    ['more than one operation may move', 9_000_000_000_000_001n, 'ledger.invalid_amount'],
  ])('refuses to move %s and records nothing', async (_what, amount, code) => {
    const [ana, bob] = [await rich(), createId('chr')];
    const wrong = request([leg(ana, bob, amount)]);
    await expect(async () => ledger.settle(wrong)).rejects.toMatchObject({ code });
    expect(await ledger.decisionOf(wrong.id)).toBeUndefined();
  });

  it.each([
    ['oneself', (ana: CharacterId) => leg(ana, ana, 1n), 'ledger.invalid_legs'],
    [
      'a currency that there is not',
      (ana: CharacterId) => leg(ana, createId('chr'), 1n, 'gold'),
      'ledger.unknown_currency',
    ],
    [
      'an account of the system that there is not',
      (ana: CharacterId) => leg(ana, 'system.sink.nowhere', 1n),
      'ledger.unknown_account',
    ],
    ['somebody who cannot have it', (ana: CharacterId) => leg(ana, createId('acc'), 1n), 'ledger.wrong_scope'],
    [
      'another player, of what is theirs alone',
      () => leg(createId('acc'), createId('acc'), 1n, 'neon-tokens'),
      'ledger.not_transferable',
    ],
    ['a faucet', (ana: CharacterId) => leg(ana, 'system.faucet.quest', 1n), 'ledger.invalid_legs'],
    ['a sink, from a faucet', () => leg('system.faucet.quest', 'system.sink.vendor', 1n), 'ledger.invalid_legs'],
  ])('refuses to pay %s', async (_whom, make, code) => {
    const ana = await rich();
    await expect(async () => ledger.settle(request([make(ana)]))).rejects.toMatchObject({ code });
  });

  it('lets nobody have more than the currency’s cap', async () => {
    const ana = createId('chr');
    const win = (amount: bigint) => ledger.settle(request([leg('system.faucet.quest', ana, amount, 'festival-chits')]));
    expect(await win(1_000_000n)).toMatchObject({ state: 'COMMITTED' });
    expect(await win(1n)).toMatchObject({ state: 'REJECTED', code: 'ledger.balance_limit', owner: ana });
  });

  it('holds money so that it cannot be spent, pays out of the hold once, and frees the rest', async () => {
    const ana = await rich(100n);
    const hold = {
      id: createId('txn'),
      requestHash: 'h',
      kind: 'bid',
      reason: 'test:bid',
      owner: ana,
      currency: 'eddies',
    };
    expect(await ledger.hold({ ...hold, amount: 80n, lifeMs: 60_000 })).toMatchObject({
      balances: [{ posted: 100n, held: 80n, amount: 0n }],
    });
    expect(await ledger.settle(request([leg(ana, 'system.sink.vendor', 21n)]))).toMatchObject({ state: 'REJECTED' });
    const pay = (amount: bigint) =>
      ledger.post({
        id: createId('txn'),
        requestHash: 'p',
        kind: 'bid',
        reason: 'test:bid',
        holdId: hold.id,
        to: [{ to: 'system.sink.vendor', amount }],
      });
    expect(await pay(81n)).toMatchObject({ code: 'ledger.hold_exceeded' });
    expect(await pay(50n)).toMatchObject({ balances: [{ posted: 50n, held: 0n, amount: -50n }] });
    expect(await pay(1n)).toMatchObject({ code: 'ledger.hold_not_open' });
    expect(await ledger.holdOf(hold.id)).toMatchObject({ state: 'POSTED', amount: 80n, owner: ana });
  });

  it('repeats a refusal for ever, also when the hold that was missing is there by now', async () => {
    const ana = await rich(100n);
    const holdId = createId('txn');
    const terms = { requestHash: 'h', kind: 'bid', reason: 'test:bid' };
    const early = { ...terms, id: createId('txn'), holdId, to: [{ to: ana, amount: 10n }] };
    const refused = { state: 'REJECTED', code: 'ledger.hold_not_found' };
    expect(await ledger.post(early)).toEqual(refused);
    await ledger.hold({ ...terms, id: holdId, owner: ana, currency: 'eddies', amount: 40n, lifeMs: 60_000 });
    expect(await ledger.post(early)).toEqual(refused);
    await expect(async () => ledger.post({ ...early, requestHash: 'another' })).rejects.toMatchObject({
      code: 'request.idempotency_mismatch',
    });
    await expect(async () => ledger.post({ ...early, id: createId('txn') })).rejects.toMatchObject({
      code: 'ledger.invalid_legs',
    });
  });

  it('tells what is reserved now, the earliest end first', async () => {
    const ana = await rich(100n);
    const terms = { requestHash: 'h', kind: 'bid', reason: 'test:bid', owner: ana, currency: 'eddies', amount: 10n };
    const [late, early, over] = [createId('txn'), createId('txn'), createId('txn')];
    await ledger.hold({ ...terms, id: late, lifeMs: 600_000 });
    await ledger.hold({ ...terms, id: early, lifeMs: 60_000 });
    await ledger.hold({ ...terms, id: over, lifeMs: 60_000 });
    await ledger.void({ ...terms, id: createId('txn'), holdId: over });
    expect((await ledger.openHoldsOf(ana, 9)).map(({ id }) => id)).toEqual([early, late]);
    expect(await ledger.openHoldsOf(ana, 1)).toMatchObject([{ id: early, amount: 10n, state: 'OPEN' }]);
  });

  it('is gone through by an auditor, decision by decision and account by account, and nothing is wrong', async () => {
    const fromMs = Date.now() - 60_000;
    const [ana, bob] = [await rich(), createId('chr')];
    const made = [request([leg(ana, bob, 1n)]), request([leg(ana, bob, 5_000n)]), request([leg(bob, ana, 1n)])];
    for (const one of made) await ledger.settle(one);
    const gone = createId('txn');
    await ledger.decideAbort(gone);
    const seen: string[] = [];
    let after: DecidedCursor = { atMs: fromMs, id: '' };
    for (;;) {
      const { decided, problems } = await ledger.auditDecided(after, Date.now() + 60_000, 3);
      expect(problems).toEqual([]);
      const last = decided.at(-1);
      if (!last) break;
      seen.push(...decided.map(({ id }) => id));
      after = { atMs: last.decidedAtMs, id: last.id };
    }
    const wanted = [...made.map(({ id }) => id), gone];
    expect(seen.filter((id) => wanted.includes(id as TransactionId)).sort()).toEqual(wanted.sort());
    expect(new Set(seen).size).toBe(seen.length);
    const decisions = await ledger.decisionsOf([...wanted, createId('txn')]);
    expect([...decisions.keys()].sort()).toEqual(wanted);
    expect(decisions.get(made[1]!.id)).toEqual(await ledger.decisionOf(made[1]!.id));
    for (let next: number | undefined = 0; next !== undefined; ) {
      const page: AccountsPage = await ledger.auditAccounts(next, 4);
      expect(page.problems).toEqual([]);
      next = page.next;
    }
  });

  it('frees a hold once, and by its own clock when its time is over', async () => {
    const ana = await rich(100n);
    const terms = { requestHash: 'h', kind: 'bid', reason: 'test:bid', owner: ana, currency: 'eddies', amount: 40n };
    const [long, short] = [createId('txn'), createId('txn')];
    await ledger.hold({ ...terms, id: long, lifeMs: 60_000 });
    await ledger.hold({ ...terms, id: short, lifeMs: 1 });
    const free = (holdId: TransactionId) =>
      ledger.void({ id: createId('txn'), requestHash: 'v', kind: 'bid', reason: 'test:bid', holdId });
    expect(await free(long)).toMatchObject({ balances: [{ posted: 100n, held: 40n }] });
    expect(await free(long)).toMatchObject({ code: 'ledger.hold_not_open' });
    await expect.poll(() => ledger.expireHolds(10)).toBe(1);
    expect(await free(short)).toMatchObject({ code: 'ledger.hold_expired' });
    expect(await ledger.balancesOf(ana)).toMatchObject([{ posted: 100n, held: 0n }]);
  });

  it('replaces a hold by another in one step: both or neither', async () => {
    const ana = await rich(100n);
    const terms = { requestHash: 'h', kind: 'bid', reason: 'test:bid', owner: ana, currency: 'eddies', lifeMs: 60_000 };
    const first = createId('txn');
    await ledger.hold({ ...terms, id: first, amount: 90n });
    expect(await ledger.replaceHold({ ...terms, id: createId('txn'), amount: 101n, replaces: first })).toMatchObject({
      code: 'ledger.insufficient_funds',
    });
    expect(await ledger.holdOf(first)).toMatchObject({ state: 'OPEN' });
    expect(await ledger.replaceHold({ ...terms, id: createId('txn'), amount: 95n, replaces: first })).toMatchObject({
      balances: [{ held: 95n }],
    });
    expect(await ledger.holdOf(first)).toMatchObject({ state: 'VOIDED' });
  });

  it('reverses a transaction once', async () => {
    const [ana, bob] = [await rich(100n), createId('chr')];
    const gift = request([leg(ana, bob, 60n)]);
    await ledger.settle(gift);
    const undo = () =>
      ledger.reverse({ id: createId('txn'), requestHash: 'r', kind: 'undo', reason: 'test:undo', reverses: gift.id });
    expect(await undo()).toMatchObject({ state: 'COMMITTED' });
    expect(await undo()).toMatchObject({ code: 'ledger.already_reversed' });
    expect(await ledger.balancesOf(ana)).toMatchObject([{ posted: 100n }]);
  });

  it('keeps every account’s history, newest first, in pages and by filters', async () => {
    const ana = await rich(100n);
    for (const amount of [1n, 2n, 3n]) await ledger.settle(request([leg(ana, 'system.sink.vendor', amount)]));
    const first = await ledger.historyOf(ana, { limit: 3 });
    expect(first.entries.map(({ amount, balance, version }) => [amount, balance, version])).toEqual([
      [-3n, 94n, 4],
      [-2n, 97n, 3],
      [-1n, 99n, 2],
    ]);
    const second = await ledger.historyOf(ana, { limit: 3, cursor: first.nextCursor });
    expect(second.entries).toMatchObject([{ amount: 100n, counterparties: ['system.faucet.quest'] }]);
    expect(second.nextCursor).toBeUndefined();
    expect((await ledger.historyOf(ana, { limit: 9, direction: 'in' })).entries).toHaveLength(1);
    expect((await ledger.historyOf(ana, { limit: 9, reasonPrefix: 'other' })).entries).toEqual([]);
    expect((await ledger.historyOf(ana, { limit: 9, currency: 'crew-marks' })).entries).toEqual([]);
    await expect(ledger.historyOf(ana, { limit: 9, cursor: 'bm9uZQ' })).rejects.toThrow(InvalidCursorError);
  });

  it('remembers what nobody has told of yet', async () => {
    const ana = createId('chr');
    const [own, others] = [
      request([leg('system.faucet.quest', ana, 5n)]),
      request([leg('system.faucet.quest', ana, 6n)], createId('txn'), 'caller'),
    ];
    await ledger.settle(own);
    await ledger.settle(others);
    const untold = (await ledger.untold(1_000)).map(({ id }) => id);
    expect([untold.includes(own.id), untold.includes(others.id)]).toEqual([true, false]);
    await ledger.markTold([own.id]);
    expect((await ledger.untold(1_000)).map(({ id }) => id)).not.toContain(own.id);
  });
});

describe('the ledger in Postgres', () => {
  it('refuses changes of what is written, gaps, and money from nowhere, to its own owner too', async () => {
    const ana = createId('chr');
    const ledger = postgres.ledger();
    await ledger.settle(request([leg('system.faucet.quest', ana, 10n)]));
    const { owner } = postgres;
    for (const sql of [
      'UPDATE ledger.entry SET amount = 1',
      'DELETE FROM ledger.entry',
      "UPDATE ledger.txn SET decision = '{}'",
      'TRUNCATE ledger.txn CASCADE',
      'DELETE FROM ledger.account',
      'UPDATE ledger.account SET held = posted + 1',
      `INSERT INTO ledger.entry SELECT id, ver + 2, (SELECT id FROM ledger.txn LIMIT 1), 5, posted + 5, now() FROM ledger.account WHERE owner = '${ana}'`,
      `INSERT INTO ledger.entry SELECT id, ver + 1, (SELECT id FROM ledger.txn LIMIT 1), 5, posted + 5, now() FROM ledger.account WHERE owner = '${ana}'`,
    ]) {
      await expect(owner.query(sql), sql).rejects.toThrow();
    }
    expect(await ledger.faults()).toEqual([]);
  });

  it.each([
    ['money from nowhere', /does not balance/, [['ana', 'eddies', 5, true]]],
    [
      'one currency for another',
      /does not balance/,
      [
        ['ana', 'eddies', 5, true],
        ['bob', 'neon-tokens', -5, true],
      ],
    ],
    [
      'an entry that its account knows nothing of',
      /does not continue/,
      [
        ['ana', 'eddies', 5, true],
        ['bob', 'eddies', -5, false],
      ],
    ],
    ['an entry of nothing', /does not continue/, [['ana', 'eddies', 0, true]]],
    [
      'an entry that continues a chain, and that its account knows nothing of',
      /does not continue/,
      [
        ['ana', 'eddies', 5, true],
        ['cyd', 'eddies', -5, false],
      ],
    ],
    [
      'an entry that adds to an older transaction',
      /does not continue/,
      [
        ['ana', 'eddies', 5, true],
        ['cyd', 'eddies', -5, true, 'old'],
      ],
    ],
    [
      'entries of an older transaction alone',
      /does not continue/,
      [
        ['ana', 'eddies', 5, true, 'old'],
        ['cyd', 'eddies', -5, true, 'old'],
      ],
    ],
    [
      'more for one than another gives',
      /does not balance/,
      [
        ['ana', 'eddies', 6, true],
        ['cyd', 'eddies', -5, true],
      ],
    ],
  ] as const)('refuses %s in a new transaction', async (_what, why, forged) => {
    const owners = { ana: createId('chr'), bob: createId('acc'), cyd: createId('chr') };
    const ledger = postgres.ledger();
    const older = request([leg('system.faucet.quest', owners.ana, 10n), leg('system.faucet.quest', owners.cyd, 10n)]);
    await ledger.settle(older);
    await ledger.settle(request([leg('system.faucet.quest', owners.bob, 10n, 'neon-tokens')]));
    const { owner } = postgres;
    await owner.query('BEGIN');
    try {
      const id = createId('txn');
      await owner.query(`INSERT INTO ledger.account (owner, currency, posted) VALUES ('${owners.bob}', 'eddies', 9)`);
      await owner.query(`INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, legs, decision)
                         VALUES ('${id}', 'settle', 'h', 'test', 'test', '[]', '{"state":"COMMITTED"}')`);
      for (const [who, currency, amount, isChanged] of forged)
        if (isChanged)
          await owner.query(`UPDATE ledger.account SET posted = posted + ${amount}, ver = ver + 1
                              WHERE owner = '${owners[who]}' AND currency = '${currency}'`);
      const rows = forged.map(
        ([who, currency, amount, isChanged, age]) => `SELECT id, ver + ${isChanged ? 0 : 1},
             '${age === 'old' ? older.id : id}', ${amount},
             posted + ${isChanged ? 0 : amount}, now() FROM ledger.account
           WHERE owner = '${owners[who]}' AND currency = '${currency}'`,
      );
      await expect(owner.query(`INSERT INTO ledger.entry ${rows.join(' UNION ALL ')}`)).rejects.toThrow(why);
    } finally {
      await owner.query('ROLLBACK');
    }
    expect(await ledger.faults()).toEqual([]);
  });

  it.each([
    ['an id of another kind', 'trd_00000000000000000000000000', '{"state":"COMMITTED"}'],
    ['a decision that is none', undefined, '{"state":"PERHAPS"}'],
  ])('refuses a transaction with %s', async (_what, id, decision) => {
    const values = `'${id ?? createId('txn')}', 'settle', 'h', 'test', 'test', '[]', '${decision}'`;
    const sql = `INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, legs, decision) VALUES (${values})`;
    await expect(postgres.owner.query(sql)).rejects.toThrow(/violates check constraint/);
  });

  it('shows an auditor what was forged behind its guards', async () => {
    const [ana, bob] = [createId('chr'), createId('chr')];
    const ledger = postgres.ledger();
    const won = request([leg('system.faucet.quest', ana, 10n), leg('system.faucet.quest', bob, 10n)]);
    await ledger.settle(won);
    const { owner } = postgres;
    await owner.query('BEGIN');
    try {
      await owner.query(`UPDATE ledger.account SET posted = posted + 7, held = held + 3 WHERE owner = '${ana}'`);
      await owner.query('ALTER TABLE ledger.entry DISABLE TRIGGER append_only');
      await owner.query(`UPDATE ledger.entry SET amount = 11, bal = 12 WHERE txn = '${won.id}' AND amount = 10
                            AND account = (SELECT id FROM ledger.account WHERE owner = '${bob}')`);
      const page = async (text: string) =>
        ((await owner.query(text)).rows[0] as { page: { problems: string[] } }).page.problems;
      const accounts = await page('SELECT ledger.audit_accounts(0, 1000) AS page');
      expect(accounts.filter((line) => line.includes(ana))).toEqual([
        expect.stringMatching(/^V2 account \d+ \(chr_\w+\) has 17 at version 1, its entries say 10 at 1$/),
        expect.stringMatching(/^V3 account \d+ \(chr_\w+\) has 3 held of 17, its open holds are 0$/),
      ]);
      const to = Date.now() + 60_000;
      const decided = await page(`SELECT ledger.audit_decided(${to - 600_000}, '', ${to}, 1000) AS page`);
      expect(decided.filter((line) => line.includes(won.id))).toEqual([
        `V2 transaction ${won.id} does not balance in eddies: 1`,
        `V2 transaction ${won.id} moved 11 of eddies for ${bob}, and its legs say 10`,
      ]);
      expect(decided.filter((line) => line.includes('does not follow'))).toHaveLength(1);
    } finally {
      await owner.query('ROLLBACK');
    }
    expect(await ledger.faults()).toEqual([]);
  });

  it('lets the application execute its functions and nothing else', async () => {
    const application = await postgres.connect('ledger_app');
    for (const sql of [
      'SELECT * FROM ledger.account',
      'INSERT INTO ledger.outbox VALUES (1)',
      "SELECT ledger.move('{}', 'settle', '[]')",
      "SELECT ledger.move_carefully('{}', 'settle', '[]')",
      "SELECT ledger.record('{}', 'settle', '[]', '{}')",
      'ALTER FUNCTION ledger.transfer RESET ALL',
      'UPDATE ledger.account SET posted = posted + 1',
      'INSERT INTO ledger.entry SELECT * FROM ledger.entry',
    ]) {
      await expect(application.query(sql), sql).rejects.toThrow(/permission denied|must be owner/);
    }
    await application.end();
  });

  it('records one amount from player to player the same by the short call and by the general one', async () => {
    const application = await postgres.connect('ledger_app');
    const ledger = postgres.ledger();
    const ask = async ({ name, text, values }: DecisionCall) => {
      const { rows } = await application.query({ name, text, values: [...values] });
      return (rows[0] as { decision: unknown }).decision;
    };
    const calls = [settleCall, (one: LedgerRequest) => decisionCall('settle', one)] as const;
    const stored: unknown[] = [];
    for (const [index, call] of calls.entries()) {
      const [first, second] = [1, 2].map((nth) => deriveId('chr', SEED, `same ${nth}${index}`)).sort();
      const [ana, bob] = [first as CharacterId, second as CharacterId];
      await ledger.settle(request([leg('system.faucet.quest', ana, 90n), leg('system.faucet.quest', bob, 90n)]));
      const wanted = [
        [leg(ana, bob, 30n)],
        [leg(bob, ana, 20n)],
        [leg(ana, bob, 900n)],
        [leg(ana, bob, 9_000_000_000_000_000n)],
        [leg(ana, ana, 1n)],
      ].map((legs, nth) => ({
        ...request(legs, createId('txn'), nth === 1 ? 'caller' : undefined),
        requestHash: `hash ${nth}`,
        memo: { nth, 'it"s': '{}' },
      }));
      for (const one of wanted) {
        const decision = await ask(call(one));
        // Repeated by the other way, it is the same, and another request under the id is none's.
        for (const again of calls) {
          expect(await ask(again(one))).toEqual(decision);
          await expect(ask(again({ ...one, requestHash: 'another' }))).rejects.toMatchObject({ code: 'LG004' });
        }
      }
      const untold = (await ledger.untold(1_000)).map(({ id }) => id);
      const whole: unknown[] = [];
      for (const { id } of wanted) {
        const { rows } = await application.query('SELECT ledger.transaction($1)::text AS text', [id]);
        const text = (rows[0] as { text: string }).text.replace(/"decidedAtMs": \d+/, '');
        whole.push([text.replaceAll(id, 'id').replaceAll(ana, 'ana').replaceAll(bob, 'bob'), untold.includes(id)]);
      }
      stored.push([whole, (await ledger.balancesOf(ana))[0], (await ledger.balancesOf(bob))[0]]);
    }
    expect(stored[1]).toEqual(stored[0]);
    expect(stored[0]).toMatchObject([{}, { posted: 80n, version: 3 }, { posted: 100n, version: 3 }]);
    expect(await ledger.faults()).toEqual([]);
    await application.end();
  });

  it('leaves the short call no way to take what is held, nor to go above the cap, nor to leave half', async () => {
    const ledger = postgres.ledger();
    const [ana, bob] = [createId('chr'), createId('chr')];
    const cap = 9_000_000_000_000n;
    await ledger.settle(request([leg('system.faucet.quest', ana, 100n), leg('system.faucet.quest', bob, cap - 5n)]));
    const terms = { requestHash: 'h', kind: 'bid', reason: 'test:bid', owner: ana, currency: 'eddies', amount: 80n };
    await ledger.hold({ ...terms, id: createId('txn'), lifeMs: 600_000 });
    expect(await ledger.settle(request([leg(ana, bob, 21n)]))).toMatchObject({ code: 'ledger.insufficient_funds' });
    expect(await ledger.settle(request([leg(ana, bob, 6n)]))).toMatchObject({
      code: 'ledger.balance_limit',
      owner: bob,
    });
    expect(await ledger.settle(request([leg(ana, createId('chr'), 21n)]))).toMatchObject({ state: 'REJECTED' });
    const aborted = request([leg(ana, bob, 1n)]);
    await ledger.decideAbort(aborted.id);
    expect(await ledger.settle(aborted)).toEqual({ state: 'ABORTED' });
    expect(await ledger.balancesOf(ana)).toMatchObject([{ posted: 100n, held: 80n, version: 1 }]);
    expect(await ledger.balancesOf(bob)).toMatchObject([{ posted: cap - 5n, version: 1 }]);
    expect(await ledger.settle(request([leg(ana, bob, 5n)]))).toMatchObject({ state: 'COMMITTED' });
    expect(await ledger.faults()).toEqual([]);
  });

  it('keeps its invariants when many move, hold and reverse at once', { timeout: 60_000 }, async () => {
    const random = seededRandom(SEED);
    const owners = Array.from({ length: 6 }, () => createId('chr'));
    const workers = Array.from({ length: 8 }, () => postgres.ledger());
    await Promise.all(owners.map((owner) => workers[0]!.settle(request([leg('system.faucet.quest', owner, 1_000n)]))));
    const repeated: LedgerRequest[] = [];
    await Promise.all(
      workers.map(async (worker) => {
        const own = random.fork();
        for (let turn = 0; turn < 40; turn += 1) {
          const [from, to] = [own.pick(owners), own.pick(owners)];
          if (from === to) continue;
          const legs = [leg(from, to, BigInt(own.int(1, 400))), leg(own.pick(owners), 'system.sink.vendor', 1n)];
          const next = own.percent(20) && repeated.length > 0 ? own.pick(repeated) : request(legs);
          repeated.push(next);
          await worker.settle(next);
          if (own.percent(20)) {
            await worker.reverse({
              id: createId('txn'),
              requestHash: 'r',
              kind: 'undo',
              reason: 'test:undo',
              reverses: own.pick(repeated).id,
            });
          }
        }
      }),
    );
    expect(await workers[0]!.faults()).toEqual([]);
  });

  it(`decides ${OPERATIONS} random requests as its twin in memory does (seed ${SEED})`, {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(SEED);
    const [real, twin] = [postgres.ledger(), new MemoryLedger()];
    const owners: PlayerOwner[] = [
      ...[1, 2, 3].map((index) => deriveId('chr', SEED, index) as CharacterId),
      deriveId('acc', SEED) as AccountId,
      deriveId('gld', SEED) as GuildId,
    ];
    const ids: TransactionId[] = [];
    const seen = new Set<string>();
    for (let index = 0; index < OPERATIONS; index += 1) {
      const draw = randomRequest(random, owners, ids, index);
      const [expected, found] = [await outcome(() => draw(real)), await outcome(() => draw(twin))];
      expect(found, `operation ${index} of seed ${SEED}`).toEqual(expected);
      seen.add(
        JSON.stringify(expected, (_name, value) => (typeof value === 'bigint' ? undefined : value)).slice(0, 60),
      );
    }
    expect(seen.size).toBeGreaterThan(10);
    for (const owner of owners) {
      expect(await twin.balancesOf(owner)).toEqual(await real.balancesOf(owner));
      expect(byVersion(await twin.historyOf(owner, { limit: 20_000 }))).toEqual(
        byVersion(await real.historyOf(owner, { limit: 20_000 })),
      );
    }
    expect(await real.faults()).toEqual([]);
  });
});

const byVersion = ({ entries }: Awaited<ReturnType<Ledger['historyOf']>>) =>
  entries
    .map(({ atMs: _at, ...line }) => line)
    .sort((a, b) => (a.currency === b.currency ? a.version - b.version : a.currency < b.currency ? -1 : 1));

async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return { refused: (error as { code?: string }).code };
  }
}

/** One request for both ledgers; ids come up again, with the same request or with another one. */
function randomRequest(
  random: SeededRandom,
  owners: readonly PlayerOwner[],
  ids: TransactionId[],
  index: number,
): (ledger: Ledger) => Promise<unknown> {
  const fresh = deriveId('txn', SEED, index);
  const id = random.percent(12) && ids.length > 0 ? random.pick(ids) : fresh;
  ids.push(id);
  const earlier = random.pick(ids);
  const requestHash = random.percent(90) ? `hash of ${id}` : 'another';
  const base = { id, requestHash, kind: 'test', reason: 'test:random' };
  const system: LedgerOwner[] = ['system.faucet.quest', 'system.sink.vendor', 'system.escrow.mail'];
  const anyone = () => random.pick<LedgerOwner>([...owners, ...owners, ...system]);
  const currency = () => random.pick(['eddies', 'eddies', 'eddies', 'neon-tokens', 'crew-marks', 'festival-chits']);
  const amount = () => BigInt(random.pick([0, 1, 5, random.int(1, 900), random.int(1, 900_000)]));
  const owner = random.pick(owners);
  const draw = random.int(1, 100);
  if (draw <= 20) {
    const legs = [leg('system.faucet.quest', owner, amount(), currency())];
    return (ledger) => ledger.settle({ ...base, legs });
  }
  if (draw <= 60) {
    const legs = Array.from({ length: random.int(1, 4) }, () => leg(anyone(), anyone(), amount(), currency()));
    return (ledger) => ledger.settle({ ...base, legs });
  }
  if (draw <= 66) return (ledger) => ledger.decideAbort(id);
  if (draw <= 80) {
    const hold = { ...base, owner, currency: currency(), amount: amount(), lifeMs: 3_600_000 };
    return random.percent(70)
      ? (ledger) => ledger.hold(hold)
      : (ledger) => ledger.replaceHold({ ...hold, replaces: earlier });
  }
  if (draw <= 88) {
    const to = [{ to: anyone(), amount: amount() }];
    return (ledger) => ledger.post({ ...base, holdId: earlier, to });
  }
  if (draw <= 94) return (ledger) => ledger.void({ ...base, holdId: earlier });
  return (ledger) => ledger.reverse({ ...base, reverses: earlier });
}
