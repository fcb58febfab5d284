import { getSession } from '#functions/session/public.ts';
import { gatewayTopics } from '#functions/topics.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { type ClientFrame, type Frame, frame, HEART_BEAT } from '#shared/stomp/frame.ts';
import { parseClientMessage } from '#shared/stomp/parse.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { connectedFrame, decideFrame, errorFrame, type Instruction } from '#shared/stomp/session.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { log } from '#shared/telemetry/log.ts';
import { audienceChecks, type Listener } from './audiences.ts';
import { closeConnection } from './close.ts';
import { connections } from './connections.ts';
import {
  findTopic,
  freeSlot,
  messageFrame,
  type Replay,
  reconnectAgeMs,
  reconnectFrame,
  replayOf,
  shardOf,
  socketLimits,
  type TopicMatch,
} from './rules.ts';
import {
  addSubscription,
  type Connection,
  forgetConnection,
  getConnection,
  markConnected,
  removeSubscription,
  type Subscription,
} from './store.ts';
import { getHead, listTail } from './store-topics.ts';

/** Who has sent a message, as the gateway repeats it from `$connect`. */
export interface Client {
  readonly connectionId: string;
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
}

/** The connection has ended while it was served; nothing more is done for it. */
class Ended extends Error {}

/**
 * Serves one WebSocket message: all its frames in order, until one ends the connection. Each message is served only
 * while its session is live. A failure of ours ends the connection too: the client comes back and resumes.
 */
export async function serveMessage(client: Client, message: Uint8Array): Promise<void> {
  try {
    await serve(client, message);
  } catch (error) {
    if (error instanceof Ended) return;
    const farewell = errorFrame('socket.unavailable', 'Something went wrong on our side. Connect again.');
    await closeConnection(client.connectionId, farewell).catch((another: Error) =>
      log().warn('socket not closed', { connectionId: client.connectionId, error: another }),
    );
    throw error;
  }
}

async function serve({ connectionId, accountId, sessionId }: Client, message: Uint8Array): Promise<void> {
  const { frames, heartBeats, fault } = parseClientMessage(message);
  if (fault) return end(connectionId, errorFrame('socket.frame_malformed', fault.message));
  const session = await getSession(sessionId);
  if (session?.state !== 'ACTIVE') {
    const farewell = errorFrame('socket.session_ended', 'This session has ended.', undefined, session?.closeReason);
    return end(connectionId, farewell);
  }
  const listener: Listener = { accountId, sessionId, characterId: session.characterId };
  for (const one of frames) await serveFrame(connectionId, listener, one);
  if (frames.length === 0 && heartBeats > 0) {
    const connection = await registered(connectionId);
    await send(connectionId, HEART_BEAT);
    await remind(connection);
  }
}

/** The gateway ends a connection after 2 hours, whatever happens on it: an old one is told to bring the next about. */
async function remind({ connectionId, connected, expiresAtMs }: Connection): Promise<void> {
  const ageMs = clock.nowMs() - (expiresAtMs - socketLimits.connectionLifeMs);
  if (!connected || ageMs < reconnectAgeMs(connectionId)) return;
  await send(connectionId, reconnectFrame(connectionId, socketLimits.gatewayCapMs - ageMs));
}

/** The connection, unless it is not ours any more: closed, or replaced by a newer one of the account. */
async function registered(connectionId: string): Promise<Connection> {
  const connection = await getConnection(connectionId, clock.nowMs());
  return connection ?? end(connectionId, errorFrame('socket.replaced', 'This connection has been replaced.'));
}

async function send(connectionId: string, what: Frame | typeof HEART_BEAT): Promise<void> {
  const there = await connections.post(connectionId, what === HEART_BEAT ? what : serializeFrame(what));
  if (there) return;
  await forgetConnection(connectionId);
  throw new Ended();
}

async function end(connectionId: string, last?: Frame): Promise<never> {
  await closeConnection(connectionId, last);
  throw new Ended();
}

async function acknowledge(
  connectionId: string,
  receipt: string | undefined,
  more: Readonly<Record<string, string | number | undefined>> = {},
): Promise<void> {
  if (receipt !== undefined) await send(connectionId, frame('RECEIPT', { 'receipt-id': receipt, ...more }));
}

async function serveFrame(connectionId: string, listener: Listener, from: ClientFrame): Promise<void> {
  // Frames of one connection may be served at the same moment: a race is decided again from fresh state.
  await withConflictRetry(async () => {
    const connection = await registered(connectionId);
    const subscriptions = new Map(connection.subscriptions.map((one) => [one.subscriptionId, one.destination]));
    const instruction = decideFrame({ connected: connection.connected, subscriptions }, from);
    await carryOut(connection, listener, from, instruction);
  });
}

async function carryOut(
  connection: Connection,
  listener: Listener,
  from: ClientFrame,
  instruction: Instruction,
): Promise<void> {
  const { connectionId } = connection;
  switch (instruction.kind) {
    case 'connect': {
      if (!(await markConnected(connectionId))) {
        return end(connectionId, errorFrame('socket.already_connected', 'This connection is connected already.', from));
      }
      return send(connectionId, connectedFrame(connectionId, instruction.heartBeat, reconnectAgeMs(connectionId)));
    }
    case 'subscribe': {
      const match = await authorized(listener, instruction.destination);
      if (!match) {
        const refusal = errorFrame('socket.destination_refused', 'There is no such destination for you.', from);
        return end(connectionId, refusal);
      }
      return subscribe(connection, match, instruction);
    }
    case 'unsubscribe': {
      const subscription = connection.subscriptions.find((one) => one.subscriptionId === instruction.id);
      if (subscription) await removeSubscription(connectionId, subscription);
      return acknowledge(connectionId, instruction.receipt);
    }
    case 'acknowledge':
      return acknowledge(connectionId, instruction.receipt);
    case 'disconnect':
      await acknowledge(connectionId, instruction.receipt);
      return end(connectionId);
    case 'refuse':
      return end(connectionId, instruction.reply);
  }
}

/** The topic of a destination, if the listener belongs to its audience: unknown and forbidden look alike. */
async function authorized(listener: Listener, destination: string): Promise<TopicMatch | undefined> {
  const match = findTopic(gatewayTopics, destination);
  const allows = match && audienceChecks[match.topic.audience];
  return allows && (await allows(match.params, listener)) ? match : undefined;
}

/**
 * Subscribes first and reads what was missed second: what is published in between comes live, perhaps also with the
 * replay, and never not at all.
 */
async function subscribe(
  connection: Connection,
  { topic }: TopicMatch,
  { id, destination, lastSeq, receipt }: Instruction & { kind: 'subscribe' },
): Promise<void> {
  const { connectionId } = connection;
  const subscription: Subscription = {
    slot: freeSlot(new Set(connection.subscriptions.map(({ slot }) => slot)), systemRandom),
    subscriptionId: id,
    destination,
    shard: shardOf(topic, connectionId),
  };
  await addSubscription(connection, subscription);
  const head = lastSeq !== undefined || receipt !== undefined ? await getHead(destination) : 0;
  let replay: Replay = { messages: [], gap: false };
  if (lastSeq !== undefined && lastSeq !== head) {
    const after = lastSeq > head ? 0 : lastSeq;
    replay = replayOf(await listTail(topic, destination, { after, nowMs: clock.nowMs() }), head, lastSeq);
  }
  for (const [index, message] of replay.messages.entries()) {
    await send(connectionId, messageFrame(message, id, replay.gap && index === 0));
  }
  await acknowledge(connectionId, receipt, {
    seq: Math.max(head, replay.messages.at(-1)?.seq ?? 0),
    'replay-gap': replay.gap ? 'true' : undefined,
  });
}
