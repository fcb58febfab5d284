import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getSession, playCharacter } from '#functions/session/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type SessionId } from '#shared/kernel/ids.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { catchMails, logIn, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { createTicket, logout, refresh } from './contract.ts';
import { handler as ticketHandler } from './endpoints/create-ticket.ts';
import { handler as jwksHandler } from './endpoints/jwks.ts';
import { handler as logoutHandler } from './endpoints/logout.ts';
import { handler as refreshHandler } from './endpoints/refresh.ts';
import { jwks } from './keys-contract.ts';
import { issueTicket, readAccessToken, redeemTicket } from './public.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  // Rate buckets are full again and nobody's network has failures.
  world.clock.advance(11 * MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const newPlayer = () => registerPlayer(world, mailbox);
const sendRefresh = (refreshToken: string) => world.call(refreshHandler, refresh, { body: { refreshToken } });
const closedOf = (sessionId: string) =>
  world.events.filter(({ name, aggregateId }) => name === 'SESSION_CLOSED' && aggregateId === sessionId);

describe('login', () => {
  it('opens a session and tells of it, the first time as the first', async () => {
    const player = await newPlayer();
    const { tokens, actor } = await logIn(world, player);
    expect(await readAccessToken(tokens.accessToken, world.clock.nowMs())).toEqual({
      accountId: player.accountId,
      sessionId: actor.sessionId,
      roles: ['player'],
      characterId: undefined,
    });
    expect(await getSession(actor.sessionId)).toMatchObject({ state: 'ACTIVE', accountId: player.accountId });
    await world.deliver();
    const again = await logIn(world, player);
    await world.deliver();
    const logins = world.events.filter(
      ({ name, data }) => name === 'LOGIN_SUCCESS' && (data as { accountId: string }).accountId === player.accountId,
    );
    expect(logins.map(({ data }) => data)).toEqual([
      { accountId: player.accountId, sessionId: actor.sessionId, isFirst: true },
      { accountId: player.accountId, sessionId: again.actor.sessionId, isFirst: false },
    ]);
  });

  it('answers alike, and costs alike, whether the password or the address is wrong', async () => {
    const { email } = await newPlayer();
    const wrongPassword = await sendLogin(world, email, 'not the password at all');
    const wrongAddress = await sendLogin(world, 'no-one-here@players.test');
    const strip = ({ body, ...rest }: typeof wrongAddress) => ({
      status: rest.status,
      capacity: rest.capacity,
      body: { ...body, requestId: '' },
    });
    expect(strip(wrongPassword)).toEqual(strip(wrongAddress));
    expect(wrongPassword).toMatchObject({ status: 401, body: { code: 'auth.credentials_invalid' } });
  });

  it('slows guessing per address, exponentially and whether or not there is an account, and never for good', async () => {
    const player = await newPlayer();
    for (const email of [player.email, 'guessed@players.test']) {
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        expect((await sendLogin(world, email, `wrong ${attempt}`, '198.51.100.1')).status).toBe(401);
      }
      const locked = await sendLogin(world, email, TEST_PASSWORD, '198.51.100.2');
      expect(locked).toMatchObject({
        status: 429,
        body: { code: 'auth.too_many_attempts' },
        headers: { 'retry-after': '1' },
      });
      world.clock.advance(SECOND_MS);
      expect((await sendLogin(world, email, 'wrong 6', '198.51.100.2')).status).toBe(401);
      expect((await sendLogin(world, email, TEST_PASSWORD, '198.51.100.2')).headers['retry-after']).toBe('2');
      world.clock.advance(2 * SECOND_MS);
    }
    expect((await sendLogin(world, player.email)).status).toBe(200);
    // The success has cleared the count: five more are free.
    expect((await sendLogin(world, player.email, 'wrong again')).status).toBe(401);
    expect((await sendLogin(world, player.email)).status).toBe(200);
  });

  it('counts guesses sent at the same moment one by one', async () => {
    const { email } = await newPlayer();
    const replies = await Promise.all(
      Array.from({ length: 15 }, (_, index) => sendLogin(world, email, `guess ${index}`, `198.51.100.${index}`)),
    );
    const looked = replies.filter(({ body }) => body.code === 'auth.credentials_invalid').length;
    expect(looked).toBeLessThanOrEqual(5);
    expect(looked).toBeGreaterThan(0);
    expect(replies.every(({ status }) => [401, 409, 429].includes(status))).toBe(true);
  });

  it('stops a network that keeps failing, for every address and until the window ends', async () => {
    const player = await newPlayer();
    const ip = '2001:db8:7:7::1';
    const windowMs = 10 * MINUTE_MS;
    // Windows begin on the clock: not in the last seconds of one.
    world.clock.advance(windowMs - (world.clock.nowMs() % windowMs));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      world.clock.advance(200);
      expect((await sendLogin(world, `victim-${attempt}@players.test`, 'wrong password', ip)).status).toBe(401);
    }
    world.clock.advance(SECOND_MS);
    // Another address of the same /64.
    expect(await sendLogin(world, player.email, TEST_PASSWORD, '2001:db8:7:7:ffff::2')).toMatchObject({
      status: 429,
      body: { code: 'auth.too_many_attempts' },
    });
    expect((await sendLogin(world, player.email, TEST_PASSWORD, '2001:db8:7:8::1')).status).toBe(200);
    world.clock.advance(windowMs);
    expect((await sendLogin(world, player.email, TEST_PASSWORD, ip)).status).toBe(200);
  });

  it('tells a banned player only after the right password', async () => {
    const { email, accountId } = await newPlayer();
    await world.client.send(
      new UpdateCommand({
        TableName: world.tableName,
        Key: accountKeys.account.primary({ accountId }),
        UpdateExpression: 'SET #status = :banned',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':banned': 'BANNED' },
      }),
    );
    expect(await sendLogin(world, email, 'wrong password')).toMatchObject({ status: 401 });
    expect(await sendLogin(world, email)).toMatchObject({ status: 403, body: { code: 'auth.account_banned' } });
  });

  it('ends the oldest session with the sixth login', async () => {
    const player = await newPlayer();
    const opened: SessionId[] = [];
    for (let count = 0; count < 6; count += 1) {
      world.clock.advance(SECOND_MS);
      opened.push((await logIn(world, player)).actor.sessionId);
    }
    await world.deliver({ twice: true });
    const states = await Promise.all(opened.map(async (sessionId) => (await getSession(sessionId))?.state));
    expect(states).toEqual(['CLOSED', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    await world.deliver();
    expect(closedOf(opened[0]!)).toMatchObject([{ data: { reason: 'superseded' } }]);
  });
});

describe('refresh', () => {
  it('rotates: new tokens for the same session', async () => {
    const { tokens, actor } = await logIn(world, await newPlayer());
    world.clock.advance(9 * MINUTE_MS);
    const { status, body } = await sendRefresh(tokens.refreshToken);
    expect(status).toBe(200);
    expect(body.sessionId).toBe(actor.sessionId);
    expect(body.refreshToken).not.toBe(tokens.refreshToken);
    expect(await readAccessToken(body.accessToken, world.clock.nowMs())).toMatchObject({ sessionId: actor.sessionId });
    expect((await sendRefresh(body.refreshToken)).status).toBe(200);
  });

  it('answers a repetition within ten seconds with the same successor, also of two at once', async () => {
    const { tokens } = await logIn(world, await newPlayer());
    const [one, two] = await Promise.all([sendRefresh(tokens.refreshToken), sendRefresh(tokens.refreshToken)]);
    world.clock.advance(10 * SECOND_MS);
    const late = await sendRefresh(tokens.refreshToken);
    expect([one.status, two.status, late.status]).toEqual([200, 200, 200]);
    expect(new Set([one, two, late].map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await sendRefresh(one.body.refreshToken)).status).toBe(200);
  });

  it.each([
    ['after ten seconds', 10 * SECOND_MS + 1, false],
    ['after the successor was used', 0, true],
  ])('takes a spent token %s for theft: the whole family ends', async (_when, waitMs, useSuccessor) => {
    const { tokens, actor } = await logIn(world, await newPlayer());
    const { body: next } = await sendRefresh(tokens.refreshToken);
    const { body: last } = useSuccessor ? await sendRefresh(next.refreshToken) : { body: next };
    world.clock.advance(waitMs);
    expect(await sendRefresh(tokens.refreshToken)).toMatchObject({
      status: 401,
      body: { code: 'auth.refresh_invalid' },
    });
    expect(await sendRefresh(last.refreshToken)).toMatchObject({ status: 401, body: { code: 'auth.refresh_invalid' } });
    expect((await getSession(actor.sessionId))?.state).toBe('CLOSED');
    await world.deliver();
    expect(closedOf(actor.sessionId)).toMatchObject([{ data: { reason: 'refresh_reused' } }]);
  });

  it('is refused after 7 idle days, after logout, and for a token of nobody, all alike', async () => {
    const player = await newPlayer();
    const idle = await logIn(world, player);
    world.clock.advance(7 * DAY_MS);
    const left = await logIn(world, player);
    await world.call(logoutHandler, logout, { actor: left.actor });
    const before = await world.snapshot();
    for (const token of [
      idle.tokens.refreshToken,
      left.tokens.refreshToken,
      `fam_${'0'.repeat(26)}.${'A'.repeat(43)}`,
    ]) {
      expect(await sendRefresh(token)).toMatchObject({ status: 401, body: { code: 'auth.refresh_invalid' } });
    }
    expect((await sendRefresh('eyJhbGciOiJub25lIn0.e30.')).status).toBe(400);
    expect(await world.snapshot()).toEqual(before);
  });

  it('keeps the character that the session plays in the token', async () => {
    const { tokens, actor } = await logIn(world, await newPlayer());
    const characterId = createId('chr');
    const session = (await getSession(actor.sessionId))!;
    const operation = createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
    await operation.commit(await playCharacter(session, characterId, world.clock.nowMs()));
    const { body } = await sendRefresh(tokens.refreshToken);
    expect(await readAccessToken(body.accessToken, world.clock.nowMs())).toMatchObject({ characterId });
  });

  it('is refused once the account is gone', async () => {
    const player = await newPlayer();
    const { tokens } = await logIn(world, player);
    await world.client.send(
      new DeleteCommand({ TableName: world.tableName, Key: accountKeys.account.primary(player) }),
    );
    expect((await sendRefresh(tokens.refreshToken)).status).toBe(401);
  });
});

describe('logout', () => {
  it('closes the session and tells of both, once', async () => {
    const { actor } = await logIn(world, await newPlayer());
    expect((await world.call(logoutHandler, logout, { actor })).status).toBe(204);
    expect((await world.call(logoutHandler, logout, { actor })).status).toBe(204);
    await world.deliver();
    const told = world.events.filter(
      ({ aggregateId, name }) => aggregateId === actor.sessionId && name !== 'LOGIN_SUCCESS',
    );
    expect(told.map(({ name, data }) => [name, data])).toEqual([
      ['LOGOUT', { accountId: actor.accountId, sessionId: actor.sessionId }],
      ['SESSION_CLOSED', { accountId: actor.accountId, sessionId: actor.sessionId, reason: 'logout' }],
    ]);
  });

  it('needs a token', async () => {
    expect(await world.call(logoutHandler, logout, {})).toMatchObject({
      status: 401,
      body: { code: 'auth.unauthenticated' },
    });
  });
});

describe('tickets', () => {
  it('open the socket once, within 30 seconds, for whom they were made', async () => {
    const { actor } = await logIn(world, await newPlayer());
    const { status, body } = await world.call(ticketHandler, createTicket, { actor });
    expect(status).toBe(201);
    expect(body.url).toBe('ws://127.0.0.1');
    const redeem = () => redeemTicket(body.ticket, { purpose: 'socket' }, world.clock.nowMs());
    const redeemed = await Promise.all([redeem(), redeem(), redeem()]);
    expect(redeemed.filter((holder) => holder !== undefined)).toEqual([
      {
        accountId: actor.accountId,
        sessionId: actor.sessionId,
        roles: ['player'],
        characterId: undefined,
        zoneId: undefined,
      },
    ]);
    expect(JSON.stringify(await world.snapshot())).not.toContain(body.ticket);

    const second = await world.call(ticketHandler, createTicket, { actor });
    world.clock.advance(30 * SECOND_MS);
    expect(await redeemTicket(second.body.ticket, { purpose: 'socket' }, world.clock.nowMs())).toBeUndefined();
  });

  it('are refused to a session that has ended', async () => {
    const { actor } = await logIn(world, await newPlayer());
    await world.call(logoutHandler, logout, { actor });
    const before = await world.snapshot();
    expect(await world.call(ticketHandler, createTicket, { actor })).toMatchObject({
      status: 401,
      body: { code: 'auth.session_ended' },
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('of a zone open that zone only, and a wrong door does not use them up', async () => {
    const nowMs = world.clock.nowMs();
    const holder = { ...world.actor(), characterId: createId('chr') };
    const use = {
      purpose: 'zone',
      zoneId: 'glasswater-docks',
      characterId: holder.characterId,
      presenceVer: 0,
    } as const;
    const { ticket, write } = issueTicket(holder, use, nowMs);
    await createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' }).commit({
      writes: [write],
    });
    expect(await redeemTicket(ticket, { purpose: 'socket' }, nowMs)).toBeUndefined();
    expect(await redeemTicket(ticket, { purpose: 'zone', zoneIds: ['the-undercroft'] }, nowMs)).toBeUndefined();
    expect(await redeemTicket(ticket, { purpose: 'zone', zoneIds: [] }, nowMs)).toBeUndefined();
    expect(
      await redeemTicket(ticket, { purpose: 'zone', zoneIds: ['the-undercroft', 'glasswater-docks'] }, nowMs),
    ).toMatchObject({ characterId: holder.characterId, zoneId: 'glasswater-docks' });
    expect(await redeemTicket(ticket, { purpose: 'zone', zoneIds: ['glasswater-docks'] }, nowMs)).toBeUndefined();
  });

  it('that are nothing like a ticket open nothing', async () => {
    for (const ticket of ['', 'x', 'A'.repeat(43), 'A'.repeat(100_000)]) {
      expect(await redeemTicket(ticket, { purpose: 'socket' }, world.clock.nowMs())).toBeUndefined();
    }
  });
});

describe('public keys', () => {
  it('are published without their private halves', async () => {
    const { status, body } = await world.call(jwksHandler, jwks, {});
    expect(status).toBe(200);
    expect(body.keys).toHaveLength(1);
    expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
