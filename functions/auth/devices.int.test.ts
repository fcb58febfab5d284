import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { getSession } from '#functions/session/public.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { useSecrets } from '#shared/runtime/secrets.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, logIn, registerPlayer, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { listLogins, login, logoutAll, refresh } from './contract.ts';
import { deviceLimits } from './devices.ts';
import { emailHash } from './email.ts';
import { handler as jwksHandler } from './endpoints/jwks.ts';
import { handler as listLoginsHandler } from './endpoints/list-logins.ts';
import { handler as loginHandler } from './endpoints/login.ts';
import { handler as logoutAllHandler } from './endpoints/logout-all.ts';
import { handler as refreshHandler } from './endpoints/refresh.ts';
import { handler as rotateHandler } from './jobs/rotate-signing-keys.ts';
import { jwks } from './keys-contract.ts';
import { historyLimits } from './login-history.ts';
import { exportOf, readAccessToken } from './public.ts';
import { findAccountId } from './store.ts';
import { listDevices } from './store-devices.ts';
import { recordAttempt } from './store-logins.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  world.clock.advance(61 * MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const newPlayer = () => registerPlayer(world, mailbox);
type Player = Awaited<ReturnType<typeof newPlayer>>;

async function enter({ email }: Player, body: Record<string, unknown> = {}, ip?: string) {
  const reply = await world.call(loginHandler, login, {
    body: { email, password: TEST_PASSWORD, ...body },
    ...(ip ? { ip } : {}),
  });
  expect(reply.status, reply.text).toBe(200);
  return reply.body as { deviceToken: string; sessionId: string };
}

const seenDevices = ({ accountId }: Player) =>
  world.events.filter(
    ({ name, data }) => name === 'NEW_DEVICE_SEEN' && (data as { accountId: string }).accountId === accountId,
  );
const warnings = ({ email }: Player) =>
  mailbox.mails.filter(({ to, subject }) => to === email && subject === 'A login from a new device');

describe('devices', () => {
  it('are told of when they are new, but not the first one', async () => {
    const player = await newPlayer();
    const first = await enter(player);
    await world.deliver();
    expect(seenDevices(player)).toEqual([]);

    expect((await enter(player, { deviceToken: first.deviceToken })).deviceToken).toBe(first.deviceToken);
    await world.deliver();
    expect(seenDevices(player)).toEqual([]);

    const second = await enter(player, { device: 'A stranger’s rig' }, '198.51.100.77');
    expect(second.deviceToken).not.toBe(first.deviceToken);
    await world.deliver({ twice: true });
    expect(seenDevices(player)).toMatchObject([
      { data: { sessionId: second.sessionId, device: 'A stranger’s rig', network: '198.51.100.0/24' } },
    ]);
    expect(warnings(player)).toHaveLength(1);
    expect(warnings(player)[0]?.text).toContain('A stranger’s rig\n198.51.100.0/24\n');
    expect(JSON.stringify(await world.snapshot())).not.toContain(second.deviceToken);
  });

  it('are ten at most: the one not seen for longest goes', async () => {
    const player = await newPlayer();
    const tokens: string[] = [];
    for (let count = 0; count < 11; count += 1) {
      world.clock.advance(MINUTE_MS);
      tokens.push((await enter(player)).deviceToken);
    }
    expect(await listDevices(player.accountId)).toHaveLength(deviceLimits.perAccount);
    expect((await enter(player, { deviceToken: tokens.at(-1) })).deviceToken).toBe(tokens.at(-1));
    expect((await enter(player, { deviceToken: tokens[0] })).deviceToken).not.toBe(tokens[0]);
  });

  it('are strangers again after 180 days without a login', async () => {
    const player = await newPlayer();
    const { deviceToken } = await enter(player);
    world.clock.advance(170 * DAY_MS);
    expect((await enter(player, { deviceToken })).deviceToken).toBe(deviceToken);
    world.clock.advance(170 * DAY_MS);
    expect((await enter(player, { deviceToken })).deviceToken).toBe(deviceToken);
    world.clock.advance(180 * DAY_MS);
    expect((await enter(player, { deviceToken })).deviceToken).not.toBe(deviceToken);
  });

  it('cost a player at most five warnings an hour', async () => {
    const player = await newPlayer();
    for (let count = 0; count < 8; count += 1) await enter(player);
    await world.deliver();
    expect(seenDevices(player)).toHaveLength(7);
    expect(warnings(player)).toHaveLength(5);
  });
});

describe('the login history', () => {
  const list = (actor: Parameters<TestWorld['openSession']>[0], query = {}) =>
    world.call(listLoginsHandler, listLogins, { actor, query });

  it('shows attempts newest first, failed ones too, and tells only the network of an address', async () => {
    const player = await newPlayer();
    await world.call(loginHandler, login, {
      body: { email: player.email, password: 'wrong password', device: 'guesser' },
      ip: '2001:db8:5:6::7',
    });
    world.clock.advance(MINUTE_MS);
    const { actor } = await logIn(world, player);
    const { status, body } = await list(actor);
    expect(status).toBe(200);
    expect(body.logins).toMatchObject([
      { outcome: 'success', method: 'password', device: 'test', network: '203.0.113.0/24' },
      { outcome: 'wrong_password', method: 'password', device: 'guesser', network: '2001:db8:5::/48' },
    ]);
    expect(await exportOf(player.accountId)).toMatchObject({ hasPassword: true, logins: body.logins });
  });

  it('comes in pages, and keeps the last hundred', async () => {
    const player = await newPlayer();
    const { actor } = await logIn(world, player);
    const attempt = { outcome: 'wrong_password', method: 'password', device: 'x', network: 'x' } as const;
    const firstMs = world.clock.nowMs();
    for (let count = 1; count <= 105; count += 1) {
      await recordAttempt(player.accountId, { ...attempt, atMs: firstMs + count });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list(actor, { limit: '30', ...(cursor ? { cursor } : {}) });
      seen.push(...body.logins.map(({ at }: { at: string }) => at));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(historyLimits.kept);
    expect(seen).toEqual([...seen].sort().reverse());
    expect(Date.parse(seen[0]!)).toBe(firstMs + 105);
  });

  it('forgets after 90 days, and gives nobody another player’s page', async () => {
    const [player, other] = [await newPlayer(), await newPlayer()];
    const { actor } = await logIn(world, player);
    const { actor: stranger } = await logIn(world, other);
    await logIn(world, player);
    const { nextCursor } = (await list(actor, { limit: '1' })).body;
    expect((await list(stranger, { cursor: nextCursor })).body.logins).toEqual((await list(stranger)).body.logins);
    expect((await list(actor, { cursor: Buffer.from('ACC#x').toString('base64url') })).status).toBe(400);
    world.clock.advance(historyLimits.keptMs);
    expect((await list(actor)).body.logins).toEqual([]);
  });

  it('numbers attempts at the same moment one by one', async () => {
    const { accountId } = await newPlayer();
    const attempt = { outcome: 'wrong_password', method: 'password', device: 'x', network: 'x' } as const;
    const atMs = world.clock.nowMs();
    await Promise.all(Array.from({ length: 20 }, () => recordAttempt(accountId, { ...attempt, atMs })));
    expect((await exportOf(accountId)).logins).toHaveLength(20);
  });
});

describe('logout everywhere', () => {
  const leave = (actor: Parameters<TestWorld['openSession']>[0], body = {}) =>
    world.call(logoutAllHandler, logoutAll, { actor, body });

  it('ends every session, or every other one, and says why', async () => {
    const player = await newPlayer();
    const sessions = [await logIn(world, player), await logIn(world, player), await logIn(world, player)];
    const [one, two, three] = sessions as [(typeof sessions)[0], (typeof sessions)[0], (typeof sessions)[0]];
    const states = async () =>
      Promise.all(sessions.map(async ({ actor }) => (await getSession(actor.sessionId))?.state));
    expect((await leave(one.actor, { keepCurrent: true })).status).toBe(204);
    expect(await states()).toEqual(['ACTIVE', 'CLOSED', 'CLOSED']);
    // Who was thrown out throws nobody out.
    expect(await leave(two.actor)).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
    expect((await leave(one.actor)).status).toBe(204);
    expect(await states()).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);
    expect(
      (await world.call(refreshHandler, refresh, { body: { refreshToken: three.tokens.refreshToken } })).status,
    ).toBe(401);
    await world.deliver();
    const reasons = world.events
      .filter(({ name, data }) => name === 'SESSION_CLOSED' && (data as Player).accountId === player.accountId)
      .map(({ data }) => (data as { reason: string }).reason);
    expect(reasons).toEqual(['logout_everywhere', 'logout_everywhere', 'logout_everywhere']);
  });
});

describe('an erased account', () => {
  it('leaves nothing of its owner here, and its address is free', async () => {
    const player = await newPlayer();
    await enter(player);
    await enter(player);
    await createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' }).commit({
      events: [
        event(ACCOUNT_ERASED, {
          aggregateId: player.accountId,
          aggregateSeq: 9,
          data: { accountId: player.accountId, characterIds: [] },
        }),
      ],
    });
    await world.deliver({ twice: true });
    expect(await findAccountId(emailHash(player.email))).toBeUndefined();
    expect(await exportOf(player.accountId)).toEqual({
      hasPassword: false,
      passwordLogins: 0,
      devices: [],
      logins: [],
    });
    expect((await registerPlayer(world, mailbox, player.email)).accountId).not.toBe(player.accountId);
  });
});

describe('rotation of signing keys', () => {
  it('logs nobody out', async () => {
    let text = world.secrets['token-signing-keys'];
    const stored: string[] = [];
    const undo = useSecrets(
      async (name) => (name === 'token-signing-keys' ? text : world.secrets[name]),
      async (_name, next) => {
        if (stored.includes(next.versionId)) return false;
        stored.push(next.versionId);
        text = next.text;
        return true;
      },
    );
    try {
      const rotate = () => rotateHandler({}, lambdaContext());
      const player = await newPlayer();
      const { tokens } = await logIn(world, player);
      const isGood = async (token: string) => (await readAccessToken(token, world.clock.nowMs())) !== undefined;

      // Two runs at once publish one key.
      expect((await Promise.all([rotate(), rotate()])).map(({ processed }) => processed).sort()).toEqual([0, 1]);
      world.clock.advance(59 * MINUTE_MS);
      expect((await rotate()).processed).toBe(0);
      const beforeTurn = await logIn(world, player);
      world.clock.advance(MINUTE_MS);
      expect((await rotate()).processed).toBe(1);
      // Functions that still hold the text of before, and those that have read the new one.
      expect(await isGood(beforeTurn.tokens.accessToken)).toBe(true);
      world.clock.advance(6 * MINUTE_MS);
      expect(await isGood(beforeTurn.tokens.accessToken)).toBe(true);
      const refreshed = await world.call(refreshHandler, refresh, { body: { refreshToken: tokens.refreshToken } });
      expect(refreshed.status).toBe(200);
      expect(await isGood(refreshed.body.accessToken)).toBe(true);
      const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
      expect(kidOf(refreshed.body.accessToken)).not.toBe(kidOf(beforeTurn.tokens.accessToken));
      expect((await world.call(jwksHandler, jwks, {})).body.keys).toHaveLength(2);

      world.clock.advance(60 * MINUTE_MS);
      expect((await rotate()).processed).toBe(1);
      world.clock.advance(6 * MINUTE_MS);
      const { keys } = (await world.call(jwksHandler, jwks, {})).body;
      expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual([kidOf(refreshed.body.accessToken)]);
      expect(
        (await world.call(refreshHandler, refresh, { body: { refreshToken: refreshed.body.refreshToken } })).status,
      ).toBe(200);
    } finally {
      undo();
    }
  });
});
