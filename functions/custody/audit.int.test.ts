import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { handler as repairHandler } from '#functions/inventory/endpoints/repair-items.ts';
import { fromLink, toLink } from '#functions/inventory/link.ts';
import { bagsOf, itemById, type Posting, wearDown } from '#functions/inventory/public.ts';
import { HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, deriveId, type ItemId, type TransactionId } from '#shared/kernel/ids.ts';
import { useSleep } from '#shared/kernel/sleep.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { custodyKeys } from '#shared/table/keys/custody.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { settlementKeys } from '#shared/table/keys/settlement.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { eraseRow, forge } from '#shared/testing/forge.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { commitInTest } from '#shared/testing/test-character.ts';
import { giveNew, moveItems, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { viewAudit } from './contract-audit.ts';
import { handler as viewHandler } from './endpoints/view-audit.ts';
import { handler as auditJob } from './jobs/audit-value.ts';
import { followUp } from './open-faults.ts';

const coat = items.all.find(({ slot, bind, durability }) => slot === 'torso' && bind === 'none' && durability > 0)!;
const stack = items.all.find(({ maxStack, kind }) => maxStack >= 100 && kind === 'material')!;

let world: TestWorld;
let metrics: Record<string, number>[];
let undoSink: () => void;
let undoSleep: () => void;
beforeEach(async () => {
  world = await startTestWorld({ store: 'memory' });
  metrics = [];
  undoSleep = useSleep(async () => {});
  undoSink = useMetricSink((line) => metrics.push(JSON.parse(line)));
});
afterEach(async () => {
  undoSink();
  undoSleep();
  await world.stop();
});

/** Lets a quarter of an hour pass and the auditor run; what it reports. */
async function audit(passedMs = 15 * MINUTE_MS) {
  world.clock.advance(passedMs);
  await world.deliver();
  await auditJob({}, lambdaContext());
  return (await reports()).runs[0];
}

async function reports(query: Record<string, string> = {}) {
  const actor = world.actor({ roles: ['player', 'gm'] });
  return (await world.call(viewHandler, viewAudit, { actor, query })).body;
}

const textsOf = (run: { complaints: { invariant: string; text: string }[] }) =>
  run.complaints.map(({ invariant, text }) => `${invariant} ${text}`);

/** Somebody with a stack that was split and merged, and a repair that was paid. */
async function busyPlayer(): Promise<{ ana: Owner; stackId: ItemId; coatId: ItemId; transactionId: TransactionId }> {
  const [ana, bob] = [await owner(world), await owner(world)];
  const { characterId } = ana;
  const [stackId] = (await giveNew(world, characterId, stack.id, 50)) as [ItemId];
  const toBob = { to: 'character', characterId: bob.characterId, overflow: 'refuse' } as const;
  const [part] = await moveItems(world, [
    { kind: 'move', itemId: stackId, count: 20, from: characterId, destination: toBob },
  ]);
  const back = { to: 'character', characterId, overflow: 'refuse' } as const;
  await moveItems(world, [{ kind: 'move', itemId: part!.itemId, count: 5, from: bob.characterId, destination: back }]);
  world.till.balances.set(characterId, 1_000_000n);
  const destination = { to: 'equipment', characterId } as const;
  const [coatId] = (await giveNew(world, characterId, coat.id, 1, { destination })) as [ItemId];
  await commitInTest(await wearDown(characterId, 50, { reason: 'test', cause: 'test', atMs: world.clock.nowMs() }));
  const idempotencyKey = createId('opr');
  await world.call(repairHandler, repairItems, { actor: ana, body: { itemIds: [coatId] }, idempotencyKey });
  return {
    ana,
    stackId,
    coatId,
    transactionId: deriveId('txn', characterId, 'inventory.repair-items', idempotencyKey),
  };
}

const firstLink = (itemId: ItemId) => inventoryKeys.chainPage.primary({ itemId, ver: sortableNumber(1) });

/** Changes a link of an item's chain that its own row still has, or takes it out. */
async function forgeLink(itemId: ItemId, ver: number, change: Partial<Posting> | undefined): Promise<void> {
  const item = (await itemById(itemId))!;
  const tail = (item.tail ?? []).flatMap((link) => {
    const posting = fromLink(item, link);
    if (posting.ver !== ver) return [link];
    return change ? [toLink({ ...posting, ...change })] : [];
  });
  await forge(inventoryKeys.item.primary({ itemId }), { tail });
}

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
    expect(metrics.find(({ Faults }) => Faults !== undefined)).toMatchObject({ Faults: 0, FaultsV1: 0, AuditLagMs: 0 });
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
    expect(metrics.find(({ FaultsV1 }) => (FaultsV1 ?? 0) > 0)).toBeDefined();
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

describe('V1, items', () => {
  it.each([
    [
      'an item that is where nobody put it',
      (id: ItemId) => forge(inventoryKeys.item.primary({ itemId: id }), { holder: 'sink.x' }),
      /is not where its last posting says/,
    ],
    [
      'a change without a link',
      (id: ItemId) => forge(inventoryKeys.item.primary({ itemId: id }), { ver: 9 }),
      /has version 9 and \d postings/,
    ],
    ['a link that was taken out', (id: ItemId) => forgeLink(id, 2, undefined), /postings/],
    ['an item of whose making there is no record', (id: ItemId) => eraseRow(firstLink(id)), /postings/],
    [
      'a link that tells of another hand',
      (id: ItemId) => forgeLink(id, 2, { from: 'chr_x' }),
      /changed hands without a posting/,
    ],
    [
      'an item that is gone',
      (id: ItemId) => eraseRow(inventoryKeys.item.primary({ itemId: id })),
      /has postings and no row/,
    ],
  ])('finds %s', async (_what, doWrong, complaint) => {
    const { stackId } = await busyPlayer();
    await doWrong(stackId);
    const run = await audit();
    expect(textsOf(run)).toContainEqual(expect.stringMatching(complaint));
    expect(run.complaints.every(({ invariant }: { invariant: string }) => invariant === 'V1')).toBe(true);
  });

  it('finds pieces that a split has made out of nothing, although every chain is flawless', async () => {
    const { stackId } = await busyPlayer();
    await audit();
    await forge(inventoryKeys.item.primary({ itemId: stackId }), { count: 45 });
    await forgeLink(stackId, 2, { change: -10, count: 40 });
    await forgeLink(stackId, 3, { count: 45 });
    const run = await audit();
    expect(textsOf(run)).toEqual([`V1 splits and merges of ${stack.id} have made 10 of them`]);
  });
});

describe('V1, slots', () => {
  const bag = (characterId: CharacterId) => inventoryKeys.bag.primary({ characterId, container: 'bag' });
  const takenBy = async (characterId: CharacterId) => [...(await bagsOf(characterId)).bag.taken].map(Number);

  it('finds a slot that is taken with nothing in it, and says so until that is over', async () => {
    const { ana } = await busyPlayer();
    const taken = await takenBy(ana.characterId);
    await forge(bag(ana.characterId), { taken: new Set([...taken, 33]) });
    const text = `V1 ${ana.characterId}/bag/33 is taken, and nothing lies in it`;
    expect(textsOf(await audit())).toEqual([text]);
    expect(textsOf(await audit())).toEqual([text]);
    await forge(bag(ana.characterId), { taken: new Set(taken) });
    expect((await audit()).faults).toBe(0);
  });

  it('finds an item whose slot is free for others, and two in one slot', async () => {
    const { ana, stackId } = await busyPlayer();
    const [otherId] = (await giveNew(world, ana.characterId, coat.id)) as [ItemId];
    const [slot, otherSlot] = await Promise.all([stackId, otherId].map(async (id) => (await itemById(id))!.slot!));
    await forge(bag(ana.characterId), {
      taken: new Set((await takenBy(ana.characterId)).filter((one) => one !== slot)),
    });
    expect(textsOf(await audit())).toEqual([
      `V1 ${stackId} lies in ${ana.characterId}/bag/${slot}, which is not taken`,
    ]);
    await forge(bag(ana.characterId), { taken: new Set([slot, otherSlot]) });
    await forge(inventoryKeys.item.primary({ itemId: otherId }), { slot });
    expect(textsOf(await audit())).toContain(
      `V1 ${ana.characterId}/bag/${slot} holds ${[stackId, otherId].sort().join(' and ')}`,
    );
  });

  it('says nothing of slots that a settlement under way keeps', async () => {
    const { ana, coatId } = await busyPlayer();
    await commitInTest(
      await wearDown(ana.characterId, 50, { reason: 'test', cause: 'again', atMs: world.clock.nowMs() }),
    );
    const undo = useStepHook((name, run) => {
      if (name === 'settlement.decide') throw new Error('the ledger does not answer');
      return run();
    });
    const call = { actor: ana, body: { itemIds: [coatId] }, idempotencyKey: createId('opr') };
    const { status } = await world.call(repairHandler, repairItems, call).finally(undo);
    expect([status, (await itemById(coatId))!.holder]).toEqual([202, expect.stringMatching(/^esc\./)]);
    const run = await audit(MINUTE_MS);
    expect(textsOf(run)).toEqual([]);
  });
});

describe('a fault that is open', () => {
  it('is on every run’s metrics until it is gone, and told of once', async () => {
    const { transactionId } = await busyPlayer();
    const key = settlementKeys.transaction.primary({ transactionId });
    await forge(key, { requestHash: 'another' });
    const text = `V6 ${transactionId} is another request in the ledger`;
    const first = await audit();
    const since = first.at;
    expect(textsOf(first)).toEqual([text]);
    metrics = [];
    for (let runs = 0; runs < 3; runs += 1) expect(textsOf(await audit())).toEqual([text]);
    expect(metrics.filter(({ Faults }) => Faults !== undefined)).toMatchObject(
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
