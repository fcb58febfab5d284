import { randomUUID } from 'node:crypto';
import type { InvokeResult, LocalClock, LocalService } from '../../service.ts';
import { type DeliveryOptions, deliver, type Target } from '../event-bus/rule-target.ts';
import { parseScheduleExpression, type ScheduleExpression } from './schedule-expression.ts';

/** Timers cannot wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Schedule extends DeliveryOptions {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone?: string | undefined;
  readonly enabled: boolean;
  readonly target: Target;
  /** `aws.scheduler`, or `aws.events` for a scheduled rule. */
  readonly source: 'aws.scheduler' | 'aws.events';
}

export interface SchedulerOptions {
  readonly schedules: readonly Schedule[];
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
}

interface Planned {
  readonly schedule: Schedule;
  readonly expression: ScheduleExpression;
  nextAtMs: number | undefined;
}

/**
 * EventBridge Scheduler and scheduled rules on the movable clock. A move over several due times runs a schedule once,
 * as a scheduler that was away does. Flexible windows count as none.
 */
export class SchedulerService implements LocalService {
  readonly name = 'Scheduler';
  readonly #options: SchedulerOptions;
  readonly #planned: readonly Planned[];
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;

  /** Throws for an expression that is not AWS's. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#planned = options.schedules.map((schedule) => {
      const expression = parseScheduleExpression(schedule.expression, schedule.timeZone);
      return { schedule, expression, nextAtMs: undefined };
    });
  }

  async start(): Promise<void> {
    const { clock } = this.#options;
    const anchorMs = clock.nowMs();
    const plan = (nowMs: number) => {
      for (const each of this.#planned)
        each.nextAtMs ??= each.schedule.enabled ? each.expression.next(nowMs, anchorMs) : undefined;
    };
    const runDue = () => {
      const nowMs = clock.nowMs();
      for (const each of this.#planned) {
        if (each.nextAtMs === undefined || each.nextAtMs > nowMs) continue;
        this.#fire(each.schedule, each.nextAtMs);
        each.nextAtMs = undefined;
      }
      plan(nowMs);
      this.#arm(runDue);
    };
    plan(anchorMs);
    this.#forget = clock.onChange(runDue);
    this.#arm(runDue);
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#forget?.();
    await Promise.all(this.#running);
  }

  get idle(): boolean {
    return this.#running.size === 0;
  }

  list(): readonly { readonly name: string; readonly expression: string; readonly nextAtMs: number | undefined }[] {
    return this.#planned.map(({ schedule, nextAtMs }) => ({
      name: schedule.name,
      expression: schedule.expression,
      nextAtMs,
    }));
  }

  /** One attempt at a schedule's target, now, due or not; undefined when there is none of that name. */
  async run(name: string): Promise<InvokeResult | undefined> {
    const found = this.#planned.find(({ schedule }) => schedule.name === name);
    if (!found) return undefined;
    const { schedule } = found;
    const nowMs = this.#options.clock.nowMs();
    return schedule.target.send(inputOf(schedule, nowMs) ?? JSON.stringify(this.#event(schedule, nowMs)));
  }

  #arm(runDue: () => void): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#planned.map(({ nextAtMs }) => nextAtMs ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(runDue, Math.min(Math.max(0, next - this.#options.clock.nowMs()), LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  #fire(schedule: Schedule, scheduledAtMs: number): void {
    const run = deliver(schedule.target, this.#event(schedule, scheduledAtMs), {
      ...schedule,
      input: inputOf(schedule, scheduledAtMs),
    }).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  #event(schedule: Schedule, scheduledAtMs: number) {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: schedule.source,
      account: this.#options.accountId,
      time: isoSeconds(scheduledAtMs),
      region: this.#options.region,
      resources: [schedule.arn],
      detail: schedule.source === 'aws.scheduler' ? '{}' : {},
    };
  }
}

/** The schedule's constant input with EventBridge Scheduler's context keywords filled in. */
function inputOf(schedule: Schedule, scheduledAtMs: number): string | undefined {
  return schedule.input
    ?.replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(scheduledAtMs))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

function isoSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
