import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

/** Messages of one call: the service's limit. */
export const QUEUE_BATCH = 10;

/** A message that the queue did not take. */
export interface RefusedMessage {
  /** Position among those of the call. */
  readonly index: number;
  readonly code: string;
}

let client: SQSClient | undefined;

/** Sends at most {@link QUEUE_BATCH} messages to the queue whose address has this name; answers those that it did not take. */
export async function sendToQueue(
  queue: 'PUSH_QUEUE_URL' | 'SETTLEMENT_QUEUE_URL',
  bodies: readonly string[],
): Promise<readonly RefusedMessage[]> {
  client ??= new SQSClient({ maxAttempts: 3 });
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const command = new SendMessageBatchCommand({ QueueUrl: config(queue), Entries });
  const { Failed = [] } = await step('queue.SendMessageBatch', () => client!.send(command));
  return Failed.map(({ Id, Code }) => ({ index: Number(Id), code: String(Code) }));
}
