import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId, deriveId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { custodyKeys } from '#shared/table/keys/custody.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { settlementKeys } from '#shared/table/keys/settlement.ts';
import { AuditedWorld, forgeLink, textsOf } from '#shared/testing/audited-world.ts';
import { eraseRow, forge } from '#shared/testing/forge.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import type { TestWorld } from '#shared/testing/test-world.ts';
import { handler as auditJob } from './jobs/audit-value.ts';
import { followUp } from './open-faults.ts';

let audited: AuditedWorld;
let world: TestWorld;
beforeEach(async () => {
  audited = await AuditedWorld.start();
  world = audited.world;
});
afterEach(() => audited.stop());

const audit = (passedMs?: number) => audited.audit(passedMs);
const reports = (query?: Record<string, string>) => audited.reports(query);
const busyPlayer = () => audited.busyPlayer();

describe('a run of the auditor', () => {
  it('finds nothing where nothing is wrong, and says how much it has looked at', async () => {
    await busyPlayer();
    const run = await audit();
    expect(run).toMatchObject({ faults: 0, complaints: [], decided: 2, accounts: 1, lagMs: 0 });
    const { lastWalk, walk } = await reports();
    expect(lastWalk).toMatchObject({
      number: 1,
      counts: { items: 3, settlements: 1, minted: 51, live: 51, escrowed: 0 },
    });
    expect(walk.number).toBe(2);
    expect(audited.metrics.find(({ Faults }) => Faults !== undefined)).toMatchObject({
      Faults: 0,
      FaultsV1: 0,
      AuditLagMs: 0,
    });
    expect((await audit()).faults).toBe(0);
    expect((await reports()).lastWalk.number).toBe(2);
    expect(world.events.some(({ name }) => name === 'VALUE_FAULTS_FOUND')).toBe(false);
  });

  it('tells of faults by metric and event, and lists the runs in pages', async () => {
    const { stackId } = await busyPlayer();
    await forge(inventoryKeys.item.primary({ itemId: stackId }), { count: 99 });
    expect((await audit()).faults).toBeGreaterThan(0);
    await world.deliver();
    expect(world.events.findLast(({ name }) => name === 'VALUE_FAULTS_FOUND')).toMatchObject({
      data: { complaints: expect.arrayContaining([`V1 ${stackId} counts 99, its postings 35`]) },
    });
    expect(audited.metrics.find(({ FaultsV1 }) => (FaultsV1 ?? 0) > 0)).toBeDefined();
    await audit();
    const first = await reports({ limit: '1' });
    const second = await reports({ limit: '1', cursor: first.nextCursor });
    expect(first.runs[0].at > second.runs[0].at).toBe(true);
    expect((await reports({ cursor: second.nextCursor })).runs).toEqual([]);
  });

  it('counts once of two at the same time', async () => {
    await busyPlayer();
    world.clock.advance(HOUR_MS);
    const runs = await Promise.allSettled([auditJob({}, lambdaContext()), auditJob({}, lambdaContext())]);
    expect(runs.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await reports()).runs).toHaveLength(1);
  });

  it('goes on where the run before was cut short, in the middle of an item too', async () => {
    const { stackId } = await busyPlayer();
    world.clock.advance(HOUR_MS);
    let pages = 0;
    const undo = useStepHook(async (name, run) => {
      const answer = (await run()) as { output?: { LastEvaluatedKey?: unknown } };
      // The run's time is over after three pages of a few rows each.
      if (name === 'table.Scan') {
        pages += 1;
        if (pages === 3) world.clock.advance(5 * MINUTE_MS);
      }
      return answer as never;
    });
    const limited = limitScans(world, 2);
    try {
      for (let runs = 0; runs < 60 && (await reports()).lastWalk === undefined; runs += 1) {
        pages = 0;
        await audit(MINUTE_MS);
      }
    } finally {
      undo();
      limited();
    }
    const { lastWalk, runs } = await reports();
    expect(lastWalk.counts).toMatchObject({ items: 3, settlements: 1, minted: 51, live: 51 });
    expect(runs.every(({ faults }: { faults: number }) => faults === 0)).toBe(true);
    expect(runs.length).toBeGreaterThan(3);
    expect(stackId).toBeDefined();
  });
});

/** Pages of a walk hold no more than so many rows. */
function limitScans({ client }: TestWorld, Limit: number): () => void {
  const name = 'limitScans';
  client.middlewareStack.add(
    (next, context) => (args) => {
      const input = args.input as { Limit?: number };
      if (context.commandName === 'ScanCommand') input.Limit = Limit;
      return next(args);
    },
    { step: 'initialize', name, priority: 'high' },
  );
  return () => client.middlewareStack.remove(name);
}

describe('a fault that is open', () => {
  it('is on every run’s metrics until it is gone, and told of once', async () => {
    const { transactionId } = await busyPlayer();
    const key = settlementKeys.transaction.primary({ transactionId });
    await forge(key, { requestHash: 'another' });
    const text = `V6 ${transactionId} is another request in the ledger`;
    const first = await audit();
    const since = first.at;
    expect(textsOf(first)).toEqual([text]);
    audited.metrics = [];
    for (let runs = 0; runs < 3; runs += 1) expect(textsOf(await audit())).toEqual([text]);
    expect(audited.metrics.filter(({ Faults }) => Faults !== undefined)).toMatchObject(
      Array(3).fill({ Faults: 1, FaultsV6: 1 }),
    );
    expect((await reports()).open).toEqual([{ invariant: 'V6', text: text.slice(3), since }]);
    await world.deliver();
    expect(world.events.filter(({ name }) => name === 'VALUE_FAULTS_FOUND')).toHaveLength(1);
    await forge(key, { requestHash: (await world.till.decisionOf(transactionId))!.requestHash });
    expect((await audit()).faults).toBe(0);
    expect((await reports()).open).toEqual([]);
  });

  it('of a whole walk stays until another walk has ended without it', async () => {
    const open = { invariant: 'V1', text: 'splits of x have made 1', about: { of: 'walk' }, sinceMs: 1 } as const;
    const nowMs = world.clock.nowMs();
    expect((await followUp([open], [], { nowMs, walkHasEnded: false })).open).toEqual([open]);
    expect((await followUp([open], [open], { nowMs, walkHasEnded: true })).fresh).toEqual([]);
    expect((await followUp([open], [], { nowMs, walkHasEnded: true })).open).toEqual([]);
  });

  it('of what every run looks at as a whole goes when a run does not meet it', async () => {
    const open = { invariant: 'V8', text: 'system.x is not declared', sinceMs: 1 } as const;
    const facts = { nowMs: world.clock.nowMs(), walkHasEnded: false };
    expect((await followUp([open], [], facts)).open).toEqual([]);
  });
});

describe('V4, both stores', () => {
  it.each([
    [
      'returned, although the ledger has committed it',
      { state: 'RETURNED', outcome: '{"code":"x","facts":{}}' },
      /^V4 .* is RETURNED, and the ledger says COMMITTED/,
    ],
    ['begun by another request', { requestHash: 'another' }, /^V6 .* is another request in the ledger/],
  ])('finds a settlement that is %s', async (_what, change, complaint) => {
    const { transactionId } = await busyPlayer();
    await forge(settlementKeys.transaction.primary({ transactionId }), change);
    const run = await audit();
    expect(textsOf(run)).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
    expect(new Set(textsOf(run).map((text: string) => text.slice(0, 2))).size).toBe(1);
  });

  it('finds a settlement of which one store knows nothing', async () => {
    const { transactionId } = await busyPlayer();
    await eraseRow(settlementKeys.transaction.primary({ transactionId }));
    expect(textsOf(await audit())).toEqual([
      `V4 ${transactionId} is COMMITTED in the ledger, and the table has no row of it`,
    ]);
  });

  it('finds an item in the hands of a settlement that is over', async () => {
    const { coatId, transactionId } = await busyPlayer();
    const holder = `esc.${transactionId}`;
    await forge(inventoryKeys.item.primary({ itemId: coatId }), { holder });
    await forgeLink(coatId, 4, { to: holder });
    expect(textsOf(await audit())).toContain(`V4 ${coatId} is stuck in ${holder}`);
  });

  it('says nothing of one that is under way, and looks at it again when it has ended', async () => {
    const { transactionId } = await busyPlayer();
    const key = settlementKeys.transaction.primary({ transactionId });
    await forge(key, { state: 'PREPARED' });
    expect((await audit()).faults).toBe(0);
    await forge(key, { state: 'RETURNED', outcome: '{"code":"x","facts":{}}' });
    expect(textsOf(await audit())).toContain(`V4 ${transactionId} is RETURNED, and the ledger says COMMITTED`);
  });
});

describe('V5 and V7, what waits', () => {
  it('finds a settlement that does not end', async () => {
    const { transactionId } = await busyPlayer();
    const preparedAt = new Date(world.clock.nowMs()).toISOString();
    const keys = settlementKeys.transaction;
    await forge(keys.primary({ transactionId }), {
      state: 'PREPARED',
      ...keys.index('gsi1', { shard: 3, preparedAt, transactionId }),
    });
    expect(textsOf(await audit())).toEqual([`V5 ${transactionId} has been under way since ${preparedAt}`]);
  });

  it('finds what moved money and told nobody, and what is told to nobody', async () => {
    const { transactionId, ana } = await busyPlayer();
    await world.deliver();
    const operationId = deriveId('opr', transactionId);
    await eraseRow({ pk: `OBX#${operationId}`, sk: 'OBX' });
    const id = createId('txn');
    const legs = [{ currency: 'eddies', from: 'system.faucet.quest' as const, to: ana.characterId, amount: 1n }];
    await world.till.settle({ id, requestHash: id, kind: 'test', reason: 'test', legs, memo: { lane: 'money' } });
    const texts = textsOf(await audit());
    expect(texts).toContain(`V7 ${transactionId} has moved money and told nobody`);
    expect(texts).toContain(`V7 what ${id} has moved waits in the ledger's outbox`);
  });
});

it('begins anew where nobody has audited before, and forgets nothing of what it has seen', async () => {
  await busyPlayer();
  await audit();
  const rows = (await world.snapshot()).filter(({ pk }) => pk === custodyKeys.walk.partition({ auditor: 'value' }));
  expect(rows.map(({ sk }) => String(sk).split('#')[0]).sort()).toEqual(['RUN', 'WALK']);
});
