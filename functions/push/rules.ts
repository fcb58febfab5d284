import { createHash } from 'node:crypto';
import type { Topic } from '#shared/contract/topic.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { type Frame, frame } from '#shared/stomp/frame.ts';

export const socketLimits = {
  /** The oldest gives way to the next: a row whose $disconnect was lost must not lock its owner out. */
  connectionsPerAccount: 5,
  /** When the gateway ends every connection. */
  gatewayCapMs: 2 * HOUR_MS,
  /** Rows of a connection outlive it by a margin for late work. */
  connectionLifeMs: 2 * HOUR_MS + 5 * MINUTE_MS,
  /** Connections are asked to come back anew within these ages, each at its own: not all at once, and in time. */
  reconnectFromMs: 105 * MINUTE_MS,
  reconnectToMs: 113 * MINUTE_MS,
  /** How long a push is remembered as delivered: longer than its queue keeps it. */
  deliveryMemoryMs: 15 * DAY_MS,
  /** Shards of the subscribers of a topic that everybody may listen to. */
  openTopicShards: 16,
  /** Subscribers of one query and one queue message. */
  fanOutPage: 200,
  /** Posts under way at once in one function. */
  parallelPosts: 32,
} as const;

/**
 * The age at which a connection should give way to a new one: between 105 and 113 minutes, fixed for each connection. A
 * client that is told by its next heart-beat, up to 4 minutes later, still has 3 minutes until the gateway's cap.
 */
export function reconnectAgeMs(connectionId: string): number {
  const { reconnectFromMs, reconnectToMs } = socketLimits;
  const share = createHash('sha256').update(connectionId).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(reconnectFromMs + share * (reconnectToMs - reconnectFromMs));
}

/** Where clients are told to come back on a new connection. No topic: nobody subscribes to it. */
export const RECONNECT_DESTINATION = '/system/reconnect';

/** Asks a client to open its next connection now, and to leave this one only when that one has caught up. */
export function reconnectFrame(connectionId: string, withinMs: number): Frame<'MESSAGE'> {
  return frame(
    'MESSAGE',
    {
      destination: RECONNECT_DESTINATION,
      'message-id': `reconnect-${connectionId}`,
      subscription: RECONNECT_DESTINATION,
      'content-type': 'application/json',
    },
    JSON.stringify({ withinSeconds: Math.max(0, Math.floor(withinMs / 1_000)) }),
  );
}

/** Which topic a destination belongs to, and what stands for its placeholders. */
export interface TopicMatch {
  readonly topic: Topic;
  readonly params: Readonly<Record<string, string>>;
}

/** The topic of a destination. Each placeholder stands for one path segment of letters, digits, `_` and `-`. */
export function findTopic(topics: readonly Topic[], destination: string): TopicMatch | undefined {
  for (const topic of topics) {
    const pattern = topic.destination.replace(/\{(\w+)\}/g, '(?<$1>[A-Za-z0-9_-]{1,64})');
    const match = new RegExp(`^${pattern}$`).exec(destination);
    if (match) return { topic, params: { ...match.groups } };
  }
  return undefined;
}

/** Over how many partitions the subscribers of a topic are spread. */
export function shardsOf(topic: Topic): number {
  return topic.audience === 'everyone' ? socketLimits.openTopicShards : 1;
}

/** The shard of a connection among a topic's subscribers. */
export function shardOf(topic: Topic, connectionId: string): number {
  const shards = shardsOf(topic);
  return shards === 1 ? 0 : createHash('sha256').update(connectionId).digest()[0]! % shards;
}

/** When a connection came, and until when it may be there. */
export interface ConnectionAge {
  readonly connectionId: string;
  readonly connectedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Who of an account's connections has to leave: the oldest beyond its five, and rows of those that are long gone. Of
 * any who come at the same moment each finds the same ones, so that five stay.
 */
export function surplusOf<C extends ConnectionAge>(
  connections: readonly C[],
  nowMs: number,
): { readonly displaced: readonly C[]; readonly expired: readonly C[] } {
  const expired = connections.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
  const newestFirst = connections
    .filter(({ expiresAtMs }) => expiresAtMs > nowMs)
    .sort((a, b) => b.connectedAtMs - a.connectedAtMs || (a.connectionId < b.connectionId ? -1 : 1));
  return { displaced: newestFirst.slice(socketLimits.connectionsPerAccount), expired };
}

/** A message of a topic, as its tail keeps it. */
export interface TopicMessage {
  readonly destination: string;
  readonly seq: number;
  readonly pushId: string;
  /** JSON text. */
  readonly body: string;
}

/** What a returning client gets of a topic whose newest message is `head`. */
export interface Replay {
  readonly messages: readonly TopicMessage[];
  /** Messages are missing between what the client has and what it gets. */
  readonly gap: boolean;
}

/**
 * What was missed after `lastSeq`, from what the tail still holds (ascending). A client that has seen more than there
 * ever was cannot be ours to continue: it gets the whole tail, as a gap.
 */
export function replayOf(tail: readonly TopicMessage[], head: number, lastSeq: number): Replay {
  if (lastSeq > head) return { messages: tail, gap: true };
  const messages = tail.filter((message) => message.seq > lastSeq);
  const first = messages[0]?.seq ?? head + 1;
  return { messages, gap: first > lastSeq + 1 };
}

/** The frame that brings a message to one subscription. */
export function messageFrame(message: TopicMessage, subscriptionId: string, gap = false): Frame<'MESSAGE'> {
  return frame(
    'MESSAGE',
    {
      destination: message.destination,
      'message-id': message.pushId,
      subscription: subscriptionId,
      seq: message.seq,
      'replay-gap': gap ? 'true' : undefined,
      'content-type': 'application/json',
    },
    message.body,
  );
}
