import { createHash } from 'node:crypto';
import { useDestinations } from '#functions/platform/publisher.ts';
import { useCheckQueue } from '#functions/settlement/publisher.ts';
import { MINUTE_MS, SECOND_MS, useClock } from '#shared/kernel/clock.ts';
import { useRandomSource } from '#shared/kernel/random.ts';
import { useSleep } from '#shared/kernel/sleep.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { useLedger } from '#shared/ledger/ledger.ts';
import { useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { AuctionHouse } from './auction-house.ts';
import { SimulatedBus } from './bus.ts';
import { START_MS } from './cast.ts';
import { SimulatedClient } from './client.ts';
import { finalComplaints, stormComplaints } from './complaints.ts';
import { FaultInjector, type FaultKind, type FaultPlan } from './faults.ts';
import { LedgerWatch } from './invariants/ledger-watch.ts';
import { Observer } from './observer.ts';
import type { PlantedBug } from './planted/planted-bug.ts';
import type { PreparedWorld } from './prepared-world.ts';
import { Recorder } from './recorder.ts';
import { type JobId, jobPeriods } from './routes.ts';
import { Scheduler } from './scheduler.ts';
import { Stage } from './stage.ts';

/**
 * After the storm everything has ended within a minute (V5), and a second for the work itself. What began in its last
 * 30 s is ended by its own delayed message, whatever is older by the sweeper, who comes each minute.
 */
const CONVERGENCE_MS = MINUTE_MS + SECOND_MS;
/** Players come to an end with what they are at within this time after the storm. */
const PATIENCE_MS = 30 * MINUTE_MS;
/** Rounds of a minute in which the last events and zombies come to rest. */
const ROUNDS = 12;

export interface SimulationOptions {
  readonly seed: number;
  readonly actors: number;
  /** How often the bus delivers twice, in percent. */
  readonly duplicatePercent: number;
  plan(random: SeededRandom): FaultPlan;
  /** What the players do. `isStorm` turns false when nothing fails any more; then they come to an end. */
  script(stage: Stage, isStorm: () => boolean): Promise<void>;
  /** Players call until they are answered, and once. */
  readonly isPatient?: boolean;
  /** How often they give a call up after a try of which they do not know what came. */
  readonly giveUpPercent?: number | undefined;
  /** Unset: all. */
  readonly jobs?: readonly JobId[];
  /** The storm lasts so long at most. */
  readonly stormMs: number;
  readonly planted?: PlantedBug | undefined;
  /** Is told of every step. */
  tell?(line: string): void;
}

export interface Outcome {
  /** Everything that is wrong; empty: all is well. */
  readonly complaints: readonly string[];
  readonly injected: Readonly<Record<FaultKind, number>>;
  readonly steps: number;
  /** Calls that took effect, and requests that the ledger has decided. */
  readonly effects: number;
  readonly commits: number;
  readonly simulatedMs: number;
  /** Of everything that happened, in its order. */
  readonly traceHash: string;
}

/** One schedule: the world from its beginning, a storm of faults, fair weather, and what must be true then. */
export async function simulate(world: PreparedWorld, options: SimulationOptions): Promise<Outcome> {
  const { memory } = world;
  const random = seededRandom(options.seed);
  const scheduler = new Scheduler(random.fork(), START_MS);
  const hash = createHash('sha256');
  const tell = (line: string): void => {
    const timed = `${scheduler.nowMs - START_MS} ${line}`;
    hash.update(timed).update('\n');
    options.tell?.(timed);
  };
  memory.restore(world.snapshot);
  const ledger = world.ledger.copy();
  const { before } = world;
  const injector = new FaultInjector(scheduler, random.fork(), options.plan(random.fork()), tell);
  const { duplicatePercent, planted } = options;
  const forgetsFailures = planted?.forgetsFailures ?? false;
  const bus = new SimulatedBus(scheduler, random.fork(), world.routes, { duplicatePercent, forgetsFailures });
  const recorder = new Recorder(scheduler);
  const observer = new Observer(scheduler, ledger, before.rows, { stream: bus, recorder });
  const client = new SimulatedClient({
    scheduler,
    random: random.fork(),
    routes: world.routes,
    tell,
    wrap: planted?.gateway,
    isPatient: options.isPatient,
    giveUpPercent: options.giveUpPercent,
  });
  const house = new AuctionHouse({ scheduler, random: random.fork(), tell, isPatient: options.isPatient });
  const stage = new Stage({ scheduler, random: random.fork(), world, client, house, actors: options.actors });
  const late: string[] = [];
  const watch = new LedgerWatch(ledger);
  const look = (): void => {
    late.push(...watch.look());
  };
  const undo = [
    useClock({ nowMs: () => scheduler.nowMs }),
    useRandomSource(random.fork()),
    useSleep((ms) => scheduler.sleep(ms)),
    useTable({ client: world.client, tableName: memory.tableName }),
    useLedger(planted?.ledger?.(ledger) ?? ledger),
    useDestinations(planted?.destinations?.(bus.destinations) ?? bus.destinations),
    useCheckQueue(planted?.checks?.(bus.sendChecks) ?? bus.sendChecks),
    useMetricSink(() => {}),
    useStepHook((name, run) => injector.hook(name, name.startsWith('ledger.') ? () => run().finally(look) : run)),
    world.useSabotage(planted?.table),
    observer.watch(memory),
    memory.useLag(injector.lag),
    world.useReader(recorder),
  ];
  let [isStorm, isOver] = [true, false];

  const schedule = (id: JobId, periodMs: number) =>
    scheduler.start(`schedule of ${id}`, async () => {
      await scheduler.sleep(random.int(1, periodMs));
      while (!isOver) {
        const run = world.routes.jobs.get(id)!;
        void scheduler.start(id, () => run({}, lambdaContext()), { isFaulty: true }).catch(() => {});
        await scheduler.sleep(periodMs);
      }
    });

  const direct = async (): Promise<void> => {
    const jobs = options.jobs ?? (Object.keys(jobPeriods) as JobId[]);
    for (const id of jobs) void schedule(id, jobPeriods[id] * SECOND_MS);
    const play = scheduler.start('players', () => options.script(stage, () => isStorm));
    await scheduler.within(options.stormMs, play);
    late.push(...stormComplaints(observer.rows, ledger));
    injector.heal();
    isStorm = false;
    tell('the storm is over');
    const healedAtMs = scheduler.nowMs;
    await scheduler.sleep(CONVERGENCE_MS);
    // What began after the storm has not had its time yet.
    late.push(
      ...observer.pendingSince(healedAtMs).map((id) => `${id} has not ended ${CONVERGENCE_MS} ms after the storm`),
    );
    const isDone = await scheduler.within(
      PATIENCE_MS,
      play.then(() => true),
    );
    if (!isDone) late.push('players did not come to an end');
    for (const { call, atMs } of client.internalErrors) {
      if (atMs > healedAtMs + CONVERGENCE_MS) late.push(`${call} was answered 500 in fair weather`);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      bus.redrive();
      await scheduler.sleep(MINUTE_MS);
      if (observer.isSent && bus.isIdle && bus.deadLetters.length === 0 && injector.asleep === 0) break;
    }
    isOver = true;
  };

  // Stacks of refusals cost a tenth of the time, and nobody reads them.
  const { stackTraceLimit } = Error;
  if (!options.tell) Error.stackTraceLimit = 0;
  try {
    let hang: string | undefined;
    await scheduler.drain(scheduler.start('director', direct)).catch((error: Error) => {
      hang = `the simulation broke: ${error.stack}`;
    });
    const now = { rows: observer.rows, audit: ledger.audit() };
    const untold = await ledger.untold(1);
    const complaints = [
      ...(hang ? [hang] : isOver ? [] : ['the simulation came to a halt: something waits for what never comes']),
      ...observer.complaints,
      ...late,
      ...untold.map(({ id }) => `the ledger waits for somebody to tell of ${id}`),
      ...finalComplaints({ now, before, observer, bus, client, house, recorder, nowMs: scheduler.nowMs }),
    ];
    return {
      complaints: [...new Set(complaints)],
      injected: injector.injected,
      steps: scheduler.steps,
      effects: observer.receipts.size + house.asked.filter(({ answers }) => answers.length > 0).length,
      commits: observer.commits,
      simulatedMs: scheduler.nowMs - START_MS,
      traceHash: hash.digest('hex'),
    };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    for (const one of undo.reverse()) one();
  }
}
