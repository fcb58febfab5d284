import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { createAccount } from '#functions/account/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { accept, block, list, listBlocks, listRequests, request, unblock } from './contract.ts';
import { handler as acceptHandler } from './endpoints/accept.ts';
import { handler as blockHandler } from './endpoints/block.ts';
import { handler as listHandler } from './endpoints/list.ts';
import { handler as listBlocksHandler } from './endpoints/list-blocks.ts';
import { handler as listRequestsHandler } from './endpoints/list-requests.ts';
import { handler as requestHandler } from './endpoints/request.ts';
import { handler as unblockHandler } from './endpoints/unblock.ts';
import { exportOf, hasBlocked, requireUnblocked } from './public.ts';
import { friendLimits } from './rules.ts';
import { putBlock } from './store-blocks.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

type Changes = Parameters<ReturnType<typeof createOperation>['commit']>[0];
const commit = (changes: Changes) =>
  createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);

async function player(): Promise<Actor> {
  const accountId = createId('acc');
  const { account: _account, ...changes } = createAccount({ accountId, locale: 'en', nowMs: world.clock.nowMs() });
  await commit(changes);
  return world.actor({ accountId });
}

const blocks = (by: Actor, { accountId }: Actor) => world.call(blockHandler, block, { actor: by, body: { accountId } });
const unblocks = (by: Actor, { accountId }: Actor) =>
  world.call(unblockHandler, unblock, { actor: by, params: { accountId } });
const asks = (from: Actor, { accountId }: Actor) =>
  world.call(requestHandler, request, { actor: from, body: { accountId } });
const accepts = (by: Actor, { accountId }: Actor) =>
  world.call(acceptHandler, accept, { actor: by, params: { accountId } });
const friendsOf = async (actor: Actor) => (await world.call(listHandler, list, { actor })).body.friends;
const requestsTo = async (actor: Actor) =>
  (await world.call(listRequestsHandler, listRequests, { actor })).body.requests;

async function friends(): Promise<[Actor, Actor]> {
  const [ana, bob] = [await player(), await player()];
  await asks(ana, bob);
  await accepts(bob, ana);
  return [ana, bob];
}

describe('a block', () => {
  it('ends a friendship on both sides and gives the places back', async () => {
    const [ana, bob] = await friends();
    const reply = await blocks(ana, bob);
    expect([reply.status, reply.body.accountId]).toEqual([200, bob.accountId]);
    expect([await friendsOf(ana), await friendsOf(bob)]).toEqual([[], []]);
    const tallies = (await world.snapshot()).filter(
      (row) => row._et === 'FriendTally' && [ana.accountId, bob.accountId].includes(row.accountId as never),
    );
    expect(tallies.map(({ friends: places }) => places)).toEqual([0, 0]);
  });

  it('ends an open request, whoever sent it', async () => {
    const [ana, bob, cyd] = [await player(), await player(), await player()];
    await asks(bob, ana);
    await asks(ana, cyd);
    await blocks(ana, bob);
    await blocks(ana, cyd);
    expect([await requestsTo(ana), await requestsTo(cyd)]).toEqual([[], []]);
  });

  it('answers the blocked player as if there were no such player, and changes nothing', async () => {
    const [ana, bob] = [await player(), await player()];
    await blocks(ana, bob);
    const before = await world.snapshot();
    const [blocked, missing] = [await asks(bob, ana), await asks(bob, world.actor())];
    const problem = ({ status, body }: typeof blocked) => [status, body.code, body.title];
    expect(problem(blocked)).toEqual(problem(missing));
    expect(await world.snapshot()).toEqual(before);
  });

  it('asks its owner to end it before they befriend the player', async () => {
    const [ana, bob] = [await player(), await player()];
    await blocks(ana, bob);
    expect((await asks(ana, bob)).body.code).toBe('friend.blocked_by_you');
    expect((await unblocks(ana, bob)).status).toBe(204);
    expect((await asks(ana, bob)).status).toBe(200);
  });

  it('is there once, however often it is asked for, and ends once', async () => {
    const [ana, bob] = [await player(), await player()];
    const [first] = await Promise.all([blocks(ana, bob), blocks(ana, bob), blocks(ana, bob)]);
    expect((await blocks(ana, bob)).text).toBe(first.text);
    const row = (await world.snapshot()).find(
      ({ _et, accountId }) => _et === 'FriendBlockTally' && accountId === ana.accountId,
    );
    expect(row?.blocks).toBe(1);
    await unblocks(ana, bob);
    const again = await unblocks(ana, bob);
    expect([again.status, again.body.code]).toEqual([404, 'friend.not_blocked']);
  });

  it('is a condition that other domains can state', async () => {
    const [ana, bob] = [await player(), await player()];
    const unblocked = requireUnblocked(ana.accountId, bob.accountId, new GameError('request.not_found'));
    await commit({ writes: [unblocked] });
    await blocks(ana, bob);
    expect([await hasBlocked(ana.accountId, bob.accountId), await hasBlocked(bob.accountId, ana.accountId)]).toEqual([
      true,
      false,
    ]);
    await expect(commit({ writes: [unblocked] })).rejects.toMatchObject({ code: 'request.not_found' });
  });

  it('is refused of oneself, and of who is not there', async () => {
    const ana = await player();
    expect((await blocks(ana, ana)).body.code).toBe('friend.self');
    expect((await blocks(ana, world.actor())).body.code).toBe('friend.player_not_found');
  });
});

describe('blocks', () => {
  it('are at most 500', async () => {
    const ana = await player();
    const others = Array.from({ length: friendLimits.blocks }, () => createId('acc'));
    for (const otherId of others) {
      await commit({ writes: putBlock({ accountId: ana.accountId, otherId, sinceMs: world.clock.nowMs() }) });
    }
    const refused = await blocks(ana, await player());
    expect([refused.status, refused.body.code]).toEqual([409, 'friend.too_many_blocks']);

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '100', ...(cursor ? { cursor } : {}) };
      const page = await world.call(listBlocksHandler, listBlocks, { actor: ana, query });
      seen.push(...page.body.blocks.map(({ accountId }: { accountId: string }) => accountId));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(others.sort());
  });

  it('are told to their owner and forgotten when the account is erased', async () => {
    const [ana, bob] = [await player(), await player()];
    const { accountId } = ana;
    await blocks(ana, bob);
    expect(await exportOf(accountId)).toMatchObject({ blocks: [{ accountId: bob.accountId }] });
    const data = { accountId, characterIds: [] };
    await commit({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data })] });
    await world.deliver({ twice: true });
    expect((await world.snapshot()).filter((row) => row.pk === `FRD#${accountId}`)).toEqual([]);
  });
});
