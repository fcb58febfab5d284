/** CloudWatch units that we use. */
export type MetricUnit = 'Count' | 'Milliseconds' | 'Bytes' | 'None';

let sink: (line: string) => void = (line) => process.stdout.write(`${line}\n`);

/** Replaces where metric lines go (tests) and returns the undo. */
export function useMetricSink(next: (line: string) => void): () => void {
  const before = sink;
  sink = next;
  return () => {
    sink = before;
  };
}

/**
 * Emits metrics in CloudWatch's embedded format: one log line, no call. Dimensions stay few and low in cardinality;
 * `fields` are searchable in logs but make no metric of their own. With `sumsBy` the same values also count for fewer
 * dimensions, such as the whole stage: `[['Stage']]`.
 */
export function emitMetrics(
  dimensions: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, readonly [value: number, unit: MetricUnit]>>,
  fields: Readonly<Record<string, string | number | boolean>> = {},
  nowMs: number = Date.now(),
  sumsBy: readonly (readonly string[])[] = [],
): void {
  // Stages may share an AWS account: each counts for itself.
  const allDimensions = { Stage: process.env.STAGE ?? 'none', ...dimensions };
  const values = Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value]));
  sink(
    JSON.stringify({
      _aws: {
        Timestamp: nowMs,
        CloudWatchMetrics: [
          {
            Namespace: 'NECPGAME',
            Dimensions: [Object.keys(allDimensions), ...sumsBy],
            Metrics: Object.entries(metrics).map(([Name, [, Unit]]) => ({ Name, Unit })),
          },
        ],
      },
      ...allDimensions,
      ...values,
      ...fields,
    }),
  );
}
