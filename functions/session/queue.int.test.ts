import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCharacter, selectCharacter } from '#functions/character/contract.ts';
import { handler as createHandler } from '#functions/character/endpoints/create-character.ts';
import { handler as selectHandler } from '#functions/character/endpoints/select-character.ts';
import type { Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type AccountId, createId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import type { CloseReason } from './close-reasons.ts';
import { capRealm, getQueue as getQueueDeclaration, joinQueue, leaveQueue } from './contract.ts';
import { handler as capHandler } from './endpoints/cap-realm.ts';
import { handler as getHandler } from './endpoints/get-queue.ts';
import { handler as joinHandler } from './endpoints/join-queue.ts';
import { handler as leaveHandler } from './endpoints/leave-queue.ts';
import { closeSession, getActiveSession, playCharacter, stopPlaying, takeSlot } from './public.ts';
import { lookAtRealm, watchRealm } from './queue-pass.ts';
import { queueLimits } from './queue-rules.ts';
import { walkQueue } from './queue-walk.ts';
import { getQueue, listEntries, noteWalk } from './store-queue.ts';
import { getSlot, readPopulation } from './store-slots.ts';

const REALM = 'glasswater' as Slug;

let world: TestWorld;

beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(async () => {
  delete process.env.REALM_CAP;
  await world.stop();
});

const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
const nowMs = () => world.clock.nowMs();
const setCap = (cap: number) => {
  process.env.REALM_CAP = String(cap);
};

const newcomer = (roles: readonly Role[] = ['player'], accountId?: AccountId): Promise<Actor> =>
  world.openSession(world.actor({ roles, ...(accountId ? { accountId } : {}) }));

/** What selecting a character does, for the session's part. */
function enter(actor: Actor): Promise<void> {
  return withConflictRetry(async () => {
    const session = await getActiveSession(actor.sessionId);
    if (!session) throw new GameError('auth.session_ended');
    const commit = (changes: Parameters<ReturnType<typeof operation>['commit']>[0]) => operation().commit(changes);
    const place = await takeSlot({ ...actor, realmId: REALM, nowMs: nowMs() }, commit);
    const played = await playCharacter(session, createId('chr'), nowMs());
    await operation().commit(mergeChanges(played, place));
  });
}

/** How entering ends: undefined when it succeeds. */
const refusal = (actor: Actor): Promise<GameError | undefined> =>
  enter(actor).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof GameError) return error;
      throw error;
    },
  );

function leave(actor: Actor, reason: CloseReason): Promise<void> {
  return withConflictRetry(async () => {
    const session = await getActiveSession(actor.sessionId);
    if (session) await operation().commit(closeSession(session, reason, nowMs()));
  });
}

const look = () => lookAtRealm(REALM, { operation, isFirst: false });
const join = (actor: Actor) => world.call(joinHandler, joinQueue, { actor, body: { realmId: REALM } });
const see = async (actor: Actor) => (await world.call(getHandler, getQueueDeclaration, { actor })).body;
const used = async () => [...(await readPopulation(REALM)).values()].reduce((sum, count) => sum + count, 0);
const waiting = async () => (await listEntries(REALM, { after: 0, consistent: true })).entries;
const slotState = async ({ accountId }: Actor) => (await getSlot(accountId))?.state;

describe('a realm with room', () => {
  it('takes players in until it is full, and no one more', async () => {
    setCap(20);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const actor = await newcomer();
        return refusal(actor);
      }),
    );
    const refused = outcomes.filter((error) => error !== undefined);
    expect(await used()).toBeLessThanOrEqual(20);
    expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'session.realm_full'));
    expect((await waiting()).length).toBe(refused.length);
    await look();
    expect(await used()).toBe(20);
    expect((await waiting()).length).toBe(10);
  });

  it('keeps the place when the character is switched', async () => {
    setCap(1);
    const actor = await newcomer();
    await enter(actor);
    await enter(actor);
    expect(await used()).toBe(1);
  });

  it('hands the place over to a session of the same account that takes over', async () => {
    setCap(1);
    const old = await newcomer();
    await enter(old);
    const fresh = await newcomer(['player'], old.accountId);
    await enter(fresh);
    await world.deliver();
    expect(await used()).toBe(1);
    expect(await getSlot(old.accountId)).toMatchObject({ state: 'PLAYING', sessionId: fresh.sessionId });
  });

  it('lets staff in beyond the cap, and counts them not', async () => {
    setCap(1);
    await enter(await newcomer());
    const gm = await newcomer(['player', 'gm']);
    await enter(gm);
    expect(await used()).toBe(1);
    await leave(gm, 'logout');
    await world.deliver();
    expect(await used()).toBe(1);
    expect(await getSlot(gm.accountId)).toBeUndefined();
  });
});

describe('a full realm', () => {
  it('refuses with the position, and lets the longest waiting in when somebody logs out', async () => {
    setCap(1);
    const playing = await newcomer();
    await enter(playing);
    const [first, second] = [await newcomer(), await newcomer()];
    expect((await refusal(first))?.facts).toMatchObject({ realmId: REALM, position: 1 });
    expect((await refusal(second))?.facts).toMatchObject({ position: 2 });
    expect((await refusal(second))?.facts).toMatchObject({ position: 2 });
    await leave(playing, 'logout');
    await world.deliver();

    expect(await see(first)).toMatchObject({ status: 'admitted', realmId: REALM });
    expect(await see(second)).toMatchObject({ status: 'waiting', position: 1, refreshInSeconds: 30 });
    expect(world.pushes.filter(({ destination }) => destination === `/topic/player/${first.accountId}/queue`)).toEqual([
      expect.objectContaining({ body: expect.objectContaining({ type: 'admitted', realmId: REALM }) }),
    ]);
    await enter(first);
    expect(await slotState(first)).toBe('PLAYING');
    expect(await used()).toBe(1);
  });

  it('lets nobody past those who wait, not even while a place is free', async () => {
    setCap(1);
    const playing = await newcomer();
    await enter(playing);
    const patient = await newcomer();
    await refusal(patient);
    const session = await getActiveSession(playing.sessionId);
    await operation().commit(closeSession(session!, 'logout', nowMs()));
    const late = await newcomer();
    expect((await refusal(late))?.facts).toMatchObject({ position: 2 });
    expect(await join(late)).toMatchObject({ status: 200, body: { status: 'waiting', position: 2 } });
    await world.deliver();
    expect(await see(patient)).toMatchObject({ status: 'admitted' });
  });

  it('frees the place of who goes back to choosing a character', async () => {
    setCap(1);
    const actor = await newcomer();
    await enter(actor);
    await operation().commit(stopPlaying((await getActiveSession(actor.sessionId))!, nowMs()));
    await world.deliver();
    expect(await used()).toBe(0);
    await enter(actor);
    expect(await used()).toBe(1);
  });

  it.each(['expired', 'superseded', 'revoked'] as const)(
    'keeps a place 300 s for whose session ends by "%s"',
    async (reason) => {
      setCap(1);
      const cutOff = await newcomer();
      await enter(cutOff);
      const patient = await newcomer();
      await refusal(patient);
      await leave(cutOff, reason);
      await world.deliver({ twice: true });
      expect(await slotState(cutOff)).toBe('HELD');

      world.clock.advance(queueLimits.heldMs - 1);
      await join(patient);
      await look();
      expect(await see(patient)).toMatchObject({ status: 'waiting', position: 1 });
      const back = await newcomer(['player'], cutOff.accountId);
      await enter(back);
      expect(await slotState(back)).toBe('PLAYING');

      await leave(back, reason);
      await world.deliver();
      world.clock.advance(queueLimits.heldMs);
      await join(patient);
      await look();
      expect(await see(patient)).toMatchObject({ status: 'admitted' });
      const tooLate = await newcomer(['player'], cutOff.accountId);
      expect((await refusal(tooLate))?.code).toBe('session.realm_full');
      expect(await used()).toBe(1);
    },
  );

  it('drops who has not refreshed for 60 s, and keeps who has', async () => {
    setCap(1);
    await enter(await newcomer());
    const [gone, here] = [await newcomer(), await newcomer()];
    await refusal(gone);
    await refusal(here);
    world.clock.advance(queueLimits.refreshMs - 1);
    await look();
    expect(await see(gone)).toMatchObject({ status: 'waiting', position: 1 });
    await join(here);
    world.clock.advance(1);
    await look();
    expect(await see(gone)).toEqual({ status: 'none' });
    expect(await see(here)).toMatchObject({ status: 'waiting', position: 1 });
  });

  it('gives a reserved place to the next when it is not taken within 60 s', async () => {
    setCap(1);
    const first = await newcomer();
    expect((await join(first)).body).toMatchObject({ status: 'admitted', realmId: REALM });
    const second = await newcomer();
    expect((await join(second)).body).toMatchObject({ status: 'waiting', position: 1 });
    world.clock.advance(queueLimits.reservedMs);
    await join(second);
    await look();
    expect(await see(second)).toMatchObject({ status: 'admitted' });
    expect((await refusal(first))?.code).toBe('session.realm_full');
    expect(await used()).toBe(1);
  });

  it('is left by its own wish, from the queue and from a reserved place', async () => {
    setCap(1);
    const [first, second] = [await newcomer(), await newcomer()];
    await join(first);
    await join(second);
    for (const actor of [second, first, first]) {
      expect((await world.call(leaveHandler, leaveQueue, { actor })).status).toBe(204);
    }
    expect([await see(first), await see(second)]).toEqual([{ status: 'none' }, { status: 'none' }]);
    expect(await used()).toBe(0);
  });

  it('has a queue with an end', async () => {
    setCap(1);
    await enter(await newcomer());
    const { lastNumber = 0 } = (await getQueue(REALM)) ?? {};
    await refusal(await newcomer());
    await noteWalk(REALM, {
      marks: [],
      counted: queueLimits.waiting,
      walkedUpTo: lastNumber + 1,
      walkedAtMs: nowMs(),
    });
    const before = await world.snapshot();
    const late = await newcomer();
    expect((await refusal(late))?.code).toBe('session.queue_full');
    expect((await world.snapshot()).length).toBe(before.length + 1);
  });

  it('refuses a realm that there is not, and a session that has ended', async () => {
    const actor = await newcomer();
    const unknown = await world.call(joinHandler, joinQueue, { actor, body: { realmId: 'nowhere' } });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'session.realm_unknown' } });
    await leave(actor, 'revoked');
    const before = await world.snapshot();
    expect(await join(actor)).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('selecting a character', () => {
  it('on a full realm queues the player, and works once they are admitted', async () => {
    setCap(1);
    const playing = await newcomer();
    await enter(playing);
    const actor = await newcomer();
    const body = { name: 'Zefadora', classId: 'gunhand', originId: 'gutter-born', appearance: {} };
    const created = await world.call(createHandler, createCharacter, {
      actor,
      body,
      idempotencyKey: 'create-zefadora',
    });
    const { characterId } = created.body as { characterId: string };
    const select = () => world.call(selectHandler, selectCharacter, { actor, params: { characterId } });
    expect(await select()).toMatchObject({ status: 409, body: { code: 'session.realm_full' } });
    expect((await getActiveSession(actor.sessionId))?.characterId).toBeUndefined();
    await leave(playing, 'logout');
    await world.deliver();
    expect(await see(actor)).toMatchObject({ status: 'admitted' });
    expect(await select()).toMatchObject({ status: 200, body: { characterId } });
    expect(await slotState(actor)).toBe('PLAYING');
    expect(await used()).toBe(1);
  });
});

describe('an ordered cap', () => {
  const order = (actor: Actor, cap: number | null, realmId = 'glasswater') =>
    world.call(capHandler, capRealm, { actor, params: { realmId }, body: { cap, reason: 'a calm night' } });

  it('goes before the stage’s, and throws nobody out', async () => {
    const admin = await world.stepUp(await newcomer(['player', 'admin']));
    const players = [await newcomer(), await newcomer(), await newcomer()];
    await enter(players[0]!);
    await enter(players[1]!);
    expect(await order(admin, 1)).toMatchObject({ status: 200, body: { cap: 1, population: 2 } });
    expect((await refusal(players[2]!))?.code).toBe('session.realm_full');
    await leave(players[0]!, 'logout');
    await world.deliver();
    expect(await see(players[2]!)).toMatchObject({ status: 'waiting' });
    expect(await order(admin, null)).toMatchObject({ body: { cap: 5_000, population: 1 } });
    await look();
    expect(await see(players[2]!)).toMatchObject({ status: 'admitted' });
    expect(await order(admin, 1, 'nowhere')).toMatchObject({ status: 404, body: { code: 'session.realm_unknown' } });
    expect((await order(players[2]!, 1)).status).toBe(403);
  });
});

describe('positions', () => {
  it('are exact in a long queue after others have left it, and told when it moves', async () => {
    setCap(1);
    const playing = await newcomer();
    await enter(playing);
    const actors: Actor[] = [];
    for (let count = 0; count < 120; count += 1) actors.push(await newcomer());
    for (const actor of actors) await refusal(actor);
    await look();
    expect((await getQueue(REALM))?.marks).toHaveLength(2);
    expect(await see(actors[119]!)).toMatchObject({ position: 120 });
    for (const actor of actors.slice(10, 60)) await world.call(leaveHandler, leaveQueue, { actor });
    world.clock.advance(10 * SECOND_MS);
    await look();
    expect(await see(actors[119]!)).toMatchObject({ position: 70, estimatedSeconds: expect.any(Number) });
    expect(await see(actors[9]!)).toMatchObject({ position: 10 });
    expect(await see(actors[60]!)).toMatchObject({ position: 11 });
    await world.deliver();
    const told = world.pushes.filter(
      ({ destination }) => destination === `/topic/player/${actors[119]!.accountId}/queue`,
    );
    expect(told.map(({ body }) => body)).toEqual([expect.objectContaining({ type: 'position', position: 70 })]);
    world.clock.advance(10 * SECOND_MS);
    const before = world.pushes.length;
    await look();
    await world.deliver();
    expect(world.pushes.length).toBe(before);
  }, 60_000);

  it('are looked at again every 10 s while somebody waits, and only then', async () => {
    setCap(1);
    const waits: number[] = [];
    const wait = async (ms: number) => {
      waits.push(ms);
      world.clock.advance(ms);
    };
    await watchRealm(REALM, operation, wait);
    expect(waits).toEqual([]);
    await enter(await newcomer());
    await refusal(await newcomer());
    await watchRealm(REALM, operation, wait);
    expect(waits).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect((await walkQueue(REALM, nowMs())).entries).toHaveLength(1);
  });
});

/** Numbers of a linear congruential generator: the same for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('in any order of joins, leaves and drops, many at once', () => {
  const seeds = [Number(process.env.SEED ?? 0) || Math.floor(performance.now() * 1_000) % 1_000_000, 7];
  it.each(seeds)(
    'the cap holds, nobody overtakes, and no place is lost (seed %i)',
    async (seed) => {
      const cap = 5;
      setCap(cap);
      const random = randomOf(seed);
      const players = await Promise.all(Array.from({ length: 16 }, () => newcomer()));
      const relogin = async (index: number) => {
        const old = players[index]!;
        if (await getActiveSession(old.sessionId)) return;
        players[index] = await newcomer(['player'], old.accountId);
      };
      const acts: readonly ((index: number) => Promise<unknown>)[] = [
        (index) => refusal(players[index]!),
        (index) => refusal(players[index]!),
        (index) => join(players[index]!),
        (index) => world.call(leaveHandler, leaveQueue, { actor: players[index]! }),
        (index) => leave(players[index]!, 'logout'),
        (index) => leave(players[index]!, 'expired'),
        relogin,
        relogin,
        () => look(),
      ];
      for (let step = 0; step < 40; step += 1) {
        const before = new Map((await waiting()).map(({ accountId, number }) => [accountId, number]));
        // Of each player at most one act at a time, as of one client.
        const chosen = [...new Set(Array.from({ length: 4 }, () => random(players.length)))];
        await Promise.all(chosen.map((index) => acts[random(acts.length)]!(index)));
        expect(await used(), `step ${step}`).toBeLessThanOrEqual(cap);

        world.clock.advance(random(3) === 0 ? 20 * SECOND_MS : SECOND_MS);
        const ahead = new Map((await waiting()).map(({ accountId, number }) => [accountId, number]));
        await world.deliver({ twice: random(4) === 0 });
        await look();
        const behind = await waiting();
        const admitted = await Promise.all(
          [...ahead.keys()].map(async (accountId) => (await getSlot(accountId as AccountId))?.state === 'RESERVED'),
        );
        const lastIn = Math.max(0, ...[...ahead.values()].filter((_number, index) => admitted[index]));
        for (const { accountId, number } of behind) {
          if (before.has(accountId)) expect(number, `step ${step}`).toBeGreaterThan(lastIn);
        }
        expect(await used(), `step ${step}`).toBeLessThanOrEqual(cap);
      }
      for (const actor of players) await leave(actor, random(2) ? 'logout' : 'expired');
      await world.deliver();
      for (let rest = 0; rest < 3; rest += 1) {
        world.clock.advance(queueLimits.heldMs + MINUTE_MS);
        await look();
      }
      expect(await waiting()).toEqual([]);
      expect(await used()).toBe(0);
      expect(await Promise.all(players.map(slotState))).toEqual(players.map(() => undefined));
    },
    120_000,
  );
});
