import { QUEUE_BATCH, sendToQueue } from '#shared/runtime/queue-sender.ts';

type Send = (bodies: readonly string[]) => Promise<void>;

const pushQueue: Send = async (bodies) => {
  for (let from = 0; from < bodies.length; from += QUEUE_BATCH) {
    const refused = await sendToQueue('PUSH_QUEUE_URL', bodies.slice(from, from + QUEUE_BATCH));
    if (refused.length > 0) throw new Error(`the push queue refused ${refused.length} messages: ${refused[0]!.code}`);
  }
};

let send: Send = pushQueue;

/** Puts further work for `push.deliver` on its own queue. */
export function requeue(bodies: readonly string[]): Promise<void> {
  return send(bodies);
}

/** Sends elsewhere (tests, simulator) and returns the undo. */
export function usePushQueue(next: Send): () => void {
  const before = send;
  send = next;
  return () => {
    send = before;
  };
}
