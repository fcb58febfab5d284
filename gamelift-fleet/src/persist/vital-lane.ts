import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const isVital = new AsyncLocalStorage<true>();

/**
 * Runs calls on which a unit's life hangs: its lease, and the note of where everybody is. They have connections of their
 * own, so that they never stand in line behind the writes of a crowd that comes back.
 */
export function vitally<T>(call: () => Promise<T>): Promise<T> {
  return isVital.run(true, call);
}

/** Sends what is asked for within {@link vitally} by the second client. @returns the first one. */
export function withVitalLane(
  documents: DynamoDBDocumentClient,
  vital: DynamoDBDocumentClient,
): DynamoDBDocumentClient {
  const ordinarily = documents.send.bind(documents) as (...args: unknown[]) => unknown;
  const vitallySent = vital.send.bind(vital) as (...args: unknown[]) => unknown;
  documents.send = ((...args: unknown[]) =>
    isVital.getStore() ? vitallySent(...args) : ordinarily(...args)) as typeof documents.send;
  return documents;
}
