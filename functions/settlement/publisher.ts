import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { config } from '#shared/kernel/config.ts';
import { TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { log } from '#shared/telemetry/log.ts';

/** Entries of one SendMessageBatch call: the service's limit. */
const BATCH = 10;

const Check = z.strictObject({ transactionId: TransactionId });

/** Puts messages on the queue, where they lie until a worker has had its time; answers the positions it did not take. */
export type SendChecks = (bodies: readonly string[]) => Promise<readonly number[]>;

let client: SQSClient | undefined;

const checkQueue: SendChecks = async (bodies) => {
  client ??= new SQSClient({ maxAttempts: 3 });
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const command = new SendMessageBatchCommand({ QueueUrl: config('SETTLEMENT_QUEUE_URL'), Entries });
  const { Failed = [] } = await step('queue.SendMessageBatch', () => client!.send(command));
  return Failed.map(({ Id }) => Number(Id));
};

let send: SendChecks = checkQueue;

/** Sends elsewhere (tests, simulator) and returns the undo. */
export function useCheckQueue(next: SendChecks): () => void {
  const before = send;
  send = next;
  return () => {
    send = before;
  };
}

/** Has these settlements looked at when their workers have had their time. @returns those that have to be sent again. */
export async function sendChecks(transactionIds: readonly TransactionId[]): Promise<ReadonlySet<TransactionId>> {
  const unsent = new Set<TransactionId>();
  for (let from = 0; from < transactionIds.length; from += BATCH) {
    const batch = transactionIds.slice(from, from + BATCH);
    try {
      const refused = await send(batch.map((transactionId) => JSON.stringify({ transactionId })));
      for (const index of refused) unsent.add(batch[index]!);
    } catch (error) {
      log().error('checks of settlements not sent', { error: error as Error });
      for (const transactionId of batch) unsent.add(transactionId);
    }
  }
  return unsent;
}

/** The settlement that a message is about. @throws ZodError, SyntaxError of one that is none of ours. */
export function parseCheck(body: string): TransactionId {
  return Check.parse(JSON.parse(body)).transactionId;
}
