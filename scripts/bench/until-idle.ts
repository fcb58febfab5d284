import { until } from '#scripts/journey/until.ts';

/** Nothing moves any more: no event, no message, no function. */
export async function untilIdle(controlUrl: string): Promise<void> {
  await until(
    'the cloud to be idle',
    async () => {
      const { idle, functions } = (await (await fetch(`${controlUrl}/_local/health`)).json()) as {
        idle: boolean;
        functions: { busy: number; waiting: number };
      };
      return idle && functions.busy + functions.waiting === 0 ? true : undefined;
    },
    600_000,
  );
}
