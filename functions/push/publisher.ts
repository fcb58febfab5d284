import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

/** Entries of one SendMessageBatch call: the service's limit. */
const BATCH = 10;

type Send = (bodies: readonly string[]) => Promise<void>;

let client: SQSClient | undefined;

const pushQueue: Send = async (bodies) => {
  client ??= new SQSClient({ maxAttempts: 3 });
  for (let from = 0; from < bodies.length; from += BATCH) {
    const Entries = bodies.slice(from, from + BATCH).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const command = new SendMessageBatchCommand({ QueueUrl: config('PUSH_QUEUE_URL'), Entries });
    const { Failed = [] } = await step('queue.SendMessageBatch', () => client!.send(command));
    if (Failed.length > 0) throw new Error(`the push queue refused ${Failed.length} messages: ${Failed[0]!.Code}`);
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
