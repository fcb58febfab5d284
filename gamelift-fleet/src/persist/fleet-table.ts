import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { gatherReads } from '#shared/table/gathered-reads.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';
import { withVitalLane } from './vital-lane.ts';

/** A process that is busy with a whole zone's return looks late after a connection that was made at once. */
const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/**
 * Lets this process use the table as one does that serves many at once: what is read of each of two hundred who come
 * back together goes out in a few requests, and what a unit's life hangs on waits for none of them.
 */
export function useFleetTable(tableName: string): void {
  const ordinary = gatherReads(createDocumentClient(connect()));
  useTable({ client: withVitalLane(ordinary, createDocumentClient(connect())), tableName });
}

function connect(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS },
  });
}
