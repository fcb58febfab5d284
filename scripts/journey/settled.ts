import { until } from './until.ts';

interface QueueStatus {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly isDeadLetterQueue?: boolean;
}

/**
 * Waits until nothing is on its way in a local cloud, then answers what should not be there: messages in queues or
 * dead-letter queues.
 */
export async function leftovers(controlUrl: string): Promise<readonly string[]> {
  await until(
    'streams and queues to be empty',
    async () => {
      const { idle } = (await (await fetch(`${controlUrl}/_local/idle`)).json()) as { idle: boolean };
      return idle ? true : undefined;
    },
    60_000,
  );
  const { queues } = (await (await fetch(`${controlUrl}/_local/queues`)).json()) as { queues: readonly QueueStatus[] };
  return queues
    .filter(({ visible, inFlight }) => visible + inFlight > 0)
    .map(({ name, visible, inFlight }) => `${name}: ${visible} visible, ${inFlight} in flight`);
}
