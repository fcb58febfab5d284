import { type Push, push } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { estimateSeconds, marksOf, queueLimits, smoothedRate } from './queue-rules.ts';
import { getQueue, listEntries, noteWalk, type Queue, type QueueEntry } from './store-queue.ts';
import { queueTopic } from './topics.ts';

/** Who waits for a realm, in order, at one look. */
export interface Walk {
  readonly queue: Queue | undefined;
  readonly entries: readonly QueueEntry[];
  /** Entries that have left the queue since the look before, by whatever door. */
  readonly left: number;
}

/** Pages of a walk: a queue at its bound fits into a third of them. */
const MAX_PAGES = 20;

/** Reads a whole queue, and notes where it stands for whoever asks until the next look. */
export async function walkQueue(realmId: Slug, nowMs: number): Promise<Walk> {
  const queue = await getQueue(realmId);
  if (!queue) return { queue, entries: [], left: 0 };
  const entries: QueueEntry[] = [];
  let more = true;
  for (let page = 0; page < MAX_PAGES && more; page += 1) {
    const read = await listEntries(realmId, { after: entries.at(-1)?.number ?? 0, consistent: false });
    entries.push(...read.entries);
    more = read.more;
  }
  const counted = entries.filter(({ number }) => number <= queue.lastNumber).length;
  const left = Math.max(0, queue.counted + (queue.lastNumber - queue.walkedUpTo) - counted);
  if (counted > 0 || queue.counted > 0) {
    await noteWalk(realmId, {
      marks: marksOf(entries.map(({ number }) => number)),
      counted,
      walkedUpTo: queue.lastNumber,
      walkedAtMs: nowMs,
      perMinute: queue.walkedAtMs === 0 ? undefined : smoothedRate(queue.perMinute, left, nowMs - queue.walkedAtMs),
    });
  }
  return { queue, entries, left };
}

/** Entries of a walk that have not been refreshed in time; at most `limit`. */
export function staleOf({ entries }: Walk, nowMs: number, limit: number): readonly QueueEntry[] {
  return entries.filter(({ refreshedAtMs }) => refreshedAtMs + queueLimits.refreshMs <= nowMs).slice(0, limit);
}

/** Pushes of one commit: their outbox row stays far below an item's 400 KB. */
const PUSHES = 100;

/**
 * Tells those who wait where they stand: the first thousand, or all of them. Who stands further back hears it with
 * each refresh of their place anyway.
 */
export async function tellPositions(
  walk: Walk,
  { all, operation }: { all: boolean; operation(name: string): Operation },
): Promise<void> {
  const told = all ? walk.entries : walk.entries.slice(0, queueLimits.toldEachPass);
  for (let from = 0; from < told.length; from += PUSHES) {
    const pushes = told
      .slice(from, from + PUSHES)
      .map((entry, index) => positionOf(entry, from + index + 1, walk.queue));
    await operation(`positions-${from}`).commit({ pushes });
  }
}

function positionOf({ accountId, realmId }: QueueEntry, position: number, queue: Queue | undefined): Push {
  const estimatedSeconds = estimateSeconds(position, queue?.perMinute);
  const message = { type: 'position' as const, realmId, position, ...(estimatedSeconds ? { estimatedSeconds } : {}) };
  return push(queueTopic, { accountId }, message);
}
