import type { JobBase } from '#shared/contract/job.ts';
import { createOperation, type Operation } from '#shared/events/operation.ts';
import { clock } from '#shared/kernel/clock.ts';
import { capacityFields, meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { log } from '#shared/telemetry/log.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import type { LambdaContext } from './invocation.ts';

export interface JobContext {
  readonly nowMs: number;
  /** A fresh operation per unit of work; the name tells in the events' cause which unit it was. */
  operation(name: string): Operation;
}

export type JobLambda = (event: unknown, context: LambdaContext) => Promise<{ processed: number }>;

/** Makes the Lambda handler of a declared job. It reports how much it did; what it left is for the next run. */
export function jobHandler<const J extends JobBase>(
  job: J,
  run: (context: JobContext) => Promise<{ processed: number }>,
): JobLambda {
  return async (_event, lambda) => {
    const nowMs = clock.nowMs();
    try {
      const consumed = noCapacity();
      const context: JobContext = {
        nowMs,
        operation: (name) =>
          createOperation({
            actor: { origin: `job:${job.id}` },
            correlationId: lambda.awsRequestId,
            causationId: `${job.id}/${name}`,
          }),
      };
      const result = await meterCapacity(consumed, () => run(context));
      emitMetrics(
        { Job: job.id },
        { Runs: [1, 'Count'], Processed: [result.processed, 'Count'] },
        capacityFields(consumed),
        nowMs,
      );
      return result;
    } catch (error) {
      log().error('job failed', { job: job.id, error: error as Error });
      throw error;
    }
  };
}
