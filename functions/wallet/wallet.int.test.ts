import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { DEFAULT_REALM } from '#functions/character/rules.ts';
import { getRoster, saveRoster } from '#functions/character/store-slots.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { commitInTest, playingCharacter } from '#shared/testing/test-character.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { listBalances, listHistory, viewSupply } from './contract.ts';
import { handler as balancesHandler } from './endpoints/list-balances.ts';
import { handler as historyHandler } from './endpoints/list-history.ts';
import { handler as supplyHandler } from './endpoints/view-supply.ts';
import { exportOf } from './export.ts';
import { handler as expireJob } from './jobs/expire-holds.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ store: 'memory' });
});
afterAll(() => world.stop());

/** A player who has finished quests that paid this. */
async function paid(...amounts: readonly string[]) {
  const actor = world.actor({ characterId: createId('chr') });
  const { accountId, characterId } = actor;
  for (const [index, amount] of amounts.entries()) {
    const rewards = { experience: 0, items: [], currencies: [{ currency: 'eddies', amount }] };
    const data = { accountId, characterId: characterId!, questId: `quest-${index}`, rewards };
    const told = event(QUEST_COMPLETED, { aggregateId: characterId!, aggregateSeq: index + 1, data });
    await createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' }).commit({
      events: [told],
    });
    world.clock.advance(1_000);
    await world.deliver({ twice: true });
  }
  return actor;
}
type Player = Awaited<ReturnType<typeof paid>>;

const history = (actor: Player, query: Record<string, string> = {}) =>
  world.call(historyHandler, listHistory, { actor, query });

describe('the money of a quest', () => {
  it('comes once, however often the event does, and is told', async () => {
    const actor = await paid('120');
    const reply = await world.call(balancesHandler, listBalances, { actor });
    expect([reply.status, reply.body]).toEqual([
      200,
      { character: [{ currency: 'eddies', posted: '120', held: '0', available: '120' }], account: [] },
    ]);
    const gained = world.events.filter(({ name, data }) => {
      return name === 'CURRENCY_GAINED' && (data as { characterId?: string }).characterId === actor.characterId;
    });
    expect(gained).toMatchObject([{ data: { amount: '120', balance: '120', reason: 'quest:quest-0' } }]);
  });

  it('is not paid above what one can have, and the event is done with all the same', async () => {
    const actor = await paid('9000000000000', '1');
    const reply = await world.call(balancesHandler, listBalances, { actor });
    expect(reply.body.character).toMatchObject([{ posted: '9000000000000' }]);
  });
});

describe('GET /api/v1/wallet/history', () => {
  it('goes through pages, newest first, and tells who was on the other side', async () => {
    const actor = await paid('1', '2', '3');
    const first = await history(actor, { limit: '2' });
    expect(first.body.entries.map(({ amount, balance }: Record<string, string>) => [amount, balance])).toEqual([
      ['3', '6'],
      ['2', '3'],
    ]);
    const second = await history(actor, { limit: '2', cursor: first.body.nextCursor });
    expect(second.body).toMatchObject({
      entries: [{ amount: '1', direction: 'in', counterparties: ['system.faucet.quest'], reason: 'quest:quest-0' }],
    });
    expect(second.body.nextCursor).toBeUndefined();
  });

  it('filters by cause, direction, currency and time', async () => {
    const actor = await paid('1', '2');
    const count = async (query: Record<string, string>) => (await history(actor, query)).body.entries.length;
    expect(await count({ reason: 'quest:quest-1' })).toBe(1);
    expect(await count({ direction: 'out' })).toBe(0);
    expect(await count({ currency: 'crew-marks' })).toBe(0);
    expect(await count({ of: 'account' })).toBe(0);
    expect(await count({ to: '2001-01-01T00:00:00Z' })).toBe(0);
  });

  it.each([{ cursor: 'bm9uZQ' }, { limit: '101' }, { direction: 'up' }, { from: 'yesterday' }, { reason: 'A B' }])(
    'refuses %j',
    async (query) => {
      const reply = await history(await paid(), query as unknown as Record<string, string>);
      expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
    },
  );
});

it('operators see what faucets issue and sinks take', async () => {
  const before = await world.call(supplyHandler, viewSupply, { actor: world.actor({ roles: ['player', 'admin'] }) });
  await paid('50');
  const after = await world.call(supplyHandler, viewSupply, { actor: world.actor({ roles: ['player', 'admin'] }) });
  const changeOf = (reply: typeof after) =>
    BigInt(reply.body.supply.find(({ currency }: { currency: string }) => currency === 'eddies')?.change ?? 0);
  expect(changeOf(after) - changeOf(before)).toBe(50n);
  const player = await world.call(supplyHandler, viewSupply, { actor: world.actor() });
  expect([player.status, player.body.code]).toEqual([403, 'auth.forbidden']);
});

/** Commits what somebody else's transaction would, and lets its events arrive twice. */
async function happens(changes: Changes) {
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
  await operation.commit(changes);
  await world.deliver({ twice: true });
}

/** An account with two currencies: its character's and its own. */
async function rich() {
  const { accountId, characterId } = await playingCharacter(world);
  const roster = await getRoster(accountId, DEFAULT_REALM);
  await commitInTest({ writes: [saveRoster(roster, { characterIds: [characterId], deletedIds: [] })] });
  world.till.balances.set(characterId, 100n);
  const id = createId('txn');
  const legs = [{ currency: 'neon-tokens', from: 'system.faucet.staff' as const, to: accountId, amount: 7n }];
  await world.till.settle({ id, requestHash: id, kind: 'test', reason: 'test:gift', legs, memo: { lane: 'money' } });
  return { accountId, characterId };
}

const holdOf = (owner: CharacterId, amount: bigint, lifeMs: number) => ({
  ...{
    id: createId('txn'),
    requestHash: 'h',
    kind: 'bid',
    reason: 'test:bid',
    owner,
    currency: 'eddies',
    amount,
    lifeMs,
  },
});

describe('the money of who is gone for good', () => {
  it('leaves the game, once, and what is reserved stays until that is over', async () => {
    const { accountId, characterId } = await rich();
    await world.till.hold(holdOf(characterId, 30n, 60_000));
    const data = { accountId, characterIds: [characterId] };
    await happens({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data })] });
    expect(await world.till.balancesOf(characterId)).toMatchObject([{ posted: 30n, held: 30n }]);
    expect(await world.till.balancesOf(accountId)).toMatchObject([{ posted: 0n }]);
    const sunk = (await world.till.supply()).filter(({ account }) => account === 'system.sink.erased');
    expect(sunk).toMatchObject([
      { currency: 'eddies', taken: 70n },
      { currency: 'neon-tokens', taken: 7n },
    ]);
  });

  it('leaves the game with a single character too; the account keeps its own', async () => {
    const { accountId, characterId } = await rich();
    const data = { accountId, characterId, realmId: 'glasswater' };
    await happens({ events: [event(CHARACTER_PURGED, { aggregateId: characterId, aggregateSeq: 9, data })] });
    expect(world.till.balances.get(characterId)).toBe(0n);
    expect(await world.till.balancesOf(accountId)).toMatchObject([{ posted: 7n }]);
  });
});

it('a player is told all about their money', async () => {
  const { accountId, characterId } = await rich();
  await world.till.hold(holdOf(characterId, 30n, 60_000));
  const told = (await exportOf(accountId)) as { owners: { owner: string; history: object[] }[] };
  expect(told.owners).toMatchObject([
    { owner: accountId, balances: [{ currency: 'neon-tokens', posted: '7', held: '0' }], reserved: [] },
    {
      owner: characterId,
      balances: [{ currency: 'eddies', posted: '100', held: '30' }],
      reserved: [{ currency: 'eddies', amount: '30' }],
      history: [{ direction: 'in', amount: '100', balance: '100' }],
    },
  ]);
  expect(await exportOf(createId('acc'))).toEqual({ owners: [] });
});

it('money is free again when its reservation has run out', async () => {
  const { characterId } = await rich();
  await world.till.hold(holdOf(characterId, 30n, 60_000));
  expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
  world.clock.advance(60_000);
  expect((await expireJob({}, lambdaContext())).processed).toBeGreaterThanOrEqual(1);
  expect(await world.till.balancesOf(characterId)).toMatchObject([{ posted: 100n, held: 0n }]);
});
