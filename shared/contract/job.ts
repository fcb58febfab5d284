import type { FunctionSpec } from './needs.ts';

/** An alarm on a metric that the job emits with `{ Job: <its id> }`; see `emitMetrics`. */
export interface JobAlarm {
  /** Name of the metric, such as `OldestPendingMs`. */
  readonly metric: string;
  /** Raised when its largest value within the period is above this. */
  readonly above: number;
  /** At least the job's own period. */
  readonly periodMinutes: number;
  /** What was measured, in a few words. */
  readonly what: string;
}

export interface JobBase extends FunctionSpec {
  /** Raised by what the job measures, beside the alarm on its own errors. */
  readonly alarms?: readonly JobAlarm[];
  /** EventBridge Scheduler expression in UTC: `rate(1 minute)` or `cron(0 6 * * ? *)`. */
  readonly schedule: string;
}

/** Declares a scheduled function. It may run twice or late: it decides by stored state, never by how often it ran. */
export function defineJob<const J extends JobBase>(spec: J): J & { readonly kind: 'job' } {
  return { kind: 'job', ...spec };
}

export type Job = JobBase & { readonly kind: 'job' };
