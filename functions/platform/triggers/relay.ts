import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { parseOutboxItem } from '#shared/events/outbox.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { relay } from '../contract.ts';
import { publishRows } from '../publisher.ts';

/** Publishes outbox rows as they are committed; rows that did not go out are reported, so that the stream retries them. */
export const handler = triggerHandler(
  relay,
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const rows = Records.flatMap((record) => {
      const image = record.dynamodb?.NewImage;
      if (!image) return [];
      const row = parseOutboxItem(unmarshall(image as Record<string, AttributeValue>));
      return [{ row, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' }];
    });
    const failed = await publishRows(rows.map(({ row }) => row));
    return {
      batchItemFailures: rows
        .filter(({ row }) => failed.has(row.operationId))
        .map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })),
    };
  },
);
