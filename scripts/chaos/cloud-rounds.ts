import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wearDown } from '#functions/inventory/public.ts';
import type { Addresses } from '#scripts/e2e/hostile/web-player.ts';
import { leftovers } from '#scripts/journey/settled.ts';
import { until } from '#scripts/journey/until.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { CloudProcess } from './cloud-process.ts';
import { nextMove } from './moves.ts';
import type { CrashOptions, CrashReport } from './postgres-rounds.ts';
import { type Call, RestlessPlayer } from './restless-player.ts';
import { valueComplaints } from './value-audit.ts';
import { type Row, ValueStores } from './value-stores.ts';

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
/** Of each round's answers that were given before the kill so many are asked for again. */
const ASKED_AGAIN = 6;
/** The kill comes after so many answers in all, and a moment in which further calls are on their way. */
const LOAD_ANSWERS = { min: 3, max: 45 };
const MOMENT_MS = { min: 0, max: 120 };
const LOAD_TIMEOUT_MS = 90_000;
/** So often the stores are killed too. */
const STORES_PERCENT = 40;
/** Settlements that the workers have left are taken over after this. */
const TAKEN_OVER_MS = TAKE_OVER_AFTER_MS + 1_000;
/** Everything is ended by then. */
const HEAL_TIMEOUT_MS = 60_000;

/**
 * Kills the local cloud at random moments while players move value, in some rounds its stores with it; starts it again
 * on the same data, has the players repeat what was in doubt, and looks: nothing was doubled or lost, nothing is left
 * half-way, and whatever was answered is answered the same (V1 to V6).
 */
export async function crashCloud({ rounds, seed, say }: CrashOptions): Promise<CrashReport> {
  const dice = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  // Postgres runs as another user where we are root.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const root = new URL('../..', import.meta.url).pathname;
  const cloud = new CloudProcess({ root, dataDir, portBase: PORT_BASE });
  const report = { rounds, asked: 0, inDoubt: 0, problems: [] as string[] };
  try {
    await cloud.start();
    const players: RestlessPlayer[] = [];
    for (let index = 1; index <= PLAYERS; index += 1)
      players.push(await RestlessPlayer.register(addressesOf(cloud), index));
    const chaos = new Chaos(cloud, players, dice);
    await chaos.begin();
    for (let round = 1; round <= rounds; round += 1) {
      const { line, asked, inDoubt, problems } = await chaos.round();
      report.asked += asked;
      report.inDoubt += inDoubt;
      report.problems.push(...problems.map((problem) => `round ${round} of seed ${seed}: ${problem}`));
      say(`  ${round}: ${line}, ${problems.length} problems`);
      for (const problem of problems) say(`    ✘ seed ${seed}: ${problem}`);
    }
    return report;
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Round {
  readonly line: string;
  readonly asked: number;
  readonly inDoubt: number;
  readonly problems: readonly string[];
}

class Chaos {
  private readonly cloud: CloudProcess;
  private readonly players: readonly RestlessPlayer[];
  private readonly dice: SeededRandom;
  /** Amounts of every kind of item that there are, wherever they are. */
  private minted: ReadonlyMap<string, number> = new Map();
  private given = 0n;

  constructor(cloud: CloudProcess, players: readonly RestlessPlayer[], dice: SeededRandom) {
    this.cloud = cloud;
    this.players = players;
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
      this.minted = amountsIn(await stores.rows());
    });
    for (const player of this.players) await player.comeBack(addressesOf(this.cloud));
  }

  async round(): Promise<Round> {
    const { cloud, players, dice } = this;
    await this.withStores((stores) => wearEverything(stores, players, cloud.nowMs));
    for (const player of players) player.calls.length = 0;
    const stores = dice.percent(STORES_PERCENT);
    await this.playUntilKilled(stores);
    const calls = players.flatMap((player) => player.calls.map((call) => ({ player, call })));
    const doubtful = calls.filter(({ call }) => call.answer === undefined);

    await cloud.start();
    for (const player of players) await player.comeBack(addressesOf(cloud));
    const left = await this.withStores(async (open) => settlementsIn(await open.rows(), 'PREPARED').length);
    const problems = await this.repeatCalls(calls);
    await this.heal(problems);
    problems.push(...(await this.withStores((open) => this.audit(open))));
    return {
      line: `${stores ? 'cloud and stores' : 'cloud'} killed, ${calls.length} calls, ${doubtful.length} in doubt, ${left} settlements left half-way`,
      asked: calls.length,
      inDoubt: doubtful.length,
      problems,
    };
  }

  /** All play until the cloud dies under them. */
  private async playUntilKilled(stores: boolean): Promise<void> {
    let isOver = false;
    const work = async (player: RestlessPlayer, dice: SeededRandom): Promise<void> => {
      // What breaks when the cloud dies is looked at afterwards, by what was in doubt.
      while (!isOver) await nextMove(player, dice).catch(() => undefined);
    };
    const clients = this.players.flatMap((player) => Array.from({ length: CLIENTS }, () => player));
    const working = Promise.all(clients.map((player) => work(player, this.dice.fork())));
    const wanted = this.dice.int(LOAD_ANSWERS.min, LOAD_ANSWERS.max);
    const answered = () => this.players.flatMap(({ calls }) => calls.filter(({ answer }) => answer)).length;
    await until('calls to be answered', () => (answered() >= wanted ? true : undefined), LOAD_TIMEOUT_MS);
    await delay(this.dice.int(MOMENT_MS.min, MOMENT_MS.max));
    await this.cloud.kill({ stores });
    isOver = true;
    await working;
  }

  /** What was in doubt twice, and some of what was not: each must be answered one way. */
  private async repeatCalls(calls: readonly { player: RestlessPlayer; call: Call }[]): Promise<string[]> {
    const problems: string[] = [];
    const doubtful = calls.filter(({ call }) => call.answer === undefined);
    const known = calls.filter(({ call }) => call.isRemembered && call.answer && call.answer.status < 300);
    const again = Array.from({ length: Math.min(ASKED_AGAIN, known.length) }, () => this.dice.pick(known));
    for (const { player, call } of [...doubtful, ...doubtful, ...new Set(again)]) {
      const before = call.answer;
      const after = await player.repeat(call).catch((error: unknown) => ({ status: 0, text: String(error) }));
      call.answer ??= after;
      if (after.status === 0) problems.push(`${call.path} by key ${call.key} has no answer: ${after.text}`);
      // A refusal that was not recorded may be another one by now; a success is one for ever.
      if (
        call.isRemembered &&
        before &&
        before.status < 300 &&
        (before.text !== after.text || before.status !== after.status)
      ) {
        const [was, is] = [before, after].map(({ status, text }) => `${status} ${text.slice(0, 300)}`);
        problems.push(`${call.path} by key ${call.key} was answered ${was}, and then ${is}`);
      }
    }
    return problems;
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

  private async audit(stores: ValueStores): Promise<string[]> {
    const now = amountsIn(await stores.rows());
    const changed = [...new Set([...now.keys(), ...this.minted.keys()])]
      .filter((templateId) => now.get(templateId) !== this.minted.get(templateId))
      .map(
        (templateId) => `there were ${this.minted.get(templateId)} of ${templateId}, and are ${now.get(templateId)}`,
      );
    return [...(await valueComplaints(stores)), ...changed];
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

const settlementsIn = (rows: readonly Row[], state: string) =>
  rows.filter((row) => row._et === 'Settlement' && row.state === state);

function amountsIn(rows: readonly Row[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const row of rows.filter(({ _et }) => _et === 'Item')) {
    const templateId = String(row.templateId);
    amounts.set(templateId, (amounts.get(templateId) ?? 0) + Number(row.count));
  }
  return amounts;
}

/** So that there is something to repair. */
async function wearEverything(stores: ValueStores, players: readonly RestlessPlayer[], atMs: number): Promise<void> {
  for (const characterId of players.flatMap(({ characters }) => characters)) {
    const cause = { reason: 'wear', cause: `chaos-${characterId}-${atMs}`, atMs };
    await stores.commit(await wearDown(characterId, 10, cause as Parameters<typeof wearDown>[2]));
  }
}
