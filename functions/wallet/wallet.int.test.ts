import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { createId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { listBalances, listHistory, viewSupply } from './contract.ts';
import { handler as balancesHandler } from './endpoints/list-balances.ts';
import { handler as historyHandler } from './endpoints/list-history.ts';
import { handler as supplyHandler } from './endpoints/view-supply.ts';

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
