import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { catchMails, registerPlayer, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { login } from './contract.ts';
import { handler as loginHandler } from './endpoints/login.ts';
import { alarmLimits, lockoutLimits, windowStartOf } from './lockout.ts';
import { solveChallenge } from './proof-of-work.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  // Every window, lock and rate bucket of the test before is over.
  world.clock.advance(31 * MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const newPlayer = () => registerPlayer(world, mailbox);

interface Sent {
  readonly email: string;
  readonly password?: string;
  readonly deviceToken?: string;
  readonly proof?: { challenge: string; answer: string };
}

const send = ({ email, password = TEST_PASSWORD, ...rest }: Sent, from: { ip?: string; asn?: string } = {}) =>
  world.call(loginHandler, login, {
    body: { email, password, ...rest },
    ...(from.ip ? { ip: from.ip } : {}),
    ...(from.asn ? { headers: { 'cloudfront-viewer-asn': from.asn } } : {}),
  });

const tooMany = { status: 429, body: { code: 'auth.too_many_attempts' } };

/** Puts a counter where it would be after many failures. */
const setFailures = (key: { pk: string; sk: string }, entity: string, row: Record<string, unknown>) =>
  world.client.send(new PutCommand({ TableName: world.tableName, Item: { ...key, _et: entity, ...row } }));

async function failuresOf(network: string): Promise<number> {
  const windowStart = windowStartOf(world.clock.nowMs(), lockoutLimits.windowMs);
  const Key = authKeys.networkFailures.primary({ network: network.replace('/', '-'), windowStart });
  const { Item } = await world.client.send(new GetCommand({ TableName: world.tableName, Key, ConsistentRead: true }));
  return Number(Item?.failures ?? 0);
}

async function fill(network: string, failures: number): Promise<void> {
  const windowStart = windowStartOf(world.clock.nowMs(), lockoutLimits.windowMs);
  const key = authKeys.networkFailures.primary({ network: network.replace('/', '-'), windowStart });
  await setFailures(key, 'NetworkFailures', { network, windowStart, failures, ttl: 1 });
}

async function raiseAlarm(): Promise<void> {
  const windowStart = windowStartOf(world.clock.nowMs(), alarmLimits.windowMs);
  for (let shard = 0; shard < alarmLimits.shards; shard += 1) {
    const failures = alarmLimits.failuresPerShard - 1;
    const key = authKeys.loginAlarmCounter.primary({ shard, windowStart });
    await setFailures(key, 'LoginAlarmCounter', { shard, windowStart, failures, ttl: 1 });
  }
  expect((await send({ email: 'last-straw@players.test' }, { ip: '192.0.2.200' })).status).toBe(401);
}

describe('a device that the account knows', () => {
  it('gets in with the right password while strangers have locked the address', async () => {
    const { email } = await newPlayer();
    const { deviceToken } = (await send({ email })).body;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await send({ email, password: `guess ${attempt}` }, { ip: `198.51.100.${attempt}` });
    }
    expect(await send({ email }, { ip: '192.0.2.1' })).toMatchObject(tooMany);
    const back = await send({ email, deviceToken }, { ip: '192.0.2.2' });
    expect(back).toMatchObject({ status: 200, body: { deviceToken } });
    // The lock stays for strangers: the guessing goes on.
    expect(await send({ email }, { ip: '192.0.2.1' })).toMatchObject(tooMany);
  });

  it('has a count of its own: a stolen token lets nobody guess on', async () => {
    const { email } = await newPlayer();
    const { deviceToken } = (await send({ email })).body;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await send({ email, deviceToken, password: `guess ${attempt}` })).status).toBe(401);
    }
    expect(await send({ email, deviceToken })).toMatchObject({ ...tooMany, headers: { 'retry-after': '1' } });
    world.clock.advance(SECOND_MS);
    expect((await send({ email, deviceToken })).status).toBe(200);
  });

  it('is known to its own account only', async () => {
    const [player, stranger] = [await newPlayer(), await newPlayer()];
    const { deviceToken } = (await send({ email: stranger.email })).body;
    for (let attempt = 0; attempt < 6; attempt += 1) await send({ email: player.email, password: `guess ${attempt}` });
    expect(await send({ email: player.email, deviceToken })).toMatchObject(tooMany);
    expect(await send({ email: 'nobody-here@players.test', deviceToken })).toMatchObject({ status: 401 });
  });

  it('passes where its whole neighbourhood has to wait', async () => {
    const { email } = await newPlayer();
    const { deviceToken } = (await send({ email })).body;
    await fill('192.0.2.0/24', lockoutLimits.neighbourhoodFailures);
    expect(await send({ email }, { ip: '192.0.2.3' })).toMatchObject(tooMany);
    expect((await send({ email, deviceToken }, { ip: '192.0.2.3' })).status).toBe(200);
  });
});

describe('failures of a network', () => {
  it.each([
    ['an IPv4 /24', '203.0.113.9', '203.0.113.0/24', '203.0.114.9'],
    ['an IPv6 /48', '2001:db8:9:1::1', '2001:db8:9::/48', '2001:db8:a:1::1'],
  ])('count for %s, of which all wait when there are too many', async (_what, ip, network, outside) => {
    const { email } = await newPlayer();
    expect((await send({ email, password: 'wrong password' }, { ip })).status).toBe(401);
    expect(await failuresOf(network)).toBe(1);
    await fill(network, lockoutLimits.neighbourhoodFailures - 1);
    expect((await send({ email, password: 'wrong password' }, { ip })).status).toBe(401);
    const waiting = await send({ email }, { ip });
    expect(waiting).toMatchObject(tooMany);
    expect(Number(waiting.headers['retry-after'])).toBeLessThanOrEqual(600);
    expect((await send({ email }, { ip: outside })).status).toBe(200);
    world.clock.advance(10 * MINUTE_MS);
    expect((await send({ email }, { ip })).status).toBe(200);
  });

  it('are counted one by one when they come at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        send({ email: `crowd-${index}@players.test` }, { ip: `203.0.113.${index}`, asn: '64500' }),
      ),
    );
    expect(replies.every(({ status }) => status === 401)).toBe(true);
    expect(await failuresOf('203.0.113.0/24')).toBe(12);
    expect(await failuresOf('AS64500')).toBe(12);
  });

  it('of a whole provider cost its customers work, and nobody a wait', async () => {
    const { email } = await newPlayer();
    await fill('AS64501', lockoutLimits.systemFailures);
    expect(await send({ email }, { asn: '64501' })).toMatchObject({
      status: 429,
      body: { code: 'auth.proof_required' },
    });
    expect((await send({ email }, { asn: '64502' })).status).toBe(200);
    expect((await send({ email })).status).toBe(200);
  });

  it('are of no provider where the header is not a number', async () => {
    const { email } = await newPlayer();
    expect((await send({ email }, { asn: 'AS#1' })).status).toBe(200);
  });
});

describe('while logins fail everywhere at once', () => {
  it('each attempt needs a proof of work, which counts once, for its address, until the alarm is over', async () => {
    const [player, other] = [await newPlayer(), await newPlayer()];
    await raiseAlarm();
    const asked = await send({ email: player.email });
    expect(asked).toMatchObject({ status: 429, body: { code: 'auth.proof_required', retry: 'after-change' } });
    const { challenge, bits } = asked.body.facts as { challenge: string; bits: number };
    const proof = { challenge, answer: solveChallenge(challenge, bits) };

    expect(await send({ email: other.email, proof })).toMatchObject({ body: { code: 'auth.proof_required' } });
    expect((await send({ email: player.email, proof })).status).toBe(200);
    expect(await send({ email: player.email, proof })).toMatchObject({ body: { code: 'auth.proof_required' } });

    world.clock.advance(alarmLimits.lastsMs);
    expect((await send({ email: player.email })).status).toBe(200);
  });

  it('a proof sent many times at once counts once', async () => {
    const { email } = await newPlayer();
    await raiseAlarm();
    const { challenge, bits } = (await send({ email })).body.facts as { challenge: string; bits: number };
    const proof = { challenge, answer: solveChallenge(challenge, bits) };
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => send({ email, proof, password: 'wrong password' })),
    );
    const looked = replies.filter(({ body }) => body.code === 'auth.credentials_invalid');
    expect(looked).toHaveLength(1);
  });

  it('asks alike whether or not there is an account, and lets known devices pass', async () => {
    const { email } = await newPlayer();
    const { deviceToken } = (await send({ email })).body;
    await raiseAlarm();
    const shape = ({ status, body }: Awaited<ReturnType<typeof send>>) => ({
      status,
      body: { ...body, requestId: '', facts: { ...body.facts, challenge: '' } },
    });
    expect(shape(await send({ email: 'nobody-at-all@players.test' }))).toEqual(shape(await send({ email })));
    expect((await send({ email, deviceToken })).status).toBe(200);
  });
});
