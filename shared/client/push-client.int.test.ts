import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { friendsTopic } from '#functions/friend/topics.ts';
import { connections } from '#functions/push/connections.ts';
import { deliverWork } from '#functions/push/fan-out.ts';
import { reconnectFrame } from '#functions/push/rules.ts';
import { push } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { startSocketGateway } from '#shared/testing/socket-gateway.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { ApiError } from './api-client.ts';
import { type End, PushClient, type PushClientOptions, type Trouble } from './push-client.ts';

let world: TestWorld;
let gateway: Awaited<ReturnType<typeof startSocketGateway>>;
const clients: PushClient[] = [];

beforeAll(async () => {
  world = await startTestWorld();
  gateway = await startSocketGateway();
});
afterAll(async () => {
  await gateway.stop();
  await world.stop();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await soon(() => expect(gateway.count()).toBe(0));
  expect(gateway.failures).toEqual([]);
});

/** Waits for what happens by itself, however busy the machine is. */
const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000 });

const topicOf = (actor: Actor) => `/topic/player/${actor.accountId}/friends`;

/** A client whose waits pass at once, and what it went through. */
async function clientOf(overrides: Partial<PushClientOptions> = {}) {
  const actor = await world.openSession(world.actor());
  const seqs: number[] = [];
  const troubles: Trouble[] = [];
  const waitsMs: number[] = [];
  const ends: End[] = [];
  const client = new PushClient({
    address: async () => `${gateway.url}?ticket=${gateway.admit(actor)}`,
    openSocket: (address) => new WebSocket(address, ['v12.stomp'], { perMessageDeflate: false }) as never,
    onMessage: ({ seq }) => seqs.push(seq),
    onTrouble: (trouble) => troubles.push(trouble),
    onEnd: (end) => ends.push(end),
    random: () => 0.5,
    sleep: async (ms) => {
      waitsMs.push(ms);
    },
    ...overrides,
  });
  clients.push(client);
  /** Publishes a message to the topic, as the push queue's function does. */
  const publish = async () => {
    const { destination, body } = push(
      friendsTopic,
      { accountId: actor.accountId },
      { type: 'friend_removed', accountId: createId('acc') },
    );
    await deliverWork({ id: createId('psh'), destination, body }, world.clock.nowMs());
  };
  return { client, actor, topic: topicOf(actor), seqs, troubles, waitsMs, ends, publish };
}

describe('a client that is cut off', () => {
  it.each([
    ['by its line', (client: PushClient) => client.cut()],
    ['by the gateway', () => gateway.endAll()],
  ])(
    '%s comes back after a drawn wait, with its topics and all that it missed, each message once',
    async (_by, cut) => {
      const { client, topic, seqs, troubles, waitsMs, publish } = await clientOf();
      await client.connect();
      await client.subscribe(topic);
      await publish();
      await soon(() => expect(seqs).toEqual([1]));
      expect(waitsMs).toEqual([]);
      cut(client);
      await soon(() => expect(troubles).toEqual([{ kind: 'cut', error: undefined }]));
      await publish();
      await client.back();
      await publish();
      await soon(() => expect(seqs).toEqual([1, 2, 3]));
      expect([client.lastSeq(topic), client.isIn, waitsMs]).toEqual([3, true, [5_000]]);
    },
  );

  it('tries again, later each time and not before the server has asked for, when it is refused', async () => {
    const refusals: Error[] = [
      new ApiError('auth.create-ticket', 429, {}, 3_000),
      new ApiError('auth.create-ticket', 503, {}),
      new TypeError('fetch failed'),
    ];
    let isRefusing = false;
    const { client, topic, waitsMs, actor, troubles } = await clientOf({
      address: async () => {
        const refusal = isRefusing ? refusals.shift() : undefined;
        if (refusal) throw refusal;
        return `${gateway.url}?ticket=${gateway.admit(actor)}`;
      },
    });
    await client.connect();
    await client.subscribe(topic);
    isRefusing = true;
    client.cut();
    await client.back();
    expect(waitsMs).toEqual([5_000, 3_000 + 10_000, 10_000, 10_000]);
    expect(troubles.map(({ kind }) => kind)).toEqual(['cut', 'failed', 'failed', 'failed']);
  });

  it('tries again sooner when it comes anew, also when the handshake is refused', async () => {
    let tickets = 0;
    const { client, actor, waitsMs } = await clientOf({
      address: async () => `${gateway.url}?ticket=${tickets++ === 0 ? 'unknown' : gateway.admit(actor)}`,
    });
    await client.connect();
    expect([client.isIn, waitsMs]).toEqual([true, [500]]);
  });

  it('says that a topic no longer reaches back', async () => {
    const away = Promise.withResolvers<void>();
    const { client, topic, seqs, troubles, publish } = await clientOf({ sleep: () => away.promise });
    await client.connect();
    await client.subscribe(topic);
    client.cut();
    for (let n = 0; n < friendsTopic.replay.messages + 2; n += 1) await publish();
    away.resolve();
    await client.back();
    expect(troubles.filter(({ kind }) => kind === 'gap')).toEqual([{ kind: 'gap', destination: topic }]);
    expect(seqs[0]).toBe(3);
    expect(client.lastSeq(topic)).toBe(seqs.at(-1));
  });
});

describe('a client that is out', () => {
  it('stays out when its session has ended', async () => {
    const { client, actor, topic, ends } = await clientOf();
    await client.connect();
    await world.client.send(
      new UpdateCommand({
        TableName: world.tableName,
        Key: sessionKeys.session.primary({ sessionId: actor.sessionId }),
        UpdateExpression: 'SET #state = :closed, closeReason = :reason',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':closed': 'CLOSED', ':reason': 'revoked' },
      }),
    );
    await expect(client.subscribe(topic)).rejects.toThrow('socket.session_ended');
    await soon(() => expect(ends).toEqual([{ kind: 'session-over', reason: 'revoked' }]));
    expect(client.end).toEqual(ends[0]);
  });

  it('stays out when it gets no ticket any more', async () => {
    const { client, ends } = await clientOf({
      address: async () => {
        throw new ApiError('auth.create-ticket', 401, { code: 'auth.session_ended' });
      },
    });
    await expect(client.connect()).rejects.toThrow('401');
    expect(ends).toEqual([{ kind: 'session-over', reason: 'auth.session_ended' }]);
  });

  it('gives up after five minutes', async () => {
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    try {
      const { client, ends } = await clientOf({
        address: async () => {
          throw new TypeError('fetch failed');
        },
        sleep: async (ms) => {
          nowMs += ms;
        },
      });
      await expect(client.connect()).rejects.toThrow('fetch failed');
      expect(ends).toEqual([{ kind: 'gave-up', reason: 'fetch failed' }]);
      expect(nowMs).toBeGreaterThanOrEqual(5 * 60_000);
      expect(nowMs).toBeLessThan(6 * 60_000);
    } finally {
      clock.mockRestore();
    }
  });

  it('leaves with a goodbye, and does not come back', async () => {
    const { client, topic, ends, waitsMs } = await clientOf();
    await client.connect();
    await client.subscribe(topic);
    await client.close();
    await soon(() => expect(gateway.count()).toBe(0));
    expect([ends, waitsMs]).toEqual([[{ kind: 'closed', reason: undefined }], []]);
  });
});

describe('a client whose connection grows old', () => {
  const connectionIds = async ({ accountId }: Actor) => {
    const rows = await world.snapshot();
    const own = rows.filter((row) => row._et === 'Connection' && row.accountId === accountId);
    return own.map(({ connectionId }) => String(connectionId));
  };
  const remind = (connectionId: string) =>
    connections.post(connectionId, serializeFrame(reconnectFrame(connectionId, 420_000)));

  it('makes the next one before it leaves this one, and misses nothing', async () => {
    const { client, actor, topic, seqs, troubles, publish } = await clientOf();
    await client.connect();
    await client.subscribe(topic);
    await publish();
    const [old] = await connectionIds(actor);
    await remind(old!);
    await publish();
    await soon(async () => {
      const ids = await connectionIds(actor);
      expect(ids).toHaveLength(1);
      expect(ids).not.toContain(old);
    });
    await publish();
    await soon(() => expect(seqs).toEqual([1, 2, 3]));
    // While it has both, a message may come by each of them.
    expect(troubles.filter(({ kind }) => kind !== 'repeated')).toEqual([]);
  });

  it.each([
    ['goes over to the next one alone when this one ends meanwhile', false, [2, 0]],
    ['comes back later when this one ends meanwhile and there is no next one', true, [3, 1]],
  ])('%s', async (_what, isRefused, [addresses, waits]) => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    let calls = 0;
    const { client, actor, topic, seqs, waitsMs, publish } = await clientOf({
      address: async () => {
        calls += 1;
        if (calls === 2) {
          asked.resolve();
          await answered.promise;
          if (isRefused) throw new TypeError('fetch failed');
        }
        return `${gateway.url}?ticket=${gateway.admit(actor)}`;
      },
    });
    await client.connect();
    await client.subscribe(topic);
    const [old] = await connectionIds(actor);
    await remind(old!);
    await asked.promise;
    client.cut();
    answered.resolve();
    await client.back();
    await publish();
    await soon(() => expect(seqs).toEqual([1]));
    await soon(() => expect(gateway.count()).toBe(1));
    expect([client.isIn, calls, waitsMs.length]).toEqual([true, addresses, waits]);
  });

  it('leaves no connection behind when it is closed while the next one is on its way', async () => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    let calls = 0;
    const { client, actor } = await clientOf({
      address: async () => {
        calls += 1;
        if (calls === 2) {
          asked.resolve();
          await answered.promise;
        }
        return `${gateway.url}?ticket=${gateway.admit(actor)}`;
      },
    });
    await client.connect();
    const [old] = await connectionIds(actor);
    await remind(old!);
    await asked.promise;
    const back = client.back();
    await client.close();
    answered.resolve();
    await back;
    await soon(() => expect(gateway.count()).toBe(0));
    expect(client.isIn).toBe(false);
  });
});
