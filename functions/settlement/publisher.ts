import * as z from 'zod';
import { TransactionId } from '#shared/kernel/ids.ts';
import { QUEUE_BATCH, sendToQueue } from '#shared/runtime/queue-sender.ts';
import { log } from '#shared/telemetry/log.ts';

const Check = z.strictObject({ transactionId: TransactionId });

/** Puts messages on the queue, where they lie until a worker has had its time; answers the positions it did not take. */
export type SendChecks = (bodies: readonly string[]) => Promise<readonly number[]>;

const checkQueue: SendChecks = async (bodies) =>
  (await sendToQueue('SETTLEMENT_QUEUE_URL', bodies)).map(({ index }) => index);

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
  for (let from = 0; from < transactionIds.length; from += QUEUE_BATCH) {
    const batch = transactionIds.slice(from, from + QUEUE_BATCH);
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
