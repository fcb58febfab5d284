import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { ZONE_CHANGED } from '#events/zone.ts';
import { setPrivacy } from '#functions/account/contract.ts';
import { handler as privacyHandler } from '#functions/account/endpoints/set-privacy.ts';
import { accept, request } from '#functions/friend/contract.ts';
import { handler as acceptHandler } from '#functions/friend/endpoints/accept.ts';
import { handler as requestHandler } from '#functions/friend/endpoints/request.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { heartbeat, listSessions, setPresence } from './contract.ts';
import { handler as heartbeatHandler } from './endpoints/heartbeat.ts';
import { handler as listHandler } from './endpoints/list-sessions.ts';
import { handler as presenceHandler } from './endpoints/set-presence.ts';
import { handler as closeIdleHandler } from './jobs/close-idle.ts';
import { presenceLimits } from './presence-rules.ts';
import {
  closeSession,
  exemptFromAfk,
  exportOf,
  getActiveSession,
  playCharacter,
  presencesOf,
  setMatch,
  stopPlaying,
} from './public.ts';
import { getPresence } from './store-presence.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const { leaseMs, graceMs, afkMs, afkLogoutMs, beatMs } = presenceLimits;
const nowMs = () => world.clock.nowMs();
const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
const runJob = () => closeIdleHandler(undefined, lambdaContext());
const beat = (actor: Actor, body: object = { active: true }) =>
  world.call(heartbeatHandler, heartbeat, { actor, body });
const statusOf = async ({ accountId }: Actor) => (await presencesOf([accountId], nowMs()))[0]!.status;

async function newPlayer() {
  const player = await registerPlayer(world, mailbox);
  return { ...player, actor: (await logIn(world, player)).actor };
}

async function play(actor: Actor, characterId = createId('chr')) {
  const session = (await getActiveSession(actor.sessionId))!;
  await operation().commit(await playCharacter(session, characterId, nowMs()));
  return characterId;
}

/** A player in the world. */
async function playing(): Promise<Actor> {
  const { actor } = await newPlayer();
  await play(actor);
  await world.deliver();
  return actor;
}

/** What was told of a player; events come in any order. */
const told = (actor: Actor) =>
  world.events
    .filter(({ data }) => JSON.stringify(data).includes(actor.accountId))
    .map(({ name, data }) => (name === 'PRESENCE_CHANGED' ? (data as { status: string }).status : name))
    .filter((name) => /^(SESSION_|online|afk|offline)/.test(name))
    .sort();

/** Heart-beats as a client sends them, for so long. */
async function beatFor(actor: Actor, ms: number, active: boolean): Promise<void> {
  for (let gone = 0; gone < ms; gone += MINUTE_MS) {
    world.clock.advance(MINUTE_MS);
    await beat(actor, { active });
  }
}

describe('a player who plays', () => {
  it('is online from the select on, as long as heart-beats come, and offline when they log out', async () => {
    const actor = await playing();
    expect(await statusOf(actor)).toBe('online');
    for (let count = 0; count < 4; count += 1) {
      world.clock.advance(leaseMs - 1);
      expect(await statusOf(actor)).toBe('online');
      const reply = await beat(actor);
      expect(reply).toMatchObject({ status: 200, body: { nextInSeconds: beatMs / SECOND_MS, resumed: false } });
      expect(reply.capacity.writeUnits).toBe(1);
    }
    await operation().commit(closeSession((await getActiveSession(actor.sessionId))!, 'logout', nowMs()));
    await world.deliver({ twice: true });
    expect(await statusOf(actor)).toBe('offline');
    expect(told(actor)).toEqual(['SESSION_CLOSED', 'offline', 'online']);
  });

  it('is disconnected 75 s after the last heart-beat by the lease alone, and told so once', async () => {
    const actor = await playing();
    world.clock.advance(leaseMs);
    expect(await statusOf(actor)).toBe('offline');
    await runJob();
    await runJob();
    await world.deliver({ twice: true });
    expect(told(actor)).toEqual(['SESSION_DISCONNECTED', 'offline', 'online']);
    expect(await getActiveSession(actor.sessionId)).toBeDefined();
  });

  it('resumes the session with a heart-beat within the grace', async () => {
    const actor = await playing();
    world.clock.advance(leaseMs + graceMs - 1);
    await runJob();
    expect(await beat(actor)).toMatchObject({ status: 200, body: { resumed: true } });
    expect(await beat(actor)).toMatchObject({ body: { resumed: false } });
    await world.deliver();
    expect(told(actor)).toEqual(['SESSION_DISCONNECTED', 'SESSION_RESUMED', 'offline', 'online', 'online']);
  });

  it('has lost the session after the grace, also before the job has looked', async () => {
    const actor = await playing();
    world.clock.advance(leaseMs + graceMs);
    const before = await world.snapshot();
    expect(await beat(actor)).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
    expect(await world.snapshot()).toEqual(before);
    await runJob();
    await world.deliver();
    expect(told(actor)).toEqual(['SESSION_CLOSED', 'offline', 'online']);
    expect(await getActiveSession(actor.sessionId)).toBeUndefined();
  });

  it('is away after 5 minutes without doing anything, told once, and back with the first act', async () => {
    const actor = await playing();
    await beatFor(actor, afkMs - MINUTE_MS, false);
    expect(await statusOf(actor)).toBe('online');
    await beatFor(actor, 2 * MINUTE_MS, false);
    await runJob();
    expect(await statusOf(actor)).toBe('afk');
    await beat(actor);
    expect(await statusOf(actor)).toBe('online');
    await world.deliver();
    expect(told(actor)).toEqual(['SESSION_AFK', 'afk', 'online', 'online']);
  });

  it('is logged out after 20 minutes away, and not while exempt', async () => {
    const [idle, exempt] = [await playing(), await playing()];
    await operation().commit(await exemptFromAfk(exempt.accountId, nowMs() + 60 * MINUTE_MS, nowMs()));
    for (const actor of [idle, exempt]) expect((await beat(actor)).status).toBe(200);
    for (let gone = 0; gone < afkLogoutMs; gone += MINUTE_MS) {
      world.clock.advance(MINUTE_MS);
      await beat(idle, { active: false });
      await beat(exempt, { active: false });
    }
    await runJob();
    await world.deliver();
    expect(told(idle)).toEqual(['SESSION_AFK', 'SESSION_CLOSED', 'afk', 'offline', 'online']);
    const closed = world.events.find(
      ({ name, aggregateId }) => name === 'SESSION_CLOSED' && aggregateId === idle.sessionId,
    );
    expect(closed?.data).toMatchObject({ reason: 'afk' });
    expect(await statusOf(exempt)).toBe('online');
    expect((await beat(idle)).status).toBe(401);
  });

  it('stays online through a takeover by another session, whose beats count then', async () => {
    const player = await newPlayer();
    await play(player.actor);
    const fresh = (await logIn(world, player)).actor;
    await play(fresh);
    await world.deliver();
    expect(await statusOf(fresh)).toBe('online');
    expect((await beat(player.actor)).status).toBe(401);
    expect((await beat(fresh)).status).toBe(200);
    expect(told(fresh).filter((name) => name === 'offline')).toEqual([]);
  });

  it('is offline while choosing a character again', async () => {
    const actor = await playing();
    await operation().commit(stopPlaying((await getActiveSession(actor.sessionId))!, nowMs()));
    await world.deliver();
    expect(await statusOf(actor)).toBe('offline');
    await play(actor);
    await world.deliver({ twice: true });
    expect(await statusOf(actor)).toBe('online');
  });

  it('shows zone and match, and the newest zone wins', async () => {
    const { actor } = await newPlayer();
    const characterId = await play(actor);
    const enter = async (zoneId: string, seq: number, from?: string) => {
      const { accountId, sessionId } = actor;
      const moved = { accountId, sessionId, characterId, zoneId: zoneId as Slug, epoch: 1 };
      const data = from ? { ...moved, previousZoneId: from as Slug } : moved;
      const fact = { aggregateId: characterId, aggregateSeq: seq, data };
      await operation().commit({ events: [event(ZONE_CHANGED, fact)] });
      await world.deliver({ twice: true });
    };
    await enter('neon-row', 3, 'glasswater-docks');
    await enter('glasswater-docks', 2);
    await operation().commit(await setMatch(actor.accountId, 'mch_1'));
    expect(await presencesOf([actor.accountId], nowMs())).toEqual([
      { accountId: actor.accountId, status: 'online', zoneId: 'neon-row', matchId: 'mch_1' },
    ]);
    world.clock.advance(leaseMs);
    expect(await presencesOf([actor.accountId], nowMs())).toEqual([{ accountId: actor.accountId, status: 'offline' }]);
  });
});

describe('an invisible player', () => {
  it('is offline to others at once and until they show themselves, over sessions', async () => {
    const actor = await playing();
    const hide = (visibility: string) => world.call(presenceHandler, setPresence, { actor, body: { visibility } });
    expect(await hide('invisible')).toMatchObject({
      status: 200,
      body: { visibility: 'invisible', status: 'offline' },
    });
    expect(await statusOf(actor)).toBe('offline');
    await play(actor);
    await beat(actor);
    expect(await statusOf(actor)).toBe('offline');
    expect((await beat(actor, { active: true, visibility: 'visible' })).status).toBe(200);
    expect(await statusOf(actor)).toBe('online');
    await world.deliver();
    expect(told(actor)).toEqual(['offline', 'online', 'online']);
  });
});

describe('friends', () => {
  it('who play are told who comes, goes and is away, as far as the player lets them', async () => {
    const [mine, theirs, stranger] = [await newPlayer(), await newPlayer(), await playing()];
    const other = { accountId: theirs.accountId };
    await world.call(requestHandler, request, { actor: mine.actor, body: other });
    await world.call(acceptHandler, accept, { actor: theirs.actor, params: { accountId: mine.accountId } });
    await play(mine.actor);
    await world.deliver();
    const seen = () =>
      world.pushes
        .filter(({ destination }) => destination === `/topic/player/${mine.accountId}/friends`)
        .map(({ body }) => body as { type: string; accountId: string; status: string })
        .filter(({ type }) => type === 'presence_changed');
    await play(theirs.actor);
    await world.deliver({ twice: true });
    expect(seen()).toEqual([{ type: 'presence_changed', accountId: theirs.accountId, status: 'online' }]);

    await beat(mine.actor);
    await world.call(presenceHandler, setPresence, { actor: theirs.actor, body: { visibility: 'invisible' } });
    await world.call(presenceHandler, setPresence, { actor: theirs.actor, body: { visibility: 'visible' } });
    await world.deliver();
    // Two changes that cancel out: what is told is what holds.
    expect(seen().map(({ status }) => status)).toEqual(['online', 'online']);
    await world.call(privacyHandler, setPrivacy, {
      actor: theirs.actor,
      body: {
        presence: 'nobody',
        friendRequests: 'everyone',
        whispers: 'everyone',
        invites: 'everyone',
        mail: 'everyone',
        publicProfile: true,
      },
    });
    await operation().commit(closeSession((await getActiveSession(theirs.actor.sessionId))!, 'logout', nowMs()));
    await world.deliver();
    expect(seen()).toHaveLength(2);
    expect(world.pushes.some(({ destination }) => destination.includes(`${stranger.accountId}/friends`))).toBe(false);
  });
});

describe('what is kept of sessions', () => {
  it('is told to their player, and forgotten with them', async () => {
    const player = await newPlayer();
    const { accountId, actor } = player;
    await play(actor);
    const old = (await logIn(world, player)).actor;
    await operation().commit(closeSession((await getActiveSession(old.sessionId))!, 'revoked', nowMs()));
    const { body } = await world.call(listHandler, listSessions, { actor });
    expect(body.sessions).toHaveLength(1);
    expect(await exportOf(accountId)).toMatchObject({
      sessions: [
        { sessionId: old.sessionId, device: 'test', endedBy: 'revoked' },
        { sessionId: actor.sessionId, device: 'test' },
      ],
      presence: { visibility: 'visible' },
    });
    const fact = { aggregateId: accountId, aggregateSeq: 9, data: { accountId, characterIds: [] } };
    await operation().commit({ events: [event(ACCOUNT_ERASED, fact)] });
    await world.deliver({ twice: true });
    expect(await exportOf(accountId)).toEqual({ sessions: [] });
    expect(await getPresence(accountId)).toBeUndefined();
    expect(
      (await world.snapshot()).some(
        (row) => row._et === 'Session' && row.accountId === accountId && row.device !== 'erased',
      ),
    ).toBe(false);
  });
});
