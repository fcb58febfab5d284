import type { TriggerBase } from '#shared/contract/trigger.ts';
import { clock } from '#shared/kernel/clock.ts';
import { capacityFields, meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { log } from '#shared/telemetry/log.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import type { LambdaContext } from './invocation.ts';

/** Makes the Lambda handler of a declared trigger: its own logic, with failures logged and counted. */
export function triggerHandler<Event, Result>(
  trigger: TriggerBase,
  run: (event: Event, context: LambdaContext) => Promise<Result>,
): (event: Event, context: LambdaContext) => Promise<Result> {
  return async (event, context) => {
    const startedMs = clock.nowMs();
    try {
      const consumed = noCapacity();
      const result = await meterCapacity(consumed, () => run(event, context));
      emitMetrics(
        { Trigger: trigger.id },
        { Runs: [1, 'Count'], LatencyMs: [clock.nowMs() - startedMs, 'Milliseconds'] },
        capacityFields(consumed),
        startedMs,
      );
      return result;
    } catch (error) {
      log().error('trigger failed', { trigger: trigger.id, error: error as Error });
      throw error;
    }
  };
}
