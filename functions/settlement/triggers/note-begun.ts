import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { noteBegun } from '../contract.ts';
import { sendChecks } from '../publisher.ts';

/**
 * Of each settlement that has begun a message is sent that nobody sees for half a minute. It costs the worker nothing,
 * and does not depend on it. What was not sent is reported, so that the stream brings it again; twice does no harm.
 */
export const handler = triggerHandler(
  noteBegun,
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const begun = Records.flatMap(({ dynamodb }) => {
      const transactionId = dynamodb?.NewImage?.transactionId?.S as TransactionId | undefined;
      return transactionId ? [{ transactionId, itemIdentifier: dynamodb?.SequenceNumber ?? '' }] : [];
    });
    const unsent = await sendChecks(begun.map(({ transactionId }) => transactionId));
    return {
      batchItemFailures: begun
        .filter(({ transactionId }) => unsent.has(transactionId))
        .map(({ itemIdentifier }) => ({ itemIdentifier })),
    };
  },
);
