import { listUnsent } from '#functions/platform/store.ts';
import { runningTable } from '#scripts/local/running-table.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';
import { until } from './until.ts';

interface QueueStatus {
  readonly name: string;
  readonly deadLetter: boolean;
  readonly visible: number;
  readonly inFlight: number;
}

async function ask<T>(controlUrl: string, path: string): Promise<T> {
  const response = await fetch(`${controlUrl}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

/**
 * Waits until nothing is on its way in a local cloud, then answers what should not be there: messages in queues or
 * dead-letter queues, and operations whose events never left the outbox.
 */
export async function leftovers(controlUrl: string): Promise<readonly string[]> {
  const waiting = await until(
    'streams and queues to be empty',
    async () => {
      if (!(await ask<{ idle: boolean }>(controlUrl, '/_local/idle')).idle) return undefined;
      const { queues } = await ask<{ queues: readonly QueueStatus[] }>(controlUrl, '/_local/queues');
      const left = queues.filter(({ visible, inFlight }) => visible + inFlight > 0);
      // A message that its queue has held back may have come due since: that is under way, and no leftover.
      return left.every(({ deadLetter }) => deadLetter) ? left : undefined;
    },
    60_000,
  );
  const messages = waiting.map(({ name, visible, inFlight }) => `${name}: ${visible} visible, ${inFlight} in flight`);
  const unsent = await unsentOperations(controlUrl);
  return [...messages, ...unsent.map((operationId) => `the events of ${operationId} are still in the outbox`)];
}

async function unsentOperations(controlUrl: string): Promise<readonly string[]> {
  const { sdkEnvironment } = await ask<{ sdkEnvironment: Readonly<Record<string, string>> }>(
    controlUrl,
    '/_local/addresses',
  );
  const { dynamo, tableName } = await runningTable(sdkEnvironment);
  const undo = useTable({ client: createDocumentClient(dynamo), tableName });
  try {
    return (await listUnsent(Date.now(), 100)).map(({ operationId }) => operationId);
  } finally {
    undo();
    dynamo.destroy();
  }
}
