import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { handler as repairHandler } from '#functions/inventory/endpoints/repair-items.ts';
import { wearDown } from '#functions/inventory/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId, deriveId, type ItemId, type TransactionId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { forge } from '#shared/testing/forge.ts';
import { commitInTest } from '#shared/testing/test-character.ts';
import { giveNew, moveItems, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { listHandOvers, viewItem, viewLog, viewOwner, viewTransaction } from './contract-look.ts';
import { handler as handOversHandler } from './endpoints/list-hand-overs.ts';
import { handler as itemHandler } from './endpoints/view-item.ts';
import { handler as logHandler } from './endpoints/view-log.ts';
import { handler as ownerHandler } from './endpoints/view-owner.ts';
import { handler as transactionHandler } from './endpoints/view-transaction.ts';

const coat = items.all.find(({ slot, bind, durability }) => slot === 'torso' && bind === 'none' && durability > 0)!;
const stack = items.all.find(({ maxStack, kind }) => maxStack >= 100 && kind === 'material')!;
const rare = items.all.find(({ quality, maxStack }) => qualityRank(quality) >= 2 && maxStack === 1)!;

let world: TestWorld;
let staff: Actor;
beforeAll(async () => {
  world = await startTestWorld();
  staff = world.actor({ roles: ['player', 'moderator'] });
});
beforeEach(async () => {
  world.clock.advance(MINUTE_MS);
  await world.stepUp(staff);
});
afterAll(() => world.stop());

const seeItem = (itemId: string, query: Record<string, string> = {}, actor = staff) =>
  world.call(itemHandler, viewItem, { actor, params: { itemId }, query });
const seeOwner = (id: string, query: Record<string, string> = {}) =>
  world.call(ownerHandler, viewOwner, { actor: staff, params: { owner: id }, query });
const seeHandOvers = (id: string, query: Record<string, string>) =>
  world.call(handOversHandler, listHandOvers, { actor: staff, params: { owner: id }, query });
const seeTransaction = (transactionId: string) =>
  world.call(transactionHandler, viewTransaction, { actor: staff, params: { transactionId } });
const logOf = async (subject: string) =>
  (await world.call(logHandler, viewLog, { actor: staff, params: { subject } })).body.entries;

/** An item that was found, given on, and destroyed. */
async function travelled() {
  const [ana, bob] = [await owner(world), await owner(world)];
  const [itemId] = (await giveNew(world, ana.characterId, rare.id)) as [ItemId];
  const to = { to: 'character', characterId: bob.characterId, overflow: 'refuse' } as const;
  await moveItems(world, [{ kind: 'move', itemId, from: ana.characterId, bound: 'any', destination: to }]);
  const sink = { to: 'sink', reason: 'destroyed' } as const;
  await moveItems(world, [{ kind: 'move', itemId, from: bob.characterId, bound: 'any', destination: sink }]);
  return { ana, bob, itemId };
}

/** Somebody who has paid for a repair; the transaction that it was. */
async function paidRepair(money = 1_000_000n): Promise<{ ana: Owner; transactionId: TransactionId; itemId: ItemId }> {
  const ana = await owner(world);
  world.till.balances.set(ana.characterId, money);
  const destination = { to: 'equipment', characterId: ana.characterId } as const;
  const [itemId] = (await giveNew(world, ana.characterId, coat.id, 1, { destination })) as [ItemId];
  const cause = { reason: 'test', cause: 'test', atMs: world.clock.nowMs() };
  await commitInTest(await wearDown(ana.characterId, 50, cause));
  const idempotencyKey = createId('opr');
  await world.call(repairHandler, repairItems, { actor: ana, body: { itemIds: [itemId] }, idempotencyKey });
  return { ana, itemId, transactionId: deriveId('txn', ana.characterId, 'inventory.repair-items', idempotencyKey) };
}

describe('GET /api/v1/admin/custody/items/{itemId}', () => {
  it('shows where an item is, and every hand that it went through since it was made', async () => {
    const { ana, bob, itemId } = await travelled();
    const { status, body } = await seeItem(itemId);
    expect(status).toBe(200);
    expect(body.item).toMatchObject({ itemId, templateId: rare.id, holder: 'sink.destroyed', version: 3, count: 1 });
    expect(body.chain).toMatchObject([
      { version: 1, from: 'mint.test', to: ana.characterId, change: 1 },
      { version: 2, from: ana.characterId, to: bob.characterId, change: 0 },
      { version: 3, from: bob.characterId, to: 'sink.destroyed', change: 0 },
    ]);
    expect(body.nextCursor).toBeUndefined();
  });

  it('goes through a long chain in pages without a gap', async () => {
    const { itemId } = await travelled();
    const versions: number[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await seeItem(itemId, { limit: '2', ...(cursor ? { cursor } : {}) });
      versions.push(...body.chain.map(({ version }: { version: number }) => version));
      cursor = body.nextCursor;
    } while (cursor);
    expect(versions).toEqual([1, 2, 3]);
  });

  it('names the settlement in whose course an item moved', async () => {
    const { itemId, transactionId } = await paidRepair();
    const { chain } = (await seeItem(itemId)).body;
    const moved = chain.filter((link: { transactionId?: string }) => link.transactionId === transactionId);
    expect(moved.map(({ from, to }: { from: string; to: string }) => [from, to])).toMatchObject([
      [expect.stringMatching(/^chr_/), `esc.${transactionId}`],
      [`esc.${transactionId}`, expect.stringMatching(/^chr_/)],
    ]);
  });

  it('writes into the log who looked', async () => {
    const { itemId } = await travelled();
    await seeItem(itemId);
    expect(await logOf(itemId)).toMatchObject([{ staffId: staff.accountId, action: 'look' }]);
  });

  it.each([{ cursor: 'bm9uZQ' }, { cursor: Buffer.from('vx').toString('base64url') }, { limit: '0' }])(
    'refuses %j',
    async (query) => {
      const { itemId } = await travelled();
      const reply = await seeItem(itemId, query as unknown as Record<string, string>);
      expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
    },
  );

  it('knows no item that there is not, and is not for players', async () => {
    expect((await seeItem(createId('itm'))).body.code).toBe('custody.not_found');
    const { itemId, ana } = await travelled();
    expect((await seeItem(itemId, {}, await world.stepUp(ana))).body.code).toBe('auth.forbidden');
    const fresh = world.actor({ roles: ['player', 'gm'] });
    expect((await seeItem(itemId, {}, fresh)).body.code).toBe('auth.step_up_required');
  });
});

describe('GET /api/v1/admin/custody/accounts/{owner}', () => {
  it('shows the chain of the money and what the character holds', async () => {
    const { ana } = await paidRepair();
    await giveNew(world, ana.characterId, stack.id, 30);
    const [sold] = (await giveNew(world, ana.characterId, rare.id)) as [ItemId];
    const buyBack = { to: 'buyback', characterId: ana.characterId } as const;
    await moveItems(world, [{ kind: 'move', itemId: sold, from: ana.characterId, bound: 'any', destination: buyBack }]);
    const { body } = await seeOwner(ana.characterId);
    const [latest, first] = body.entries;
    expect(body.balances).toMatchObject([{ currency: 'eddies', version: 2, posted: latest.balance }]);
    expect(latest).toMatchObject({ direction: 'out', version: 2, counterparties: ['system.sink.repair'] });
    expect(BigInt(latest.balance)).toBe(BigInt(first.balance) - BigInt(latest.amount));
    expect(body.holdings).toMatchObject({
      ...{ bag: { stacks: 1, pieces: 30 }, bank: { stacks: 0, pieces: 0 }, equipment: { stacks: 1, pieces: 1 } },
      ...{ buyBack: { stacks: 1, pieces: 1 }, gave: 1, got: 3, isCut: false },
    });
    expect(await logOf(ana.characterId)).toHaveLength(1);
  });

  it('goes through the money in pages', async () => {
    const { ana } = await paidRepair();
    const first = (await seeOwner(ana.characterId, { limit: '1' })).body;
    const second = (await seeOwner(ana.characterId, { limit: '1', cursor: first.nextCursor })).body;
    expect([first.entries[0].version, second.entries[0].version, second.nextCursor]).toEqual([2, 1, undefined]);
    expect(second.holdings).toBeUndefined();
    expect((await seeOwner(ana.characterId, { currency: 'crew-marks' })).body.entries).toEqual([]);
    expect((await seeOwner(ana.characterId, { cursor: 'bm9uZQ' })).body.code).toBe('request.invalid');
  });

  it('lists what a character gave and got, newest first', async () => {
    const { ana, bob, itemId } = await travelled();
    const got = (await seeHandOvers(bob.characterId, { direction: 'got' })).body.handOvers;
    expect(got).toMatchObject([{ itemId, from: ana.characterId, to: bob.characterId }]);
    const gave = await seeHandOvers(bob.characterId, { direction: 'gave', limit: '1' });
    expect(gave.body.handOvers).toMatchObject([{ itemId, to: 'sink.destroyed' }]);
    expect((await seeHandOvers(createId('acc'), {})).body.code).toBe('custody.not_found');
    expect((await seeOwner(createId('chr'))).body.code).toBe('custody.not_found');
    expect((await seeHandOvers(bob.characterId, { cursor: 'bm9uZQ' })).body.code).toBe('request.invalid');
  });
});

describe('GET /api/v1/admin/custody/transactions/{transactionId}', () => {
  it('shows both sides of a settlement, and that they agree', async () => {
    const { ana, itemId, transactionId } = await paidRepair();
    const { body } = await seeTransaction(transactionId);
    expect(body).toMatchObject({
      agreement: 'AGREED',
      complaints: [],
      settlement: { kind: 'item-repair', state: 'DELIVERED', characterId: ana.characterId, items: [{ itemId }] },
      ledger: { operation: 'settle', state: 'COMMITTED', balances: [{ owner: ana.characterId, version: 2 }] },
    });
    expect(body.settlement.money).toEqual(body.ledger.money);
  });

  it('shows why one was given up', async () => {
    const { transactionId } = await paidRepair(1n);
    expect((await seeTransaction(transactionId)).body).toMatchObject({
      agreement: 'AGREED',
      settlement: { state: 'RETURNED', code: 'ledger.insufficient_funds' },
      ledger: { state: 'REJECTED', code: 'ledger.insufficient_funds' },
    });
  });

  it('says so when the stores disagree', async () => {
    const { transactionId } = await paidRepair();
    await forge({ pk: `TX#${transactionId}`, sk: 'TX' }, { state: 'RETURNED' });
    expect((await seeTransaction(transactionId)).body).toMatchObject({
      agreement: 'DISAGREED',
      complaints: [`${transactionId} is RETURNED, and the ledger says COMMITTED`],
    });
  });

  it('knows no transaction that there is not', async () => {
    expect((await seeTransaction(createId('txn'))).body.code).toBe('custody.not_found');
  });
});
