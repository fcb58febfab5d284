import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARACTER_RENAMED } from '#events/character.ts';
import { defaultPrivacy } from '#functions/account/privacy.ts';
import { createAccount } from '#functions/account/public.ts';
import { putPrivacy } from '#functions/account/store-choices.ts';
import { DEFAULT_REALM, type realms } from '#functions/character/rules.ts';
import { getCharacter, putCharacter, saveCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { noPresence } from '#functions/session/presence-rules.ts';
import { putPresence } from '#functions/session/store-presence.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { accept, decline, list, listRequests, remove, request } from './contract.ts';
import { handler as acceptHandler } from './endpoints/accept.ts';
import { handler as declineHandler } from './endpoints/decline.ts';
import { handler as listHandler } from './endpoints/list.ts';
import { handler as listRequestsHandler } from './endpoints/list-requests.ts';
import { handler as removeHandler } from './endpoints/remove.ts';
import { handler as requestHandler } from './endpoints/request.ts';
import { friendLimits } from './rules.ts';
import { putSide, shiftTallies } from './store.ts';

let world: TestWorld;
let names = 0;

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

function commit(changes: Parameters<ReturnType<typeof createOperation>['commit']>[0]) {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

/** A name that no other player of this file has. */
function uniqueName(): string {
  names += 1;
  const letters = [...String(names)].map((digit) => 'bcdfghjkmp'[Number(digit)]);
  return `Run${letters.join('')}`;
}

/** A player with an account, and with a character when `name` is given. */
async function player(name?: string, realmId: (typeof realms)[number]['id'] = DEFAULT_REALM): Promise<Actor> {
  const accountId = createId('acc');
  const email = `${accountId}@example.test`;
  const { account: _account, ...changes } = createAccount({
    accountId,
    email,
    normalizedEmail: email,
    locale: 'en',
    bootstrapAdminEmail: '',
    nowMs: world.clock.nowMs(),
  });
  await commit(changes);
  if (!name) return world.actor({ accountId });
  const characterId = createId('chr');
  const character = {
    characterId,
    accountId,
    realmId,
    name,
    classId: 'solo',
    originId: 'street',
    appearance: {},
    createdAtMs: world.clock.nowMs(),
    version: 1,
  } as unknown as Parameters<typeof putCharacter>[0];
  await commit({ writes: [putCharacter(character), claimName(character, world.clock.nowMs())] });
  return world.actor({ accountId, characterId });
}

async function call(handler: HttpHandler, endpoint: EndpointBase, actor: Actor, options: object = {}) {
  return world.call(handler, endpoint, { actor, ...options });
}

const ask = (from: Actor, to: Actor) => call(requestHandler, request, from, { body: { accountId: to.accountId } });
const act = (handler: HttpHandler, endpoint: EndpointBase) => (actor: Actor, other: { accountId: AccountId }) =>
  call(handler, endpoint, actor, { params: { accountId: other.accountId } });
const acceptOf = act(acceptHandler, accept);
const declineOf = act(declineHandler, decline);
const removeOf = act(removeHandler, remove);

async function friendsOf(actor: Actor): Promise<string[]> {
  const reply = await call(listHandler, list, actor);
  return reply.body.friends.map((friend: { accountId: string }) => friend.accountId);
}

async function requestsOf(actor: Actor, direction: 'received' | 'sent'): Promise<string[]> {
  const reply = await call(listRequestsHandler, listRequests, actor, { query: { direction } });
  return reply.body.requests.map((one: { accountId: string }) => one.accountId);
}

async function befriended(): Promise<[Actor, Actor]> {
  const pair: [Actor, Actor] = [await player(), await player()];
  await ask(pair[0], pair[1]);
  expect((await acceptOf(pair[1], pair[0])).status).toBe(200);
  return pair;
}

/** The tallies of an account as stored, against what its rows say. */
async function tallyOf({ accountId }: Actor) {
  const rows = (await world.snapshot()).filter((row) => row.accountId === accountId);
  const { friends, sent, received } = rows.find((row) => row._et === 'FriendTally') as Record<string, number>;
  const count = (relation: string) =>
    rows.filter((row) => row._et === 'FriendRelation' && row.relation === relation).length;
  return {
    stored: { friends, sent, received },
    true: { friends: count('friend'), sent: count('sent'), received: count('received') },
  };
}

/** Fills an account's list with relations, as so many others would. */
async function fill(actor: Actor, relation: 'friend' | 'sent' | 'received', count: number, expiresAtMs?: number) {
  const { accountId } = actor;
  const nowMs = world.clock.nowMs();
  const sides = Array.from({ length: count }, () => ({
    accountId,
    otherId: createId('acc'),
    relation,
    sinceMs: nowMs,
    revision: nowMs,
    expiresAtMs,
  }));
  for (let from = 0; from < count; from += 50) {
    await commit({ writes: sides.slice(from, from + 50).map((side) => putSide(side, undefined)) });
  }
  const mine = { [relation === 'friend' ? 'friends' : relation]: count };
  const [tally] = shiftTallies({ accountId, otherId: accountId }, { mine, theirs: {} });
  await commit({ writes: [tally!] });
}

describe('asking', () => {
  it('by account: shows on both sides, tells the other by event and push', async () => {
    const [me, other] = [await player(uniqueName()), await player()];
    const reply = await ask(me, other);
    expect(reply).toMatchObject({ status: 200, body: { accountId: other.accountId, relation: 'request_sent' } });
    expect(await requestsOf(me, 'sent')).toEqual([other.accountId]);
    expect(await requestsOf(other, 'received')).toEqual([me.accountId]);
    expect(await friendsOf(me)).toEqual([]);
    await world.deliver();
    const mine = (event: { data: unknown }) =>
      (event.data as { fromAccountId?: string }).fromAccountId === me.accountId;
    expect(world.events.filter(mine).map(({ name }) => name)).toEqual(['FRIEND_REQUEST_SENT']);
    const pushed = world.pushes.filter(({ destination }) => destination.includes(other.accountId));
    const friends = `/topic/player/${other.accountId}/friends`;
    expect(pushed.filter(({ destination }) => destination === friends).map(({ body }) => body)).toEqual([
      {
        type: 'request_received',
        from: { accountId: me.accountId, name: expect.stringMatching(/^Run/) },
        expiresAt: toIso(world.clock.nowMs() + friendLimits.requestLifeMs),
      },
    ]);
    expect(pushed.map(({ body }) => (body as { code?: string }).code)).toContain('friend.request_received');
  });

  it('finds a name in the realm that the caller plays in', async () => {
    const name = uniqueName();
    const [here, there] = [await player(name), await player(name, 'ember-coast')];
    const reach = async (from: Actor) =>
      (await call(requestHandler, request, from, { body: { characterName: name } })).body.accountId;
    expect(await reach(await player())).toBe(here.accountId);
    expect(await reach(await player(uniqueName()))).toBe(here.accountId);
    expect(await reach(await player(uniqueName(), 'ember-coast'))).toBe(there.accountId);
  });

  it("by the name of the other's character, in any case; the name stays with the request", async () => {
    const name = uniqueName();
    const [me, other] = [await player(), await player(name)];
    const reply = await call(requestHandler, request, me, { body: { characterName: name.toUpperCase() } });
    expect(reply.body).toEqual({ accountId: other.accountId, relation: 'request_sent' });
    const sent = await call(listRequestsHandler, listRequests, me, { query: { direction: 'sent' } });
    expect(sent.body.requests[0].name).toBe(name);
    const received = await call(listRequestsHandler, listRequests, other);
    expect(received.body.requests[0].name).toMatch(/^Runner /);
  });

  it('again changes nothing and tells nobody', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    const before = await world.snapshot();
    expect(await ask(me, other)).toMatchObject({ status: 200, body: { relation: 'request_sent' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('who asks back is a friend at once', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    expect((await ask(other, me)).body).toEqual({ accountId: me.accountId, relation: 'friend' });
    expect(await friendsOf(me)).toEqual([other.accountId]);
    expect(await friendsOf(other)).toEqual([me.accountId]);
    expect([...(await requestsOf(me, 'sent')), ...(await requestsOf(other, 'received'))]).toEqual([]);
  });

  it('at the same moment from both sides makes friends, once', async () => {
    const pairs: [Actor, Actor][] = [];
    for (let round = 0; round < 4; round += 1) {
      const [me, other] = [await player(), await player()];
      pairs.push([me, other]);
      const replies = await Promise.all([ask(me, other), ask(other, me), ask(me, other), ask(other, me)]);
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await friendsOf(me)).toEqual([other.accountId]);
      expect(await friendsOf(other)).toEqual([me.accountId]);
      for (const one of [me, other]) {
        const tally = await tallyOf(one);
        expect(tally.stored).toEqual(tally.true);
      }
    }
    await world.deliver();
    for (const [me] of pairs) {
      const ours = world.events.filter(
        ({ aggregateId }) => aggregateId.includes('~') && aggregateId.includes(me.accountId),
      );
      expect(ours.map(({ name }) => name).sort()).toEqual(['FRIEND_REQUEST_ACCEPTED', 'FRIEND_REQUEST_SENT']);
    }
  });

  it('refuses oneself, by account and by name', async () => {
    const name = uniqueName();
    const me = await player(name);
    const before = await world.snapshot();
    expect(await ask(me, me)).toMatchObject({ status: 422, body: { code: 'friend.self' } });
    const byName = await call(requestHandler, request, me, { body: { characterName: name } });
    expect(byName).toMatchObject({ status: 422, body: { code: 'friend.self' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it.each([
    ['an account that does not exist', { accountId: createId('acc') }, 404],
    ['a name that nobody has', { characterName: 'Nobodyatall' }, 404],
    ['a name of no letters', { characterName: '!!!' }, 404],
    ["another kind's id", { accountId: createId('chr') }, 400],
    ['both', { accountId: createId('acc'), characterName: 'Nyx' }, 400],
    ['neither', {}, 400],
    ['an empty name', { characterName: '' }, 400],
    ['an unknown field', { accountId: createId('acc'), note: 'hi' }, 400],
  ])('refuses %s and changes nothing', async (_what, body, status) => {
    const me = await player();
    const before = await world.snapshot();
    expect((await call(requestHandler, request, me, { body })).status).toBe(status);
    expect(await world.snapshot()).toEqual(before);
  });

  it('may come again after a request has expired', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    world.clock.advance(friendLimits.requestLifeMs);
    expect(await requestsOf(other, 'received')).toEqual([]);
    expect(await acceptOf(other, me)).toMatchObject({ status: 404 });
    expect((await ask(me, other)).body.relation).toBe('request_sent');
    expect(await requestsOf(other, 'received')).toEqual([me.accountId]);
  });
});

describe('accepting', () => {
  it('makes friends on both sides and tells the one who asked', async () => {
    const [me, other] = [await player(uniqueName()), await player(uniqueName())];
    await ask(me, other);
    const reply = await acceptOf(other, me);
    expect(reply.body).toEqual({
      accountId: me.accountId,
      name: expect.stringMatching(/^Run/),
      since: toIso(world.clock.nowMs()),
    });
    await world.deliver();
    const told = world.events.filter(({ name }) => name === 'FRIEND_REQUEST_ACCEPTED').map(({ data }) => data);
    expect(told).toContainEqual({
      fromAccountId: me.accountId,
      toAccountId: other.accountId,
      toName: expect.stringMatching(/^Run/),
    });
    const pushed = world.pushes.filter(({ destination }) => destination === `/topic/player/${me.accountId}/friends`);
    expect(pushed.map(({ body }) => body)).toEqual([
      {
        type: 'request_accepted',
        friend: { accountId: other.accountId, name: expect.stringMatching(/^Run/) },
        since: toIso(world.clock.nowMs()),
      },
    ]);
  });

  it('again answers the same and changes nothing', async () => {
    const [me, other] = await befriended();
    const before = await world.snapshot();
    expect((await acceptOf(other, me)).body.accountId).toBe(me.accountId);
    expect(await world.snapshot()).toEqual(before);
  });

  it('twice at once makes one friendship', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    const replies = await Promise.all([acceptOf(other, me), acceptOf(other, me)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    for (const one of [me, other]) {
      const tally = await tallyOf(one);
      expect(tally).toEqual({ stored: tally.true, true: { friends: 1, sent: 0, received: 0 } });
    }
  });

  it('is not for the one who asked, nor for a third, nor for strangers: all look alike', async () => {
    const [me, other, third] = [await player(), await player(), await player()];
    const stranger = world.actor();
    await ask(me, other);
    const before = await world.snapshot();
    const answers = [await acceptOf(me, other), await acceptOf(third, me), await acceptOf(me, stranger)];
    const bodies = answers.map(({ body: { requestId: _id, ...rest } }) => rest);
    expect(bodies.every((body) => body.code === 'friend.request_not_found')).toBe(true);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(await world.snapshot()).toEqual(before);
  });

  it('and declining at once: one of them wins, and rows and tallies agree', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [me, other] = [await player(), await player()];
      await ask(me, other);
      const [accepted, declined] = await Promise.all([acceptOf(other, me), declineOf(other, me)]);
      const friends = (await friendsOf(me)).length === 1;
      expect(accepted.status).toBe(friends ? 200 : 404);
      expect(declined.status).toBe(friends ? 404 : 204);
      for (const one of [me, other]) {
        const tally = await tallyOf(one);
        expect(tally.stored).toEqual(tally.true);
      }
    }
  });
});

describe('declining and removing', () => {
  it('declining is silent, and leaves no trace', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    await world.deliver();
    const told = [world.events.length, world.pushes.length];
    expect((await declineOf(other, me)).status).toBe(204);
    await world.deliver();
    expect([world.events.length, world.pushes.length]).toEqual(told);
    expect([...(await requestsOf(me, 'sent')), ...(await requestsOf(other, 'received'))]).toEqual([]);
    expect(await declineOf(other, me)).toMatchObject({ status: 404, body: { code: 'friend.request_not_found' } });
  });

  it('removing ends it on both sides and tells the other', async () => {
    const [me, other] = await befriended();
    expect((await removeOf(me, other)).status).toBe(204);
    expect([...(await friendsOf(me)), ...(await friendsOf(other))]).toEqual([]);
    await world.deliver();
    const pushed = world.pushes.filter(({ destination }) => destination === `/topic/player/${other.accountId}/friends`);
    expect(pushed.map(({ body }) => body)).toContainEqual({ type: 'friend_removed', accountId: me.accountId });
    expect(await removeOf(me, other)).toMatchObject({ status: 404, body: { code: 'friend.not_friends' } });
    for (const one of [me, other]) expect((await tallyOf(one)).stored.friends).toBe(0);
  });

  it('removes friends only: an open request stays', async () => {
    const [me, other] = [await player(), await player()];
    await ask(me, other);
    expect((await removeOf(other, me)).status).toBe(404);
    expect(await requestsOf(other, 'received')).toEqual([me.accountId]);
  });
});

describe('caps', () => {
  it('hold at the last place, also for two at once', async () => {
    const me = await player();
    const [first, second] = [await player(), await player()];
    await fill(me, 'friend', friendLimits.friends - 1);
    await ask(first, me);
    await ask(second, me);
    const replies = await Promise.all([acceptOf(me, first), acceptOf(me, second)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(replies.find(({ status }) => status === 409)!.body.code).toBe('friend.list_full');
    const tally = await tallyOf(me);
    expect(tally.stored).toEqual(tally.true);
    const late = await player();
    await ask(me, late);
    expect((await acceptOf(late, me)).body.code).toBe('friend.other_list_full');
  }, 60_000);

  it('bound open requests on both sides, and expired ones give their places back', async () => {
    const expiresAtMs = world.clock.nowMs() + 1_000;
    const [sender, receiver] = [await player(), await player()];
    await fill(sender, 'sent', friendLimits.openSent, expiresAtMs);
    await fill(receiver, 'received', friendLimits.openReceived, expiresAtMs);
    const free = await player();
    expect((await ask(sender, free)).body.code).toBe('friend.too_many_requests');
    expect((await ask(free, receiver)).body.code).toBe('friend.inbox_full');
    world.clock.advance(1_000);
    expect((await ask(sender, free)).status).toBe(200);
    expect((await ask(free, receiver)).status).toBe(200);
    expect((await tallyOf(sender)).stored.sent).toBe(1);
    expect((await tallyOf(receiver)).stored.received).toBe(1);
  }, 60_000);
});

describe('lists', () => {
  it('page through everybody once', async () => {
    const me = await player();
    await fill(me, 'friend', 30);
    await fill(me, 'received', 10, world.clock.nowMs() + 1_000);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '7', ...(cursor ? { cursor } : {}) };
      const { body } = await call(listHandler, list, me, { query });
      expect(body.friends.length).toBeLessThanOrEqual(7);
      seen.push(...body.friends.map((friend: { accountId: string }) => friend.accountId));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
  }, 60_000);

  it.each([{ limit: '0' }, { limit: '101' }, { cursor: 'x' }, { direction: 'both' }, { x: '1' }])(
    'refuse the query %j',
    async (query) => {
      expect((await call(listRequestsHandler, listRequests, await player(), { query })).status).toBe(400);
    },
  );
});

describe('a friend who has to take another name', () => {
  /** The pair are friends under the first name; the character is called the last of the others now. */
  async function renamedFriend(name: string, ...later: string[]) {
    const [friend, viewer] = [await player(name), await player()];
    await ask(friend, viewer);
    await acceptOf(viewer, friend);
    const character = (await getCharacter(friend.characterId!))!;
    const after = { ...character, name: later.at(-1)!, version: character.version + 1 };
    await commit({ writes: [saveCharacter(after)] });
    const { accountId, characterId } = { ...friend, characterId: friend.characterId! };
    const told = [name, ...later].slice(0, -1).map((previousName, index) =>
      event(CHARACTER_RENAMED, {
        aggregateId: characterId,
        aggregateSeq: index + 2,
        data: { accountId, characterId, name: later[index]!, previousName, reason: 'moderation' as const },
      }),
    );
    return { friend, viewer, told };
  }
  const namesSeenBy = async (actor: Actor) => {
    const { body } = await call(listHandler, list, actor);
    return body.friends.map((one: { name?: string }) => one.name);
  };

  it('is listed under it, once told, and the other list stays', async () => {
    const [name, next] = [uniqueName(), uniqueName()];
    const { friend, viewer, told } = await renamedFriend(name, next);
    expect(await namesSeenBy(viewer)).toEqual([name]);
    const own = await namesSeenBy(friend);
    await commit({ events: told });
    await world.deliver({ twice: true });
    expect(await namesSeenBy(viewer)).toEqual([next]);
    expect(await namesSeenBy(friend)).toEqual(own);
    const topic = `/topic/player/${viewer.accountId}/friends`;
    const pushed = world.pushes.filter(({ destination }) => destination === topic).map(({ body }) => body);
    expect(pushed.filter((body) => (body as { type: string }).type === 'friend_renamed')).toEqual([
      { type: 'friend_renamed', accountId: friend.accountId, name: next },
    ]);
  });

  it('and then a third one, is listed under the last, in whatever order that is told', async () => {
    const last = uniqueName();
    const { viewer, told } = await renamedFriend(uniqueName(), uniqueName(), last);
    for (const one of told.toReversed()) {
      await commit({ events: [one] });
      await world.deliver();
    }
    expect(await namesSeenBy(viewer)).toEqual([last]);
  });

  it('is still listed as who met under another name', async () => {
    const [friend, viewer] = await befriended();
    const before = await namesSeenBy(viewer);
    const characterId = createId('chr');
    const data = {
      accountId: friend.accountId,
      characterId,
      name: 'Nyx',
      previousName: 'Vex',
      reason: 'moderation',
    } as const;
    await commit({ events: [event(CHARACTER_RENAMED, { aggregateId: characterId, aggregateSeq: 2, data })] });
    await world.deliver();
    expect(await namesSeenBy(viewer)).toEqual(before);
  });
});

describe('the presence of friends', () => {
  /** Plays as the account, seen just now. */
  async function play({ accountId }: Actor, visibility: 'visible' | 'invisible' = 'visible'): Promise<void> {
    const nowMs = world.clock.nowMs();
    const before = noPresence(accountId);
    const online = { ...before, visibility, state: 'ONLINE', seenAtMs: nowMs, activeAtMs: nowMs } as const;
    await commit({ writes: [putPresence(online, before)] });
  }
  async function presenceSeenBy(actor: Actor) {
    const reply = await call(listHandler, list, actor);
    return reply.body.friends[0].presence;
  }

  it('is shown to friends, and over when nothing is heard any more', async () => {
    const [one, two] = await befriended();
    expect(await presenceSeenBy(one)).toEqual({ status: 'offline' });
    await play(two);
    expect(await presenceSeenBy(one)).toEqual({ status: 'online' });
    world.clock.advance(76_000);
    expect(await presenceSeenBy(one)).toEqual({ status: 'offline' });
  });

  it('is nobody’s to see when a player shows it to nobody, or is invisible', async () => {
    const [one, two] = await befriended();
    await play(two);
    await commit({ writes: [putPrivacy(two.accountId, { ...defaultPrivacy, presence: 'nobody' })] });
    expect(await presenceSeenBy(one)).toEqual({ status: 'offline' });
    await play(one, 'invisible');
    expect(await presenceSeenBy(two)).toEqual({ status: 'offline' });
  });
});
