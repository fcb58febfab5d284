import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { createAccount } from '#functions/account/public.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { accept, request } from './contract.ts';
import { handler as acceptHandler } from './endpoints/accept.ts';
import { handler as requestHandler } from './endpoints/request.ts';
import { exportOf } from './public.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

type Changes = Parameters<ReturnType<typeof createOperation>['commit']>[0];
const commit = (changes: Changes) =>
  createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);

async function newActor() {
  const accountId = createId('acc');
  const { account: _account, ...changes } = createAccount({ accountId, locale: 'en', nowMs: world.clock.nowMs() });
  await commit(changes);
  return world.openSession(world.actor({ accountId }));
}
type Player = Awaited<ReturnType<typeof newActor>>;

const ask = (from: Player, { accountId }: Player) =>
  world.call(requestHandler, request, { actor: from, body: { accountId } });
const take = (by: Player, { accountId }: Player) =>
  world.call(acceptHandler, accept, { actor: by, params: { accountId } });

async function rowsOf(accountId: AccountId) {
  return (await world.snapshot()).filter((row) => String(row.pk).startsWith('FRD#') && row.accountId === accountId);
}

it('takes an erased player out of every list, and gives the places back', async () => {
  const [gone, friend, asked, asking, bystander] = [
    await newActor(),
    await newActor(),
    await newActor(),
    await newActor(),
    await newActor(),
  ];
  await ask(gone, friend);
  await take(friend, gone);
  await ask(gone, asked);
  await ask(asking, gone);
  await ask(bystander, friend);
  await take(friend, bystander);
  expect(await exportOf(gone.accountId)).toMatchObject({ relations: { length: 3 } });

  const { accountId } = gone;
  const erased = event(ACCOUNT_ERASED, {
    aggregateId: accountId,
    aggregateSeq: 9,
    data: { accountId, characterIds: [] },
  });
  await commit({ events: [erased] });
  await world.deliver({ twice: true });

  expect(await rowsOf(accountId)).toEqual([]);
  const tallies = await Promise.all(
    [friend, asked, asking, bystander].map(async (player) => {
      const rows = await rowsOf(player.accountId);
      const { friends, sent, received } = rows.find((row) => row._et === 'FriendTally') as Record<string, number>;
      return { friends, sent, received, relations: rows.length - 1 };
    }),
  );
  expect(tallies).toEqual([
    { friends: 1, sent: 0, received: 0, relations: 1 },
    { friends: 0, sent: 0, received: 0, relations: 0 },
    { friends: 0, sent: 0, received: 0, relations: 0 },
    { friends: 1, sent: 0, received: 0, relations: 1 },
  ]);
});
