import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { Process, Scheduler } from './scheduler.ts';

/**
 * What can go wrong at a step. `before`: it fails and nothing happened; `after`: it happened, the reply is lost;
 * `duplicate`: it happens twice; `delay`: it happens late; `pause`: the process stands still for longer than any
 * time-out and then goes on as a zombie; `kill`: the process is gone; `conflict` and `throttle`: the table refuses for
 * the moment, as AWS does and its local stand-in never; `lag`: what it writes shows late in indexes, and to those who
 * do not ask for the present.
 */
export const faultKinds = [
  ...(['before', 'after', 'duplicate', 'delay', 'pause', 'kill', 'conflict', 'throttle', 'lag'] as const),
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How likely each fault is at a step, in percent; what is not named does not happen. */
export type FaultRates = Partial<Readonly<Record<FaultKind, number>>>;

/** Decides whether a step of a faulty process fails, and how. */
export type FaultPlan = (stepName: string, process: Process) => FaultKind | undefined;

/** Faults by chance. */
export function randomFaults(random: SeededRandom, rates: FaultRates): FaultPlan {
  return () => faultKinds.find((kind) => random.percent(rates[kind] ?? 0));
}

/** Exactly these faults: the n-th step of the simulation's faulty processes, counted from 1, fails in this way. */
export function scheduledFaults(faults: ReadonlyMap<number, FaultKind>): FaultPlan {
  let count = 0;
  return () => {
    count += 1;
    return faults.get(count);
  };
}

/** A step that failed for no fault of the request. */
export class InjectedFault extends Error {
  override readonly name = 'TimeoutError';
}

const DELAY_MS = { min: 1, max: 2_000 };
/** Beyond every time-out and the sweeper's 30 s. */
const PAUSE_MS = { min: 40_000, max: 300_000 };
/** Of each view of its own. Beyond the rest that players take between two acts, and the delay of the bus. */
const LAG_MS = { min: 1, max: 20_000 };

/** Applies a plan to every step of the process that runs. Installed by `useStepHook`. */
export class FaultInjector {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private plan: FaultPlan | undefined;
  private readonly tell: ((line: string) => void) | undefined;
  /** How often each kind struck. */
  readonly injected: Record<FaultKind, number> = {
    before: 0,
    after: 0,
    duplicate: 0,
    delay: 0,
    pause: 0,
    kill: 0,
    conflict: 0,
    throttle: 0,
    lag: 0,
  };

  /** @param tell is told of every step and of what befalls it. */
  constructor(scheduler: Scheduler, random: SeededRandom, plan: FaultPlan, tell?: (line: string) => void) {
    this.scheduler = scheduler;
    this.random = random;
    this.plan = plan;
    this.tell = tell;
  }

  /** Processes that stand still, and will go on as if nothing had happened. */
  asleep = 0;

  private isLate = false;

  /** How long the table's views take to show what is written now. */
  readonly lag = (): number => (this.isLate ? this.random.int(LAG_MS.min, LAG_MS.max) : 0);

  /** From now on nothing fails any more. */
  heal(): void {
    this.plan = undefined;
  }

  /** The step hook: every effect on a store waits for its turn, and may fail on the way. */
  readonly hook = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const process = this.scheduler.process();
    if (!process) return run();
    process.steps += 1;
    const fault = process.isFaulty ? this.plan?.(name, process) : undefined;
    const strikes = fault && applies(fault, name) ? fault : undefined;
    if (strikes) this.injected[strikes] += 1;
    this.tell?.(`${process.id} ${process.name}: ${name}${strikes ? ` [${strikes}]` : ''}`);
    await this.scheduler.yield();
    switch (strikes) {
      case 'before':
        throw new InjectedFault(`${name}: not sent`);
      case 'kill':
        process.isDead = true;
        return new Promise<never>(() => {});
      case 'conflict':
        throw cancelled('TransactionConflict');
      case 'throttle':
        throw throttled(name);
      case 'delay':
        await this.scheduler.sleep(this.random.int(DELAY_MS.min, DELAY_MS.max));
        return run();
      case 'pause':
        this.asleep += 1;
        await this.scheduler.sleep(this.random.int(PAUSE_MS.min, PAUSE_MS.max));
        this.asleep -= 1;
        return run();
      case 'duplicate':
        await run().catch(() => {});
        await this.scheduler.yield();
        return run();
      case 'lag': {
        this.isLate = true;
        const reply = await run().finally(() => {
          this.isLate = false;
        });
        await this.scheduler.yield();
        return reply;
      }
      case 'after':
        await run();
        await this.scheduler.yield();
        throw new InjectedFault(`${name}: reply lost`);
      default: {
        const reply = await run();
        // The reply travels, too: meanwhile others may act.
        await this.scheduler.yield();
        return reply;
      }
    }
  };
}

/** Steps of the protocol have the step of the store inside: what only a store can do strikes there. */
export const STORES = /^(table|ledger|bus|queue)\./;

/** Whether a fault can strike a step: a conflict is a transaction's, a throttle the table's, a duplicate a store's. */
export function applies(fault: FaultKind, stepName: string): boolean {
  if (fault === 'conflict') return stepName === 'table.TransactWriteItems';
  if (fault === 'lag') return /^table\.(TransactWrite|Update|Put|Delete|BatchWrite)/.test(stepName);
  if (fault === 'throttle') return stepName.startsWith('table.');
  if (fault === 'duplicate') return STORES.test(stepName);
  return true;
}

function cancelled(code: string): Error {
  const error = new Error(`Transaction cancelled: ${code}`);
  return Object.assign(error, { name: 'TransactionCanceledException', CancellationReasons: [{ Code: code }] });
}

function throttled(stepName: string): Error {
  return stepName === 'table.TransactWriteItems'
    ? cancelled('ThrottlingError')
    : Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
}
