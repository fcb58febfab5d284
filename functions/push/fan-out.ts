import * as z from 'zod';
import { gatewayTopics } from '#functions/topics.ts';
import type { OutboxPush } from '#shared/events/outbox.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { connections } from './connections.ts';
import { requeue } from './publisher.ts';
import { findTopic, messageFrame, shardsOf, socketLimits, type TopicMessage } from './rules.ts';
import { forgetSubscriber, listSubscribers, type TopicSubscriber } from './store.ts';
import { appendMessage, markPosted } from './store-topics.ts';

/** A part of a large topic's subscribers, left to another invocation. */
const Share = z.strictObject({
  share: z.strictObject({ shard: z.int().min(0), after: z.string().optional() }),
  message: z.strictObject({ destination: z.string(), seq: z.int(), pushId: z.string(), body: z.string() }),
});
type Share = z.infer<typeof Share>;

/** A push as the outbox relay sends it. */
const Published = z.object({ id: z.string(), destination: z.string(), body: z.unknown() }) satisfies z.ZodType<
  Pick<OutboxPush, 'id' | 'destination' | 'body'>
>;

/** What one message of the push queue asks for. */
export type PushWork = z.infer<typeof Published> | Share;

/** @throws ZodError when it is neither a push nor a share of one. */
export function parseWork(body: string): PushWork {
  return z.union([Share, Published]).parse(JSON.parse(body));
}

export function destinationOfWork(work: PushWork): string {
  return 'share' in work ? work.message.destination : work.destination;
}

/**
 * Does one piece of work of the push queue. Done twice, it appends once; it posts again only when the first time did not
 * come to its end, with the same `message-id` and `seq`.
 */
export async function deliverWork(work: PushWork, nowMs: number): Promise<void> {
  if ('share' in work) return postShare(work, nowMs);
  const match = findTopic(gatewayTopics, work.destination);
  if (!match) throw new Error(`no topic of this socket has the destination ${work.destination}`);
  const push = { id: work.id, destination: work.destination, body: JSON.stringify(work.body) };
  const { message, posted } = await appendMessage(match.topic, push, nowMs);
  if (posted) return;
  const shards = shardsOf(match.topic);
  if (shards === 1) {
    let after = await postPage(message, { shard: 0 }, nowMs);
    while (after !== undefined) after = await postPage(message, { shard: 0, after }, nowMs);
  } else {
    const shares = Array.from({ length: shards }, (_none, shard): Share => ({ share: { shard }, message }));
    await requeue(shares.map((share) => JSON.stringify(share)));
  }
  await markPosted(message.pushId, nowMs);
}

async function postShare({ share, message }: Share, nowMs: number): Promise<void> {
  const after = await postPage(message, share, nowMs);
  if (after === undefined) return;
  const rest: Share = { share: { shard: share.shard, after }, message };
  await requeue([JSON.stringify(rest)]);
}

/** Posts to a page of a shard's subscribers; answers where the next page begins. */
async function postPage(
  message: TopicMessage,
  { shard, after }: { shard: number; after?: string | undefined },
  nowMs: number,
): Promise<string | undefined> {
  const { destination } = message;
  const page = { nowMs, limit: socketLimits.fanOutPage, after };
  const { subscribers, lastKey } = await listSubscribers({ destination, shard }, page);
  await postToAll(message, subscribers);
  return lastKey;
}

/** Posts to every one of them, some at a time; who is gone is forgotten. @throws the first failure, after all were tried. */
async function postToAll(message: TopicMessage, subscribers: readonly TopicSubscriber[]): Promise<void> {
  const waiting = [...subscribers];
  const failures: unknown[] = [];
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { connectionId, subscriptionId } = next;
      try {
        const there = await connections.post(connectionId, serializeFrame(messageFrame(message, subscriptionId)));
        if (!there) await forgetSubscriber(next);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: socketLimits.parallelPosts }, worker));
  if (failures.length > 0) throw failures[0];
}
