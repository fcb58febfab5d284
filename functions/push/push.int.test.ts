import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Client, type IFrame, type IMessage } from '@stomp/stompjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CHARACTER_SWITCHED } from '#events/character.ts';
import { PARTY_DISBANDED, PLAYER_LEFT_PARTY } from '#events/party.ts';
import { LOGOUT, SESSION_CLOSED } from '#events/session.ts';
import { friendsTopic } from '#functions/friend/topics.ts';
import { announcementsTopic } from '#functions/notification/topics.ts';
import { deleteMember, putMember } from '#functions/party/store.ts';
import { partyEventsTopic } from '#functions/party/topics.ts';
import { event, type Push, push } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, toIso } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type PartyId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { serverCommands } from '#shared/stomp/frame.ts';
import { type FrameParser, FrameParser as Parser } from '#shared/stomp/parse.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startSocketGateway } from '#shared/testing/socket-gateway.ts';
import { commitInTest } from '#shared/testing/test-character.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { usePushQueue } from './publisher.ts';
import { socketLimits } from './rules.ts';
import { addSubscription, type Connection, forgetConnection, listConnections, removeSubscription } from './store.ts';
import { handler as deliver } from './triggers/deliver.ts';

let world: TestWorld;
let gateway: Awaited<ReturnType<typeof startSocketGateway>>;
let undo: () => void;
const queued: string[] = [];
const clients: Client[] = [];
const sockets: WebSocket[] = [];

beforeAll(async () => {
  world = await startTestWorld();
  gateway = await startSocketGateway();
  undo = usePushQueue(async (bodies) => {
    queued.push(...bodies);
  });
});
afterAll(async () => {
  undo();
  await gateway.stop();
  await world.stop();
});
beforeEach(() => gateway.loseDisconnects(false));
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.deactivate({ force: true })));
  for (const socket of sockets.splice(0)) socket.terminate();
  await soon(() => expect(gateway.count()).toBe(0));
  expect(gateway.failures).toEqual([]);
});

/** Waits for what happens by itself: on a busy machine 33 frames take more than the second that is usual. */
const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000 });

const friendsOf = (actor: Actor) => `/topic/player/${actor.accountId}/friends`;

/** A live session of a new account. */
function login(): Promise<Actor> {
  return world.openSession(world.actor());
}

/** The stock client, connected. */
async function connect(actor: Actor): Promise<Client & { errors: IFrame[]; closed: () => boolean }> {
  const errors: IFrame[] = [];
  let closed = false;
  const client = new Client({
    webSocketFactory: () =>
      new WebSocket(`${gateway.url}?ticket=${gateway.admit(actor)}`, ['v12.stomp', 'v11.stomp', 'v10.stomp']),
    reconnectDelay: 0,
    onWebSocketClose: () => {
      closed = true;
    },
  });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onWebSocketError = reject;
    client.onStompError = (frame) => {
      errors.push(frame);
      reject(new Error(frame.headers.message));
    };
    client.activate();
  });
  return Object.assign(client, { errors, closed: () => closed });
}

/** Subscribes and waits for the receipt. */
async function subscribe(client: Client, destination: string, headers: Record<string, string> = {}) {
  const messages: IMessage[] = [];
  const receipt = `r-${createId('opr')}`;
  const received = new Promise<IFrame>((resolve) => client.watchForReceipt(receipt, resolve));
  const subscription = client.subscribe(destination, (message) => messages.push(message), { ...headers, receipt });
  return { messages, subscription, receipt: await received };
}

const seqs = (messages: readonly IMessage[]) => messages.map(({ headers }) => Number(headers.seq));

/** A socket without a STOMP client, and the frames that it has read. */
async function rawSocket(actor: Actor, protocols: string[] = ['v12.stomp']) {
  const socket = new WebSocket(`${gateway.url}?ticket=${gateway.admit(actor)}`, protocols);
  sockets.push(socket);
  const texts: string[] = [];
  let closed = false;
  socket.on('message', (data) => texts.push(data.toString()));
  socket.on('close', () => {
    closed = true;
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const frames = () => {
    const parser: FrameParser<(typeof serverCommands)[number]> = new Parser(serverCommands);
    return parser.push(Buffer.from(texts.join(''))).frames;
  };
  return { socket, texts, frames, closed: () => closed };
}

const CONNECT = 'CONNECT\naccept-version:1.2\nhost:/\n\n\0';

async function publish(...pushes: Push[]): Promise<void> {
  await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit({ pushes });
}

function removed(actor: Actor): Push {
  return push(friendsTopic, { accountId: actor.accountId }, { type: 'friend_removed', accountId: createId('acc') });
}

let relayed = 0;

/** Relays the outbox and works off the push queue; every message `times` times. */
async function pump(times = 1): Promise<void> {
  await world.deliver();
  queued.push(...world.pushes.slice(relayed).map((one) => JSON.stringify(one)));
  relayed = world.pushes.length;
  while (queued.length > 0) {
    const bodies = queued.splice(0, 10);
    for (let time = 0; time < times; time += 1) {
      const Records = bodies.map((body, index) => ({ messageId: String(index), body }));
      expect(await deliver({ Records } as never, lambdaContext())).toEqual({ batchItemFailures: [] });
    }
  }
}

async function rowsOf(entity: string, actor?: Actor): Promise<Record<string, unknown>[]> {
  const rows = await world.snapshot();
  return rows.filter((row) => row._et === entity && (!actor || JSON.stringify(row).includes(actor.accountId)));
}

describe('connecting', () => {
  it('lets the stock client in, with STOMP 1.2 and heart-beats of 240 s', async () => {
    const client = await connect(await login());
    expect(client.connectedVersion).toBe('1.2');
    const { socket, frames } = await rawSocket(await login());
    socket.send('CONNECT\naccept-version:1.2\nhost:/\nheart-beat:10000,10000\n\n\0');
    await soon(() => expect(frames()).toHaveLength(1));
    expect(frames()[0]!.command).toBe('CONNECTED');
    expect(frames()[0]!.headers.get('heart-beat')).toBe('240000,240000');
    expect(socket.protocol).toBe('v12.stomp');
  });

  it('lets in a client that offers no subprotocol, and none that speaks only older ones', async () => {
    const actor = await login();
    expect((await rawSocket(actor, [])).socket.protocol).toBe('');
    await expect(rawSocket(actor, ['v11.stomp', 'v10.stomp'])).rejects.toThrow('400');
  });

  it('answers a heart-beat with one', async () => {
    const { socket, texts } = await rawSocket(await login());
    socket.send('\n');
    await soon(() => expect(texts).toEqual(['\n']));
  });

  it('says when to come back, and reminds with heart-beats once it is time', async () => {
    const { socket, frames, texts } = await rawSocket(await login());
    socket.send(CONNECT);
    await soon(() => expect(frames()).toHaveLength(1));
    const inMs = Number(frames()[0]!.headers.get('reconnect-in-ms'));
    expect(inMs).toBeGreaterThanOrEqual(socketLimits.reconnectFromMs);
    expect(inMs).toBeLessThan(socketLimits.reconnectToMs);
    world.clock.advance(inMs - 1);
    socket.send('\n');
    await soon(() => expect(texts).toHaveLength(2));
    expect(frames()).toHaveLength(1);
    world.clock.advance(1);
    socket.send('\n');
    await soon(() => expect(frames()).toHaveLength(2));
    const reminder = frames()[1]!;
    expect([reminder.command, reminder.headers.get('destination')]).toEqual(['MESSAGE', '/system/reconnect']);
    const { withinSeconds } = JSON.parse(reminder.body);
    expect(withinSeconds).toBe(Math.floor((socketLimits.gatewayCapMs - inMs) / 1_000));
    expect(withinSeconds).toBeGreaterThanOrEqual(7 * 60);
  });

  it('gives the place of the oldest connection to the sixth', async () => {
    const actor = await login();
    const first = await connect(actor);
    await subscribe(first, friendsOf(actor));
    world.clock.advance(1);
    for (let n = 1; n < socketLimits.connectionsPerAccount; n += 1) await connect(actor);
    expect(gateway.count()).toBe(5);
    await connect(actor);
    await soon(() => expect(first.closed()).toBe(true));
    expect(first.errors[0]!.headers.code).toBe('socket.replaced');
    expect(await rowsOf('Connection', actor)).toHaveLength(5);
    await soon(async () => expect(await rowsOf('TopicSubscriber', actor)).toEqual([]));
  });

  it('serves five however many come at once', async () => {
    const actor = await login();
    const arrivals = await Promise.allSettled(Array.from({ length: 8 }, () => rawSocket(actor)));
    // One that lost its place before it had opened could not be told: it learns so by its first frame.
    for (const one of arrivals) if (one.status === 'fulfilled') one.value.socket.send(CONNECT);
    await soon(() => expect(gateway.count()).toBeLessThanOrEqual(5));
    const places = await rowsOf('Connection', actor);
    expect(places.length).toBeLessThanOrEqual(5);
    expect(places.length).toBeGreaterThan(0);
  });
});

describe('subscriptions', () => {
  it('bring what is published, once, in JSON, with a number', async () => {
    const actor = await login();
    const client = await connect(actor);
    const { messages, receipt } = await subscribe(client, friendsOf(actor));
    expect(receipt.headers.seq).toBe('0');
    const one = removed(actor);
    await publish(one);
    await pump();
    await soon(() => expect(messages).toHaveLength(1));
    expect(JSON.parse(messages[0]!.body)).toEqual(one.body);
    expect(messages[0]!.headers).toMatchObject({
      destination: friendsOf(actor),
      seq: '1',
      'content-type': 'application/json',
      'message-id': expect.stringMatching(/^psh_/),
    });
  });

  it('bring a push once although its queue delivers it twice', async () => {
    const actor = await login();
    const { messages } = await subscribe(await connect(actor), friendsOf(actor));
    await publish(removed(actor), removed(actor));
    await pump(2);
    await publish(removed(actor));
    await pump(2);
    await soon(() => expect(messages).toHaveLength(3));
    expect(seqs(messages)).toEqual([1, 2, 3]);
  });

  it('bring each message to every connection and subscription of the account, to nobody else', async () => {
    const actor = await login();
    const stranger = await login();
    const first = await connect(actor);
    const lists = [
      await subscribe(first, friendsOf(actor)),
      await subscribe(first, friendsOf(actor)),
      await subscribe(await connect(actor), friendsOf(actor)),
    ];
    const other = await subscribe(await connect(stranger), friendsOf(stranger));
    await publish(removed(actor));
    await pump();
    await soon(() => expect(lists.map(({ messages }) => messages.length)).toEqual([1, 1, 1]));
    expect(other.messages).toEqual([]);
  });

  it('refuse a foreign destination exactly as one that does not exist', async () => {
    const answers = await Promise.all(
      [
        friendsOf(await login()),
        '/topic/player/nobody/friends',
        `/topic/party/${createId('pty')}/events`,
        '/topic/zone/docks/chat',
        '/queue/x',
      ].map(async (destination) => {
        const { socket, texts, closed } = await rawSocket(await login());
        socket.send(`${CONNECT}SUBSCRIBE\nid:0\nreceipt:r\ndestination:${destination}\n\n\0`);
        await soon(() => expect(closed()).toBe(true));
        return texts.at(-1);
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('code:socket.destination_refused');
    expect(answers[0]).toContain('receipt-id:r');
  });

  it('end with UNSUBSCRIBE', async () => {
    const actor = await login();
    const client = await connect(actor);
    const ended = await subscribe(client, friendsOf(actor));
    const kept = await subscribe(client, friendsOf(actor));
    const receipt = new Promise((resolve) => client.watchForReceipt('gone', resolve));
    ended.subscription.unsubscribe({ receipt: 'gone' });
    await receipt;
    await publish(removed(actor));
    await pump();
    await soon(() => expect(kept.messages).toHaveLength(1));
    expect(ended.messages).toEqual([]);
  });

  it('may all be asked for at once, up to 32; the 33rd ends the connection', async () => {
    const actor = await login();
    const client = await connect(actor);
    await Promise.all(Array.from({ length: 32 }, () => subscribe(client, friendsOf(actor))));
    expect(await rowsOf('TopicSubscriber', actor)).toHaveLength(32);
    client.subscribe(friendsOf(actor), () => {});
    await soon(() => expect(client.closed()).toBe(true));
    expect(client.errors[0]!.headers.code).toBe('socket.too_many_subscriptions');
    await soon(async () => expect(await rowsOf('TopicSubscriber', actor)).toEqual([]));
  });

  it('of an open topic reach everybody, shard by shard', async () => {
    const lists = await Promise.all(
      Array.from({ length: 12 }, async () => subscribe(await connect(await login()), '/topic/server/announcements')),
    );
    const announcement = { id: createId('ntf'), severity: 'info', text: 'Hello', announcedAt: toIso(0) } as const;
    await publish(push(announcementsTopic, {}, announcement));
    await pump(2);
    await soon(() => expect(lists.every(({ messages }) => messages.length >= 1)).toBe(true));
    expect(JSON.parse(lists[0]!.messages[0]!.body)).toEqual(announcement);
  });
});

describe('coming back', () => {
  it('brings what was missed, in order, and nothing twice', async () => {
    const actor = await login();
    const first = await connect(actor);
    const before = await subscribe(first, friendsOf(actor));
    await publish(removed(actor));
    await pump();
    await soon(() => expect(seqs(before.messages)).toEqual([1]));
    await first.deactivate({ force: true });
    await publish(removed(actor), removed(actor), removed(actor));
    await pump();
    const after = await subscribe(await connect(actor), friendsOf(actor), { 'last-seq': '1' });
    expect(seqs(after.messages)).toEqual([2, 3, 4]);
    expect(after.receipt.headers).toMatchObject({ seq: '4' });
    expect(after.receipt.headers['replay-gap']).toBeUndefined();
    await publish(removed(actor));
    await pump();
    await soon(() => expect(seqs(after.messages)).toEqual([2, 3, 4, 5]));
  });

  it('without last-seq brings nothing of the past', async () => {
    const actor = await login();
    await publish(removed(actor));
    await pump();
    const { messages, receipt } = await subscribe(await connect(actor), friendsOf(actor));
    expect(messages).toEqual([]);
    expect(receipt.headers.seq).toBe('1');
  });

  it('says so where the tail no longer reaches: too many, or too long ago', async () => {
    const actor = await login();
    for (let n = 0; n < 6; n += 1) {
      await publish(...Array.from({ length: 9 }, () => removed(actor)));
      await pump();
    }
    const many = await subscribe(await connect(actor), friendsOf(actor), { 'last-seq': '1' });
    expect(seqs(many.messages)).toEqual(Array.from({ length: 50 }, (_none, index) => index + 5));
    expect(many.messages[0]!.headers['replay-gap']).toBe('true');
    expect(many.messages[1]!.headers['replay-gap']).toBeUndefined();
    expect(many.receipt.headers['replay-gap']).toBe('true');
    world.clock.advance(DAY_MS);
    const long = await subscribe(await connect(actor), friendsOf(actor), { 'last-seq': '50' });
    expect(long.messages).toEqual([]);
    expect(long.receipt.headers).toMatchObject({ seq: '54', 'replay-gap': 'true' });
  });

  it('misses nothing while messages and subscribers come at the same moment', async () => {
    const actor = await login();
    const last = 12;
    const publishing = (async () => {
      for (let n = 0; n < last; n += 1) {
        await publish(removed(actor));
        await pump();
      }
    })();
    let lastSeq = 0;
    const seen = new Set<number>();
    while (lastSeq < last) {
      const client = await connect(actor);
      const { messages } = await subscribe(client, friendsOf(actor), { 'last-seq': String(lastSeq) });
      await soon(() => expect(messages.length).toBeGreaterThan(0));
      await client.deactivate({ force: true });
      for (const seq of seqs(messages)) seen.add(seq);
      while (seen.has(lastSeq + 1)) lastSeq += 1;
    }
    await publishing;
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: last }, (_none, index) => index + 1));
  });
});

describe('ending', () => {
  it('answers the receipt of DISCONNECT, closes, and leaves no row behind', async () => {
    const actor = await login();
    const client = await connect(actor);
    await subscribe(client, friendsOf(actor));
    await client.deactivate();
    expect(client.closed()).toBe(true);
    expect(client.errors).toEqual([]);
    for (const entity of ['Connection', 'TopicSubscriber']) {
      await soon(async () => expect(await rowsOf(entity, actor), entity).toEqual([]));
    }
  });

  it.each([
    ['LOGOUT', 'This session has ended: logout.'],
    ['SESSION_CLOSED', 'This session has ended: revoked.'],
  ])("%s closes the session's sockets with the reason, and no other", async (name, reason) => {
    const actor = await login();
    const other = await world.openSession({ ...actor, sessionId: createId('ses') });
    const closing = [await connect(actor), await connect(actor)];
    const staying = await connect(other);
    const { accountId, sessionId } = actor;
    const fact = { aggregateId: sessionId, aggregateSeq: 2 };
    await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit({
      events: [
        name === 'LOGOUT'
          ? event(LOGOUT, { ...fact, data: { accountId, sessionId } })
          : event(SESSION_CLOSED, { ...fact, data: { accountId, sessionId, reason: 'revoked' } }),
      ],
    });
    await world.deliver({ twice: true });
    await soon(() => expect(closing.map((client) => client.closed())).toEqual([true, true]));
    for (const { errors } of closing) {
      expect(errors.map(({ headers }) => [headers.code, headers.message])).toEqual([['socket.session_ended', reason]]);
      expect(reason).toBe(`This session has ended: ${errors[0]!.headers.reason}.`);
    }
    expect(staying.closed()).toBe(false);
  });

  it('refuses the next frame of a session that has ended unnoticed', async () => {
    const actor = await login();
    const client = await connect(actor);
    await world.client.send(
      new UpdateCommand({
        TableName: world.tableName,
        Key: sessionKeys.session.primary({ sessionId: actor.sessionId }),
        UpdateExpression: 'SET #state = :closed',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':closed': 'CLOSED' },
      }),
    );
    client.subscribe(friendsOf(actor), () => {});
    await soon(() => expect(client.closed()).toBe(true));
    expect(client.errors[0]!.headers.code).toBe('socket.session_ended');
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });

  it('is made before the old connection is left: nothing is missed, and nothing comes twice to a client that counts', async () => {
    const actor = await login();
    const old = await connect(actor);
    const before = await subscribe(old, friendsOf(actor));
    await publish(removed(actor), removed(actor));
    await pump();
    await soon(() => expect(seqs(before.messages)).toEqual([1, 2]));

    // While the new connection is on its way, and while both are open, messages go on.
    await publish(removed(actor));
    const fresh = await connect(actor);
    await pump();
    await soon(() => expect(seqs(before.messages)).toEqual([1, 2, 3]));
    await publish(removed(actor));
    const [after] = await Promise.all([subscribe(fresh, friendsOf(actor), { 'last-seq': '3' }), pump(2)]);
    await publish(removed(actor));
    await pump();
    await soon(() => expect(seqs(after.messages)).toContain(5));
    await old.deactivate();
    await publish(removed(actor));
    await pump();
    await soon(() => expect(seqs(after.messages)).toContain(6));

    const all = [...before.messages, ...after.messages];
    const bySeq = new Map(all.map(({ headers }) => [Number(headers.seq), headers['message-id']]));
    expect([...bySeq.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(bySeq.values()).size).toBe(6);
    expect(new Set(all.map(({ headers }) => headers['message-id'])).size).toBe(6);
    expect(fresh.closed()).toBe(false);
    expect(old.errors).toEqual([]);
  });

  it('forgets a connection that a post finds gone', async () => {
    const actor = await login();
    gateway.loseDisconnects(true);
    const client = await connect(actor);
    await subscribe(client, friendsOf(actor));
    await client.deactivate({ force: true });
    await soon(() => expect(gateway.count()).toBe(0));
    expect(await rowsOf('TopicSubscriber', actor)).toHaveLength(1);
    await publish(removed(actor));
    await pump();
    for (const entity of ['Connection', 'TopicSubscriber']) {
      expect(await rowsOf(entity, actor), entity).toEqual([]);
    }
  });

  it('forgets also a subscriber of which its connection knows nothing: the rest of a SUBSCRIBE that broke off', async () => {
    const actor = await login();
    const gone: Connection = {
      accountId: actor.accountId,
      connectionId: 'gone=',
      sessionId: actor.sessionId,
      connectedAtMs: world.clock.nowMs(),
      greeted: true,
      expiresAtMs: world.clock.nowMs() + DAY_MS,
      subscriptions: [],
    };
    const undoSteps = useStepHook((name, run) =>
      name === 'table.UpdateItem' ? Promise.reject(new Error('cut')) : run(),
    );
    const subscription = { subscriptionId: '0#', destination: friendsOf(actor), shard: 0 };
    await expect(addSubscription(gone, subscription)).rejects.toThrow('cut');
    undoSteps();
    expect(await rowsOf('TopicSubscriber', actor)).toHaveLength(1);
    await publish(removed(actor));
    await pump();
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });

  it('leaves nothing of a SUBSCRIBE whose connection ends in between', async () => {
    const actor = await login();
    const client = await connect(actor);
    const undoSteps = useStepHook(async (name, run) => {
      if (name === 'table.UpdateItem') {
        undoSteps();
        const [row] = await rowsOf('Connection', actor);
        await forgetConnection({ accountId: actor.accountId, connectionId: String(row!.connectionId) });
      }
      return run();
    });
    client.subscribe(friendsOf(actor), () => {});
    await soon(() => expect(client.closed()).toBe(true));
    expect(client.errors[0]!.headers.code).toBe('socket.replaced');
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });
});

describe('what a frame costs', () => {
  it('is few calls: the answer comes back with the message, and state and session are read together', async () => {
    const actor = await login();
    const { socket, frames } = await rawSocket(actor);
    const steps: string[] = [];
    const undoSteps = useStepHook((name, run) => {
      steps.push(name);
      return run();
    });
    const of = async (message: string, answers: number) => {
      steps.length = 0;
      socket.send(message);
      await soon(() => expect(frames()).toHaveLength(answers));
      return [...steps];
    };
    const subscribing = ['table.BatchGetItem', 'table.PutItem', 'table.UpdateItem', 'table.GetItem'];
    expect(await of(CONNECT, 1)).toEqual(['table.BatchGetItem', 'table.UpdateItem']);
    const subscribe = (id: string, more = '') =>
      `SUBSCRIBE\nid:${id}\nreceipt:r\ndestination:${friendsOf(actor)}\n${more}\n\0`;
    expect(await of(subscribe('a'), 2)).toEqual(subscribing);
    expect(await of(subscribe('b', 'last-seq:0\n'), 3)).toEqual(subscribing);
    undoSteps();
  });
});

describe('topics of a party', () => {
  const eventsOf = (partyId: string) => `/topic/party/${partyId}/events`;

  /** The character is a member, as far as topics ask. */
  async function enlist(actor: Actor, partyId: PartyId) {
    const member = putMember(actor.characterId!, partyId, world.clock.nowMs());
    await commitInTest({ writes: [member] });
  }

  async function quit(actor: Actor, partyId: PartyId) {
    const { accountId, characterId } = actor as Actor & { characterId: CharacterId };
    const data = {
      partyId,
      accountId,
      characterId,
      reason: 'left' as const,
      leaderCharacterId: createId('chr'),
      memberCount: 1,
    };
    await commitInTest({
      writes: [deleteMember(characterId, partyId)],
      events: [event(PLAYER_LEFT_PARTY, { aggregateId: partyId, aggregateSeq: 2, data })],
    });
  }

  async function said(partyId: PartyId) {
    await publish(push(partyEventsTopic, { partyId }, { type: 'disbanded', reason: 'leader' }));
    await pump();
  }

  it('are for who plays a member, and end when that is over', async () => {
    const partyId = createId('pty');
    const [member, stays] = await Promise.all(
      Array.from({ length: 2 }, () => world.openSession(world.actor({ characterId: createId('chr') }))),
    );
    await enlist(member!, partyId);
    await enlist(stays!, partyId);
    const heard = await subscribe(await connect(member!), eventsOf(partyId));
    const other = await subscribe(await connect(stays!), eventsOf(partyId));
    await said(partyId);
    await soon(() => expect([heard, other].map(({ messages }) => messages.length)).toEqual([1, 1]));

    await commitInTest({
      writes: [deleteMember(member!.characterId!, partyId)],
      events: [
        event(PLAYER_LEFT_PARTY, {
          aggregateId: partyId,
          aggregateSeq: 2,
          data: {
            partyId,
            accountId: member!.accountId,
            characterId: member!.characterId!,
            reason: 'kicked',
            leaderCharacterId: stays!.characterId!,
            memberCount: 1,
          },
        }),
      ],
    });
    await world.deliver({ twice: true });
    await said(partyId);
    await soon(() => expect(other.messages).toHaveLength(2));
    expect(heard.messages).toHaveLength(1);
    expect(await rowsOf('TopicSubscriber', member)).toEqual([]);
    expect((await rowsOf('Connection', member)).map(({ subscriptions }) => subscriptions)).toEqual([{}]);
  });

  it('end for all its members when it is disbanded, on each of their connections, and nothing else does', async () => {
    const partyId = createId('pty');
    const members = await Promise.all(
      Array.from({ length: 2 }, () => world.openSession(world.actor({ characterId: createId('chr') }))),
    );
    for (const member of members) await enlist(member, partyId);
    const owners = [members[0]!, members[0]!, members[1]!];
    const listeners = await Promise.all(
      owners.map(async (owner) => {
        const client = await connect(owner);
        return { party: await subscribe(client, eventsOf(partyId)), own: await subscribe(client, friendsOf(owner)) };
      }),
    );
    const characters = members.map(({ accountId, characterId }) => ({ accountId, characterId: characterId! }));
    await commitInTest({
      writes: characters.map(({ characterId }) => deleteMember(characterId, partyId)),
      events: [
        event(PARTY_DISBANDED, {
          aggregateId: partyId,
          aggregateSeq: 2,
          data: { partyId, reason: 'leader', members: characters },
        }),
      ],
    });
    await world.deliver({ twice: true });
    await said(partyId);
    await publish(...members.map(removed));
    await pump();
    await soon(() => expect(listeners.map(({ own }) => own.messages.length)).toEqual([1, 1, 1]));
    expect(listeners.map(({ party }) => party.messages.length)).toEqual([0, 0, 0]);
  });

  it('end without the subscription to which the client has given the same id since', async () => {
    const partyId = createId('pty');
    const actor = await world.openSession(world.actor({ characterId: createId('chr') }));
    await enlist(actor, partyId);
    const { socket, frames } = await rawSocket(actor);
    const to = (destination: string) => `SUBSCRIBE\nid:0\nreceipt:r\ndestination:${destination}\n\n\0`;
    socket.send(`${CONNECT}${to(eventsOf(partyId))}`);
    await soon(() => expect(frames()).toHaveLength(2));
    const [before] = await listConnections(actor.accountId);
    socket.send(`UNSUBSCRIBE\nid:0\n\n\0${to(friendsOf(actor))}`);
    await soon(() => expect(frames()).toHaveLength(3));
    await removeSubscription(before!, before!.subscriptions[0]!);
    const [after] = await listConnections(actor.accountId);
    expect(after!.subscriptions).toEqual([{ subscriptionId: '0', destination: friendsOf(actor), shard: 0 }]);
  });

  it.each([
    ['its membership', async (actor: Actor, partyId: PartyId) => void (await quit(actor, partyId))],
    [
      'its character',
      async (actor: Actor) => void (await world.openSession({ ...actor, characterId: createId('chr') })),
    ],
  ])('are not for who loses %s while a SUBSCRIBE is under way', async (_what, lose) => {
    const partyId = createId('pty');
    const actor = await world.openSession(world.actor({ characterId: createId('chr') }));
    await enlist(actor, partyId);
    const client = await connect(actor);
    const undoSteps = useStepHook(async (name, run) => {
      if (name !== 'table.PutItem') return run();
      // Allowed by now, and not yet among the subscribers that the end of a membership looks through.
      undoSteps();
      await lose(actor, partyId);
      await world.deliver();
      return run();
    });
    client.subscribe(eventsOf(partyId), () => {});
    await soon(() => expect(client.closed()).toBe(true));
    expect(client.errors[0]!.headers.code).toBe('socket.destination_refused');
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });

  it('end when the session plays another character, and its own topics stay', async () => {
    const partyId = createId('pty');
    const actor = await world.openSession(world.actor({ characterId: createId('chr') }));
    await enlist(actor, partyId);
    const client = await connect(actor);
    const party = await subscribe(client, eventsOf(partyId));
    const own = await subscribe(client, friendsOf(actor));
    const characterId = createId('chr');
    await world.openSession({ ...actor, characterId });
    const data = { accountId: actor.accountId, sessionId: actor.sessionId, characterId };
    await commitInTest({
      events: [event(CHARACTER_SWITCHED, { aggregateId: actor.sessionId, aggregateSeq: 2, data })],
    });
    await world.deliver();
    await publish(
      push(partyEventsTopic, { partyId }, { type: 'disbanded', reason: 'leader' }),
      push(friendsTopic, { accountId: actor.accountId }, { type: 'friend_removed', accountId: createId('acc') }),
    );
    await pump();
    await soon(() => expect(own.messages).toHaveLength(1));
    expect(party.messages).toEqual([]);
  });
});

describe('hostile messages', () => {
  it.each([
    ['an unknown command', 'HELLO\n\n\0', 'socket.frame_malformed'],
    ['an undefined escape', 'SUBSCRIBE\nid:0\ndestination:/a\\t\n\n\0', 'socket.frame_malformed'],
    ['half a frame', 'SUBSCRIBE\nid:0\n', 'socket.frame_malformed'],
    ['JSON', '{"action":"subscribe"}', 'socket.frame_malformed'],
    ['a body on SUBSCRIBE', 'SUBSCRIBE\nid:0\ndestination:/a\n\nx\0', 'socket.frame_malformed'],
    ['SEND', 'SEND\ndestination:/topic/server/announcements\n\nhi\0', 'socket.send_refused'],
    ['ACK', 'ACK\nid:1\n\n\0', 'socket.ack_unsupported'],
    ['BEGIN', 'BEGIN\ntransaction:1\n\n\0', 'socket.transaction_unsupported'],
    ['CONNECT again', CONNECT, 'socket.already_connected'],
    ['a selector', 'SUBSCRIBE\nid:0\ndestination:/a\nselector:1=1\n\n\0', 'socket.selector_unsupported'],
  ])('%s: one ERROR, then the end', async (_what, message, code) => {
    const { socket, frames, closed } = await rawSocket(await login());
    socket.send(CONNECT);
    await soon(() => expect(frames()).toHaveLength(1));
    socket.send(message);
    await soon(() => expect(closed()).toBe(true));
    expect(frames().map(({ command }) => command)).toEqual(['CONNECTED', 'ERROR']);
    expect(frames()[1]!.headers.get('code')).toBe(code);
  });

  it('nothing around a malformed frame is executed', async () => {
    const actor = await login();
    const { socket, frames, closed } = await rawSocket(actor);
    const good = `SUBSCRIBE\nid:0\ndestination:${friendsOf(actor)}\n\n\0`;
    socket.send(`${CONNECT}${good}BAD\n\n\0${good}`);
    await soon(() => expect(closed()).toBe(true));
    expect(frames().map(({ command }) => command)).toEqual(['ERROR']);
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });

  it('nothing behind a refused frame is executed', async () => {
    const actor = await login();
    const { socket, frames, closed } = await rawSocket(actor);
    socket.send(`${CONNECT}SEND\ndestination:/a\n\n\0SUBSCRIBE\nid:0\ndestination:${friendsOf(actor)}\n\n\0`);
    await soon(() => expect(closed()).toBe(true));
    expect(frames().map(({ command }) => command)).toEqual(['CONNECTED', 'ERROR']);
    expect(await rowsOf('TopicSubscriber', actor)).toEqual([]);
  });

  it('anything before CONNECT is refused', async () => {
    const { socket, frames, closed } = await rawSocket(await login());
    socket.send('SUBSCRIBE\nid:0\ndestination:/topic/server/announcements\n\n\0');
    await soon(() => expect(closed()).toBe(true));
    expect(frames()[0]!.headers.get('code')).toBe('socket.not_connected');
  });
});

describe('the push queue', () => {
  it('gives back what it cannot understand, and delivers the rest', async () => {
    const actor = await login();
    const { messages } = await subscribe(await connect(actor), friendsOf(actor));
    const bodies = [
      'no json',
      JSON.stringify({ id: 'psh_x', destination: '/topic/unknown', body: {} }),
      JSON.stringify({ id: createId('psh'), destination: friendsOf(actor), body: { a: 1 } }),
    ];
    const Records = bodies.map((body, index) => ({ messageId: `m${index}`, body }));
    expect(await deliver({ Records } as never, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    });
    await soon(() => expect(messages).toHaveLength(1));
  });
});
