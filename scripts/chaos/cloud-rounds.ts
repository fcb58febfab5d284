import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wearDown } from '#functions/inventory/public.ts';
import type { Addresses } from '#scripts/e2e/hostile/web-player.ts';
import { leftovers } from '#scripts/journey/settled.ts';
import { until } from '#scripts/journey/until.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { type Amounts, amountComplaints, amountsIn } from './amounts.ts';
import { CloudProcess } from './cloud-process.ts';
import { nextMove } from './moves.ts';
import type { CrashOptions, CrashReport } from './postgres-rounds.ts';
import { answeredWrongly, byTransaction, repeatCalls } from './repetitions.ts';
import { RestlessPlayer } from './restless-player.ts';
import { type HalfWay, halfWayIn, type Strike, strikeAt, strikes } from './strike.ts';
import { valueComplaints } from './value-audit.ts';
import { settlementsIn, ValueStores } from './value-stores.ts';
import { StandIn } from './zone.ts';
import { type Agreed, acceptFor, agree, grab, nextZoneMove } from './zone-moves.ts';

/** Players of characters out of the world. */
const PLAYERS = 3;
/** Each of them moves value from so many clients at once. */
const CLIENTS = 2;
const PORT_BASE = 33_000;
/** What each character begins with. */
const MONEY = 100_000n;
const STACKS = [
  ['logic-wafer', 60],
  ['polymer-resin', 60],
  ['fusion-bead', 3],
  ['fusion-bead', 3],
] as const;
/** The kill is aimed after so many answers in all. */
const LOAD_ANSWERS = { min: 3, max: 45 };
const LOAD_TIMEOUT_MS = 90_000;
/** Long enough for everybody who had a part in a kill to take of it, too short for it to decay. */
const CORPSE_AGE_MS = 10_000;
/** So often the second of two who trade accepts when the ledger has begun to wait, otherwise with the load. */
const LATE_ACCEPT_PERCENT = 60;
/** So often the stores are killed too. */
const STORES_PERCENT = 40;
/** Settlements that the workers have left are taken over after this. */
const TAKEN_OVER_MS = TAKE_OVER_AFTER_MS + 1_000;
/** Everything is ended by then. */
const HEAL_TIMEOUT_MS = 60_000;

/** What the rounds of the cloud have found, and how many settlements the kills have struck, by where. */
export interface CloudReport extends CrashReport {
  readonly halfWay: HalfWay;
}

/**
 * Kills the local cloud while players move value, most often in the midst of settlements, in some rounds its stores with
 * it; starts it again on the same data, has the players repeat what was in doubt, and looks: nothing was doubled or lost,
 * nothing is left half-way, and whatever was answered is answered the same (V1 to V6).
 */
export async function crashCloud({ rounds, seed, say }: CrashOptions): Promise<CloudReport> {
  const dice = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  // Postgres runs as another user where we are root.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const root = new URL('../..', import.meta.url).pathname;
  const cloud = new CloudProcess({ root, dataDir, portBase: PORT_BASE });
  const report = { rounds, asked: 0, inDoubt: 0, halfWay: { undecided: 0, unended: 0 }, problems: [] as string[] };
  try {
    await cloud.start();
    const players: RestlessPlayer[] = [];
    for (let index = 1; index <= PLAYERS + 2; index += 1)
      players.push(await RestlessPlayer.register(addressesOf(cloud), index));
    const chaos = new Chaos(cloud, players, dice);
    await chaos.begin();
    const first = dice.int(0, strikes.length - 1);
    for (let round = 1; round <= rounds; round += 1) {
      const { line, asked, inDoubt, halfWay, problems } = await chaos.round(strikes[(first + round) % strikes.length]!);
      report.asked += asked;
      report.inDoubt += inDoubt;
      report.halfWay.undecided += halfWay.undecided;
      report.halfWay.unended += halfWay.unended;
      report.problems.push(...problems.map((problem) => `round ${round} of seed ${seed}: ${problem}`));
      say(`  ${round}: ${line}, ${problems.length} problems`);
      for (const problem of problems) say(`    ✘ seed ${seed}: ${problem}`);
    }
    report.problems.push(...missed(rounds, report.halfWay));
    return report;
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every place is aimed at by then: rounds that never struck there have proved nothing of it. */
function missed(rounds: number, { undecided, unended }: HalfWay): string[] {
  if (rounds < strikes.length) return [];
  return [
    ...(undecided === 0 ? [`in ${rounds} rounds no kill struck between prepare and decide`] : []),
    ...(unended === 0 ? [`in ${rounds} rounds no kill struck between decide and end`] : []),
  ];
}

interface Round {
  readonly line: string;
  readonly asked: number;
  readonly inDoubt: number;
  readonly halfWay: HalfWay;
  readonly problems: readonly string[];
}

class Chaos {
  private readonly cloud: CloudProcess;
  private readonly players: readonly RestlessPlayer[];
  /** Of characters out of the world. */
  private readonly away: readonly RestlessPlayer[];
  /** Of characters that stand together in a zone. */
  private readonly together: readonly [RestlessPlayer, RestlessPlayer];
  private readonly dice: SeededRandom;
  /** Amounts of every kind of item that there were in the beginning. */
  private before: Amounts = new Map();
  private given = 0n;
  private zone: StandIn | undefined;

  constructor(cloud: CloudProcess, players: readonly RestlessPlayer[], dice: SeededRandom) {
    this.cloud = cloud;
    this.players = players;
    this.away = players.slice(0, -2);
    this.together = players.slice(-2) as [RestlessPlayer, RestlessPlayer];
    this.dice = dice;
  }

  /** Gives everybody something to lose. */
  async begin(): Promise<void> {
    await this.withStores(async (stores) => {
      for (const { characters } of this.players) {
        for (const characterId of characters) {
          await stores.giveMoney(characterId, MONEY);
          await stores.giveItems(characterId, ...STACKS);
        }
      }
      this.before = amountsIn(await stores.rows());
      this.zone = await StandIn.claim();
    });
    for (const player of this.players) await player.comeBack(addressesOf(this.cloud));
  }

  async round(strike: Strike): Promise<Round> {
    const { cloud, players, dice } = this;
    const drops = await this.withStores(async (stores) => {
      await wearEverything(stores, this.away, cloud.nowMs);
      await this.zone!.letIn(this.together);
      return this.zone!.kill(this.together, cloud.nowMs - CORPSE_AGE_MS);
    });
    const deal = await agree(this.together, cloud, dice);
    for (const player of players) player.calls.length = 0;
    const kill = { stores: dice.percent(STORES_PERCENT) };
    await this.withStores((stores) => this.playUntilKilled(stores, { deal, drops }, strike, kill));
    const calls = players.flatMap((player) => player.calls.map((call) => ({ player, call })));
    const doubtful = calls.filter(({ call }) => call.answer === undefined);

    await cloud.start();
    const crashed = await this.withStores(async (open) => {
      return { halfWay: await halfWayIn(open), settlements: byTransaction(await open.rows()) };
    });
    const { halfWay } = crashed;
    const problems = answeredWrongly(calls, crashed.settlements);
    for (const player of players) await player.comeBack(addressesOf(cloud));
    problems.push(...(await repeatCalls(calls, crashed.settlements, dice)));
    await this.heal(problems);
    const healed = await this.withStores(async (open) => {
      const rows = await open.rows();
      problems.push(...(await valueComplaints(open)), ...amountComplaints(rows, this.before));
      return byTransaction(rows);
    });
    problems.push(...answeredWrongly(calls, healed));
    const kinds = halfWay.kinds.length > 0 ? ` (${halfWay.kinds.join(', ')})` : '';
    return {
      line:
        `${kill.stores ? 'cloud and stores' : 'cloud'} killed (${strike}), ${calls.length} calls, ${doubtful.length} in doubt, ` +
        `${halfWay.undecided} settlements left undecided and ${halfWay.unended} decided but not ended${kinds}`,
      asked: calls.length,
      inDoubt: doubtful.length,
      halfWay,
      problems,
    };
  }

  /** All play until the cloud dies under them. */
  private async playUntilKilled(
    stores: ValueStores,
    { deal, drops }: { readonly deal: Agreed; readonly drops: Parameters<typeof grab>[1] },
    strike: Strike,
    kill: { readonly stores: boolean },
  ): Promise<void> {
    let isOver = false;
    // What breaks when the cloud dies is looked at afterwards, by what was in doubt.
    const goOn = async (next: typeof nextMove, player: RestlessPlayer, dice: SeededRandom): Promise<void> => {
      while (!isOver) await next(player, dice).catch(() => undefined);
    };
    const clientsOf = (all: readonly RestlessPlayer[]) =>
      all.flatMap((player) => Array.from({ length: CLIENTS }, () => player));
    const second = () => acceptFor(deal, 1).catch(() => undefined);
    const trading: typeof nextMove = (player, dice) => nextZoneMove(player, dice, deal);
    const isLate = this.dice.percent(LATE_ACCEPT_PERCENT);
    await acceptFor(deal, 0);
    const working = Promise.all([
      ...clientsOf(this.away).map((player) => goOn(nextMove, player, this.dice.fork())),
      ...clientsOf(this.together).map((player) => goOn(trading, player, this.dice.fork())),
      ...this.together.map((player) => grab(player, drops).catch(() => undefined)),
      ...(isLate ? [] : [second()]),
    ]);
    const wanted = this.dice.int(LOAD_ANSWERS.min, LOAD_ANSWERS.max);
    const aim = this.dice.fork();
    const answered = () => this.players.flatMap(({ calls }) => calls.filter(({ answer }) => answer)).length;
    await until('calls to be answered', () => (answered() >= wanted ? true : undefined), LOAD_TIMEOUT_MS);
    await strikeAt(strike, this.cloud, stores, aim, kill, isLate ? second : async () => undefined);
    isOver = true;
    await working;
  }

  /** Lets time pass for the sweeper, and waits until nothing is under way. */
  private async heal(problems: string[]): Promise<void> {
    const { cloud } = this;
    await cloud.advance(TAKEN_OVER_MS);
    await cloud.runSchedule('sweep-pending');
    await this.withStores((stores) =>
      until(
        'every settlement to end',
        async () => (settlementsIn(await stores.rows(), 'PREPARED').length === 0 ? true : undefined),
        HEAL_TIMEOUT_MS,
      ),
    ).catch((error: unknown) => problems.push(String(error)));
    problems.push(...(await leftovers(cloud.addresses.controlUrl).catch((error: unknown) => [String(error)])));
  }

  /** Opens the stores as they are now: after each start they are other processes. */
  private async withStores<T>(use: (stores: ValueStores) => Promise<T>): Promise<T> {
    const { sdkEnvironment } = this.cloud.addresses;
    const stores = await ValueStores.open({ sdkEnvironment, postgresPort: this.cloud.postgresPort });
    stores.given = this.given;
    try {
      return await use(stores);
    } finally {
      this.given = stores.given;
      await stores.close();
    }
  }
}

function addressesOf({ addresses }: CloudProcess): Addresses {
  const inbox = addresses.others.find(({ label }) => /inbox/i.test(label))!;
  return { ...addresses, inboxUrl: new URL(inbox.url).origin };
}

/** So that there is something to repair. */
async function wearEverything(stores: ValueStores, players: readonly RestlessPlayer[], atMs: number): Promise<void> {
  for (const characterId of players.flatMap(({ characters }) => characters)) {
    const cause = { reason: 'wear', cause: `chaos-${characterId}-${atMs}`, atMs };
    await stores.commit(await wearDown(characterId, 10, cause as Parameters<typeof wearDown>[2]));
  }
}
