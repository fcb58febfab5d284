import { accept, listRequests, request } from '#functions/friend/contract.ts';
import { cloudNowMs, consumptionSince } from './consumption.ts';
import { consumptionReport } from './consumption-report.ts';
import { Operator } from './operator.ts';
import { JourneyPlayer } from './player.ts';
import { banFromTheWorld, revokeFromElsewhere } from './put-out.ts';
import { leftovers } from './settled.ts';
import { spell } from './spell.ts';
import type { JourneyOptions } from './stage-addresses.ts';
import { StepRecorder } from './step-recorder.ts';
import { deleteAndRestore, queueAtFullRealm, secureAndRecover, takeOver } from './trials.ts';
import { until } from './until.ts';

export interface JourneyResult {
  readonly report: string;
  /** What the run consumed and what that costs; unset where the functions' logs cannot be read. */
  readonly consumption: string | undefined;
  /** Failed steps and everything that is not as it should be at the end. */
  readonly problems: readonly string[];
}

/** What every player's journey must have been counted as, once each. */
const COUNTED_PER_PLAYER = ['ACCOUNT_CREATED', 'CHARACTER_CREATED', 'LOGIN_SUCCESS', 'LOGOUT'];
const COUNTED_IN_ZONE = ['QUEST_STARTED', 'QUEST_COMPLETED', 'ITEM_PICKED_UP'];
/** Players kill together, and share what falls: these come about at least once. */
const COUNTED_TOGETHER = ['NPC_DIED', 'LOOT_GENERATED'];

/** Plays the specification's player journey with all players at once, then checks that nothing is half done. */
export async function playJourney(options: JourneyOptions, say: (line: string) => void): Promise<JourneyResult> {
  const recorder = new StepRecorder();
  const run = runName();
  const players = Array.from(
    { length: options.players },
    (_none, index) => new JourneyPlayer(options, recorder, run, index),
  );
  const overseer = await Operator.logIn(options);
  const before = await overseer.countsToday();
  const startedMs = options.controlUrl ? await cloudNowMs(options.controlUrl) : 0;

  const stage = async (title: string, play: (player: JourneyPlayer) => Promise<void>, who = alive(players)) => {
    say(`${title} … ${who.length} players`);
    await Promise.all(who.map((player) => play(player).catch(() => lost.add(player))));
  };
  const lost = new Set<JourneyPlayer>();
  function alive(all: readonly JourneyPlayer[]): JourneyPlayer[] {
    return all.filter((player) => !lost.has(player));
  }

  await stage('Registration', (player) => player.register(), players);
  await stage('Login', async (player) => {
    await player.login();
    await player.welcomed();
  });
  await stage('Second factor, forgotten password', secureAndRecover);
  await stage('Character', async (player) => {
    await player.chooseCharacter();
    await deleteAndRestore(player);
  });
  if (options.zone) {
    await stage('Into the zone', async ({ adventure }) => {
      await adventure.acceptQuest();
      await adventure.enterZone();
    });
    await stage('Movement', ({ adventure }) => adventure.walkAndWatch());
    await stage('Fight, loot, quest', async (player) => {
      await player.acrossACutLine(() => player.adventure.fightForQuest());
      if (player === players[0]) await player.adventure.huntLegendary();
      await player.adventure.checkProgress();
    });
  }
  await stage('Friends', befriender(alive(players), recorder));
  await stage('A second login', takeOver);
  await stage('Logout', (player) => player.logout());
  await stage('Afterwards', (player) => player.checkAfterwards());
  const [first, second] = alive(players);
  if (first && second) await stage('A full realm', () => queueAtFullRealm(first, second, overseer), [first]);
  if (first) await stage('A revoked session', revokeFromElsewhere, [first]);
  if (second) await stage('A ban', (player) => banFromTheWorld(player, overseer), [second]);

  const problems = [...recorder.failures];
  if (options.controlUrl) problems.push(...(await leftovers(options.controlUrl)));
  const consumption = await consumed(options.controlUrl);
  problems.push(...(await miscounted(overseer, before, options)));
  return { report: recorder.report(), consumption, problems };

  async function consumed(controlUrl: string | undefined): Promise<string | undefined> {
    if (!controlUrl) return undefined;
    return consumptionReport(await consumptionSince(controlUrl, startedMs), {
      players: options.players,
      pushes: players.reduce((sum, { push }) => sum + (push?.messages.length ?? 0), 0),
      zone: options.zone,
      allFunctions: options.allFunctions ?? false,
    });
  }

  async function miscounted(
    by: Operator,
    atStart: ReadonlyMap<string, number>,
    { zone, players: expected }: JourneyOptions,
  ): Promise<string[]> {
    if (lost.size > 0) return [];
    const times = new Map([
      ...[...COUNTED_PER_PLAYER, ...(zone ? COUNTED_IN_ZONE : [])].map((name) => [name, expected] as const),
      ...(zone ? COUNTED_TOGETHER : []).map((name) => [name, 1] as const),
    ]);
    const counted = async () => {
      const now = await by.countsToday();
      return [...times].filter(([name, least]) => (now.get(name) ?? 0) - (atStart.get(name) ?? 0) < least);
    };
    const short = await until('analytics to have counted everything', async () =>
      (await counted()).length === 0 ? [] : undefined,
    ).catch(counted);
    return short.map(([name, least]) => `analytics has not counted ${name} ${least} times`);
  }
}

/** Each player asks the next; the next is told at once, and accepts. Odd ones out ask the first. */
function befriender(players: readonly JourneyPlayer[], recorder: StepRecorder) {
  return async (player: JourneyPlayer): Promise<void> => {
    const at = players.indexOf(player);
    if (at % 2 === 1) return;
    const other = players[at + 1] ?? players[0];
    if (!other || other === player) return;
    await recorder.step('5 friend request', player.name, () =>
      player.api.call(request, { body: { characterName: other.name } }),
    );
    const sentMs = performance.now();
    await recorder.step('5 the other is told, and accepts', other.name, async () => {
      const isListed = async () => {
        const { requests } = await other.api.call(listRequests, { query: {} });
        return requests.some(({ accountId }) => accountId === player.accountId);
      };
      if (other.push) {
        const pushed = await until('the friend request to be pushed', () => other.pushed('friends', player.accountId));
        recorder.record('event path: commit → push', Math.max(0, pushed.receivedMs - sentMs));
      }
      const notifiedMs = await other.notified(player.name);
      if (other.push) recorder.record('event path: commit → subscriber → push', Math.max(0, notifiedMs - sentMs));
      if (!(await isListed())) throw new Error('the request is not listed');
      await other.api.call(accept, { params: { accountId: player.accountId } });
    });
    await recorder.step('5 the asker is told', player.name, () =>
      player.push
        ? until('the acceptance to be pushed', () => player.pushed('friends', other.accountId)?.receivedMs)
        : player.notified(other.name),
    );
  };
}

/** Tells this run's players from those of other runs. */
function runName(): string {
  const name = spell(Math.floor(Date.now() / 50), 8);
  return name[0]!.toUpperCase() + name.slice(1);
}
