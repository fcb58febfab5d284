import type { FunctionSpec } from './needs.ts';

export interface JobBase extends FunctionSpec {
  /** EventBridge Scheduler expression in UTC: `rate(1 minute)` or `cron(0 6 * * ? *)`. */
  readonly schedule: string;
}

/** Declares a scheduled function. It may run twice or late: it decides by stored state, never by how often it ran. */
export function defineJob<const J extends JobBase>(spec: J): J & { readonly kind: 'job' } {
  return { kind: 'job', ...spec };
}

export type Job = JobBase & { readonly kind: 'job' };
