import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type SessionId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { heartbeat, listSessions, revokeSession } from './contract.ts';
import { handler as heartbeatHandler } from './endpoints/heartbeat.ts';
import { handler as listHandler } from './endpoints/list-sessions.ts';
import { handler as revokeHandler } from './endpoints/revoke-session.ts';
import { handler as closeIdleHandler } from './jobs/close-idle.ts';
import { presenceLimits } from './presence-rules.ts';
import { closeSession, getPlay, getSession, playCharacter, requireActiveSession } from './public.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  world.clock.advance(MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const newPlayer = () => registerPlayer(world, mailbox);
const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
const stateOf = async (sessionId: SessionId) => (await getSession(sessionId))?.state;
const runJob = () => closeIdleHandler(undefined, lambdaContext());
const closings = (sessionId: SessionId) =>
  world.events
    .filter(({ name, aggregateId }) => name === 'SESSION_CLOSED' && aggregateId === sessionId)
    .map(({ data }) => (data as { reason: string }).reason);

async function play(sessionId: SessionId, characterId: CharacterId = createId('chr')): Promise<CharacterId> {
  const session = (await getSession(sessionId))!;
  await operation().commit(await playCharacter(session, characterId, world.clock.nowMs()));
  return characterId;
}

describe('the list of sessions', () => {
  it('shows the own open ones, oldest first, and which of them asks', async () => {
    const player = await newPlayer();
    const first = await logIn(world, player);
    world.clock.advance(MINUTE_MS);
    const second = await logIn(world, player);
    const characterId = await play(second.actor.sessionId);
    await logIn(world, await newPlayer());

    const { body } = await world.call(listHandler, listSessions, { actor: second.actor });
    expect(body.sessions).toMatchObject([
      { sessionId: first.actor.sessionId, current: false, device: 'test' },
      { sessionId: second.actor.sessionId, current: true, characterId },
    ]);
  });

  it('shows when a session was last heard of', async () => {
    const { actor } = await logIn(world, await newPlayer());
    world.clock.advance(5 * MINUTE_MS);
    const beat = await world.call(heartbeatHandler, heartbeat, { actor, body: { active: true } });
    expect(beat).toMatchObject({ status: 200, body: { nextInSeconds: 300, resumed: false } });
    const { body } = await world.call(listHandler, listSessions, { actor });
    expect(body.sessions[0].lastSeenAt).toBe(beat.body.serverTime);
    expect(body.sessions[0].lastSeenAt > body.sessions[0].startedAt).toBe(true);
  });
});

describe('revoking a session', () => {
  it('ends it at once for whatever moves value, and tells of it', async () => {
    const player = await newPlayer();
    const here = await logIn(world, player);
    const there = await logIn(world, player);
    const reply = await world.call(revokeHandler, revokeSession, {
      actor: here.actor,
      params: { sessionId: there.actor.sessionId },
    });
    expect(reply.status).toBe(204);
    await expect(operation().commit({ writes: [requireActiveSession(there.actor.sessionId)] })).rejects.toMatchObject({
      code: 'auth.session_ended',
    });
    expect(await world.call(heartbeatHandler, heartbeat, { actor: there.actor, body: { active: true } })).toMatchObject(
      {
        status: 401,
        body: { code: 'auth.session_ended' },
      },
    );
    expect(await stateOf(here.actor.sessionId)).toBe('ACTIVE');
    await world.deliver();
    expect(closings(there.actor.sessionId)).toEqual(['revoked']);
    expect(
      world.events.some(({ name, aggregateId }) => name === 'LOGOUT' && aggregateId === there.actor.sessionId),
    ).toBe(false);
  });

  it("answers alike for another's session, one that has ended and one that never was, and changes nothing", async () => {
    const { actor } = await logIn(world, await newPlayer());
    const other = await logIn(world, await newPlayer());
    const ended = await logIn(world, { email: mailbox.mails.at(-1)!.to, accountId: other.actor.accountId });
    await operation().commit(closeSession((await getSession(ended.actor.sessionId))!, 'revoked', world.clock.nowMs()));
    const before = await world.snapshot();
    const replies = [];
    for (const sessionId of [other.actor.sessionId, ended.actor.sessionId, createId('ses')]) {
      const { status, body } = await world.call(revokeHandler, revokeSession, { actor, params: { sessionId } });
      replies.push({ status, body: { ...body, requestId: '' } });
    }
    expect(replies[0]).toMatchObject({ status: 404, body: { code: 'request.not_found' } });
    expect(replies[1]).toEqual(replies[0]);
    expect(replies[2]).toEqual(replies[0]);
    const wrongKind = await world.call(revokeHandler, revokeSession, { actor, params: { sessionId: actor.accountId } });
    expect(wrongKind.status).toBe(400);
    expect(await world.snapshot()).toEqual(before);
  });

  it('closes once when two ask at the same moment', async () => {
    const { actor } = await logIn(world, await newPlayer());
    const ask = () => world.call(revokeHandler, revokeSession, { actor, params: { sessionId: actor.sessionId } });
    const statuses = (await Promise.all([ask(), ask(), ask()])).map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 404, 404]);
    await world.deliver();
    expect(closings(actor.sessionId)).toEqual(['revoked']);
  });
});

describe('playing', () => {
  it('belongs to one session of an account: the newest wins and the older one is closed', async () => {
    const player = await newPlayer();
    const old = await logIn(world, player);
    const oldCharacter = await play(old.actor.sessionId);
    const fresh = await logIn(world, player);
    expect(await stateOf(old.actor.sessionId)).toBe('ACTIVE');
    const characterId = await play(fresh.actor.sessionId);
    expect(await stateOf(old.actor.sessionId)).toBe('CLOSED');
    expect(await getPlay(player.accountId)).toMatchObject({ sessionId: fresh.actor.sessionId, characterId, epoch: 2 });
    await world.deliver();
    const closed = world.events.find(
      ({ name, aggregateId }) => name === 'SESSION_CLOSED' && aggregateId === old.actor.sessionId,
    );
    expect(closed?.data).toMatchObject({ reason: 'superseded', characterId: oldCharacter });
  });

  it('goes to one of two sessions that ask at the same moment', async () => {
    const player = await newPlayer();
    const sessions = [(await logIn(world, player)).actor.sessionId, (await logIn(world, player)).actor.sessionId];
    const results = await Promise.allSettled(sessions.map((sessionId) => play(sessionId)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    const states = await Promise.all(sessions.map(stateOf));
    const holder = (await getPlay(player.accountId))!.sessionId;
    expect(await stateOf(holder)).toBe('ACTIVE');
    const playing = await Promise.all(sessions.map(async (id) => (await getSession(id))!));
    expect(playing.filter(({ state, characterId }) => state === 'ACTIVE' && characterId)).toHaveLength(1);
    expect(states).toContain('ACTIVE');
  });

  it('binds value to the character that is played now', async () => {
    const { actor } = await logIn(world, await newPlayer());
    const first = await play(actor.sessionId);
    await operation().commit({ writes: [requireActiveSession(actor.sessionId, first)] });
    await play(actor.sessionId);
    await expect(operation().commit({ writes: [requireActiveSession(actor.sessionId, first)] })).rejects.toMatchObject({
      code: 'auth.session_ended',
    });
  });

  it('is nothing new when the session plays the character already', async () => {
    const { actor } = await logIn(world, await newPlayer());
    const characterId = await play(actor.sessionId);
    expect(await playCharacter((await getSession(actor.sessionId))!, characterId, world.clock.nowMs())).toEqual({});
  });
});

describe('idle sessions', () => {
  it('that play end 5 minutes after they were taken for disconnected; those that are heard of stay', async () => {
    const silent = await logIn(world, await newPlayer());
    const alive = await logIn(world, await newPlayer());
    const resting = await logIn(world, await newPlayer());
    await play(silent.actor.sessionId);
    await play(alive.actor.sessionId);
    world.clock.advance(presenceLimits.leaseMs + presenceLimits.graceMs - 1);
    await runJob();
    expect(await stateOf(silent.actor.sessionId)).toBe('ACTIVE');
    await world.call(heartbeatHandler, heartbeat, { actor: alive.actor, body: { active: true } });

    world.clock.advance(1);
    expect((await runJob()).processed).toBeGreaterThanOrEqual(1);
    expect(await stateOf(silent.actor.sessionId)).toBe('CLOSED');
    expect(await stateOf(alive.actor.sessionId)).toBe('ACTIVE');
    expect(await stateOf(resting.actor.sessionId)).toBe('ACTIVE');
    await world.deliver();
    expect(closings(silent.actor.sessionId)).toEqual(['expired']);
    expect((await runJob()).processed).toBe(0);
  });

  it('that do not play end after 7 days', async () => {
    const { actor } = await logIn(world, await newPlayer());
    world.clock.advance(7 * DAY_MS - 1);
    await runJob();
    expect(await stateOf(actor.sessionId)).toBe('ACTIVE');
    world.clock.advance(1);
    await runJob();
    expect(await stateOf(actor.sessionId)).toBe('CLOSED');
  });
});
