import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { sweepThese } from '#shared/settlement/sweep.ts';
import { log } from '#shared/telemetry/log.ts';
import { endLeft } from '../contract.ts';
import { settlementKinds } from '../kinds.ts';
import { settlementPorts } from '../public.ts';
import { parseCheck } from '../publisher.ts';

/** Half a minute after settlements have begun: nearly all have ended, and what a worker has left is ended here. */
export const handler = triggerHandler(endLeft, async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed: string[] = [];
  const checks = Records.flatMap(({ messageId, body }): { messageId: string; transactionId: TransactionId }[] => {
    try {
      return [{ messageId, transactionId: parseCheck(body) }];
    } catch (error) {
      log().error('a message names no settlement', { messageId, error: error as Error });
      failed.push(messageId);
      return [];
    }
  });
  const left = await sweepThese(
    settlementPorts,
    settlementKinds,
    checks.map(({ transactionId }) => transactionId),
  );
  failed.push(...checks.filter(({ transactionId }) => left.has(transactionId)).map(({ messageId }) => messageId));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
