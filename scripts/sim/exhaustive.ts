import { endLeft } from '#functions/settlement/contract.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { applies, type FaultKind, type FaultPlan, faultKinds, STORES } from './faults.ts';
import type { PreparedWorld } from './prepared-world.ts';
import { jobPeriods } from './routes.ts';
import type { Process } from './scheduler.ts';
import { type Outcome, simulate } from './simulation.ts';
import type { Act } from './stage.ts';

/** A fault of a schedule: the n-th step that can be struck, from 1, fails in this way. */
export type Strike = readonly [step: number, kind: FaultKind];

/** One operation, the seed that its picks come from, and what goes wrong on the way. */
export interface Schedule {
  readonly act: Act;
  readonly seed: number;
  readonly strikes: readonly Strike[];
}

/** After the operation faults go on for so long: relay and reactions with one fault, the sweeper too with two. */
const AFTERMATH_MS = { single: 4 * SECOND_MS, pair: MINUTE_MS + 45 * SECOND_MS };
const LONGEST_STORM_MS = 20 * MINUTE_MS;
/** Of so many seeds an operation takes the one in which most happens. */
const CANDIDATES = 10;
/** Those that end what an operation has begun. */
const JOBS = ['settlement.sweep-pending', 'platform.sweep-outbox', 'trade.end-due', 'wallet.expire-holds'] as const;
/** Two players: the one who acts, and the one who is acted upon. */
const ACTORS = 2;

/** A look for work changes nothing: one that fails is one that comes later. */
const LOOKS = {
  job: new Set(['table.Query', 'settlement.list-pending']),
  check: new Set(['table.BatchGetItem']),
};

function isStrikable(stepName: string, { name }: Process): boolean {
  if (name === endLeft.id) return !LOOKS.check.has(stepName);
  return !(name in jobPeriods && LOOKS.job.has(stepName));
}

/** Runs a schedule. `names`: the steps that could be struck, in their order. */
export async function runSchedule(
  world: PreparedWorld,
  { act, seed, strikes }: Schedule,
  {
    length = strikes.length > 1 ? 'pair' : 'single',
    tell,
  }: { length?: 'single' | 'pair'; tell?(line: string): void } = {},
): Promise<Outcome & { readonly names: readonly string[] }> {
  const names: string[] = [];
  const kinds = new Map(strikes);
  let hasBegun = act.strikesFrom === undefined;
  const plan: FaultPlan = (stepName, process) => {
    hasBegun ||= process.name === act.strikesFrom;
    if (!hasBegun || !isStrikable(stepName, process)) return undefined;
    names.push(stepName);
    return kinds.get(names.length);
  };
  const outcome = await simulate(world, {
    seed,
    actors: ACTORS,
    duplicatePercent: 0,
    isPatient: true,
    jobs: JOBS,
    stormMs: LONGEST_STORM_MS,
    plan: () => plan,
    async script(stage) {
      await act.perform(stage, 0);
      await stage.scheduler.sleep(AFTERMATH_MS[length]);
    },
    ...(tell ? { tell } : {}),
  });
  return { ...outcome, names };
}

/** The seed of an operation's schedules, and its steps when nothing fails. */
export async function rehearse(
  world: PreparedWorld,
  act: Act,
): Promise<{ readonly seed: number; readonly names: readonly string[] }> {
  let best: { readonly seed: number; readonly names: readonly string[]; readonly effects: number } | undefined;
  for (let seed = 1; seed <= CANDIDATES; seed += 1) {
    const { names, effects, complaints } = await runSchedule(world, { act, seed, strikes: [] });
    if (complaints.length > 0) throw new Error(`${act.name} is wrong without a fault: ${complaints.join('; ')}`);
    if (!best || effects > best.effects || (effects === best.effects && names.length > best.names.length)) {
      best = { seed, names, effects };
    }
  }
  return best!;
}

function strikesOn(
  names: readonly string[],
  from: number,
  isDistinct: (name: string) => boolean = () => true,
): Strike[] {
  return names.flatMap((name, index) =>
    index < from || !isDistinct(name)
      ? []
      : faultKinds.filter((kind) => applies(kind, name)).map((kind): Strike => [index + 1, kind]),
  );
}

/**
 * A step of the protocol is around one step of a store: whatever befalls it before or after befalls that step as well,
 * with the same result. Of two faults it is enough to try those of the stores.
 */
function isDistinct(stepName: string): boolean {
  return STORES.test(stepName);
}

/** Every step of an operation with every fault that can strike it. */
export async function singlesOf(world: PreparedWorld, act: Act): Promise<readonly Schedule[]> {
  const { seed, names } = await rehearse(world, act);
  return strikesOn(names, 0).map((strike) => ({ act, seed, strikes: [strike] }));
}

/** The first faults that pairs begin with: those that make a difference. */
export async function firstsOf(world: PreparedWorld, act: Act): Promise<readonly Schedule[]> {
  const { seed, names } = await rehearse(world, act);
  return strikesOn(names, 0, isDistinct).map((strike) => ({ act, seed, strikes: [strike] }));
}

/** Every second fault that can strike after a first one, the way things go then. */
export async function pairsAfter(world: PreparedWorld, first: Schedule): Promise<readonly Schedule[]> {
  const { names } = await runSchedule(world, first, { length: 'pair' });
  const [strike] = first.strikes as [Strike];
  return strikesOn(names, strike[0], isDistinct).map((second) => ({ ...first, strikes: [strike, second] }));
}
