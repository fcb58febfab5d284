import { setTimeout as delay } from 'node:timers/promises';
import { RECONNECT_BACKOFF, RECONNECT_GIVES_UP_AFTER_MS } from '#shared/client/backoff.ts';
import { type CpuPart, describeCpu, watchCpu } from '../cpu-share.ts';
import { percentile } from '../report.ts';
import { type BenchPlayer, newWeather, type Weather } from './bench-player.ts';
import type { StageStores } from './stage-stores.ts';
import { errorsOf, total } from './step.ts';

/** Something is told to everybody at once, and again after these waits while they come back: fewer than a topic keeps. */
const TELL_AFTER_MS = [5_000, 15_000, 40_000, 60_000, 120_000];
/** What everybody is told must have come to all by then. */
const TOLD_WITHIN_MS = 300_000;

export interface StormOptions {
  readonly players: readonly BenchPlayer[];
  readonly stores: StageStores;
  readonly controlUrl: string;
  readonly cpuParts: readonly CpuPart[];
  /** Resolves when nothing is on its way in the local cloud. */
  readonly idle: () => Promise<void>;
}

/**
 * The gateway ends every socket at one moment. Each client does what every client of ours does: it waits a drawn time,
 * comes in again, later each time that it is refused, and resumes. Afterwards all must be as it was, and nothing missed.
 * @returns what was wrong; nothing when the storm was absorbed.
 */
export async function reconnectStorm(options: StormOptions): Promise<readonly string[]> {
  const { players, controlUrl, cpuParts } = options;
  const weather = newWeather();
  for (const player of players) player.weather = weather;
  const cpu = watchCpu(cpuParts);
  const beganMs = performance.now();
  const { ended } = (await (
    await fetch(`${controlUrl}/_local/sockets/end`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  ).json()) as { ended: number };
  const backMs = await comeBack(options, beganMs);
  const wallMs = performance.now() - beganMs;
  console.log(`
Reconnect storm: the gateway ended ${ended} sockets at one moment
  first tries drawn from ${RECONNECT_BACKOFF.firstMs / 1_000} s (API Gateway admits 500 new connections a second, 5,000 in that time),
  further ones from spans that double up to ${RECONNECT_BACKOFF.mostMs / 1_000} s, after Retry-After where there is one
  back: ${backMs.length} of ${players.length} in ${(wallMs / 1_000).toFixed(1)} s, ${(backMs.length / (wallMs / 1_000)).toFixed(1)} a second; \
p50 ${seconds(backMs, 50)}, p99 ${seconds(backMs, 99)}, last ${seconds(backMs, 100)}
  refused and repeated: ${describe(weather)}
  ${describeCpu(cpu())}`);
  const problems = [...errorsOf(weather)].map(([text, times]) => `${times} × ${text}`);
  const out = players.filter(({ isIn }) => !isIn).length;
  if (out > 0) problems.push(`${out} players are not back`);
  if (ended !== players.length) problems.push(`only ${ended} sockets were open before the storm`);
  return [...problems, ...(await verify(options, weather))];
}

/** Seconds after the cut at which each player was back; meanwhile things are told to everybody, to those who are out too. */
async function comeBack({ players, stores }: StormOptions, beganMs: number): Promise<readonly number[]> {
  const backMs: number[] = [];
  const over = new AbortController();
  const telling = (async () => {
    for (const [index, ms] of TELL_AFTER_MS.entries()) {
      await stores.announce(`storm ${index}`);
      await delay(ms, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
    }
  })();
  await Promise.all(
    players.map(async (player) => {
      // The end of its socket may be on its way still.
      while (player.isIn && performance.now() - beganMs < RECONNECT_GIVES_UP_AFTER_MS) await delay(10);
      await player.back();
      if (player.isIn) backMs.push(performance.now() - beganMs);
    }),
  );
  over.abort();
  await telling;
  return backMs;
}

/** Everybody listens as before, and has got everything exactly once: what was told meanwhile, and what is told now. */
async function verify({ players, stores, idle }: StormOptions, weather: Weather): Promise<readonly string[]> {
  const problems: string[] = [];
  await idle();
  const onOpen = await stores.subscribersOf(players[0]!.topics.announcements, true);
  let listening = 0;
  for (const { account, topics } of players) {
    const onOwn = (await stores.subscribersOf(topics.own, false)).get(account.accountId);
    if (onOwn === 1 && onOpen.get(account.accountId) === 1) listening += 1;
  }
  if (listening < players.length)
    problems.push(`${players.length - listening} accounts have not both subscriptions, once`);

  const accounts = players.map(({ account }) => account);
  const beganMs = performance.now();
  await stores.announce('after the storm');
  await stores.notifyEach(accounts, 'after the storm');
  const has = ({ received, topics }: BenchPlayer) =>
    Object.values(topics).every((topic) => received.get(topic)?.includes('after the storm'));
  while (!players.every(has) && performance.now() - beganMs < TOLD_WITHIN_MS) await delay(100);
  const toldMs = performance.now() - beganMs;
  await idle();

  const told = longest(players.map(({ received, topics }) => received.get(topics.announcements) ?? []));
  const complete = players.filter(
    (player) =>
      isOnceEach(player.received.get(player.topics.announcements), told) &&
      isOnceEach(ownAfter(player), ['after the storm']),
  );
  console.log(`  afterwards: ${listening} of ${players.length} accounts listen to both topics again, once each
  ${complete.length} of ${players.length} have each of the ${told.length} announcements (before, during and after the storm) once, and one of
  their own; telling all of them took ${(toldMs / 1_000).toFixed(1)} s; ${weather.repeated} messages came twice and were dropped by their clients`);
  if (complete.length < players.length) {
    problems.push(`${players.length - complete.length} players have not got every message once`);
  }
  return problems;
}

function ownAfter({ received, topics }: BenchPlayer): readonly string[] {
  return (received.get(topics.own) ?? []).filter((text) => text === 'after the storm');
}

function longest(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce((a, b) => (b.length > a.length ? b : a), []);
}

/** All of them, each once, in whatever order. */
function isOnceEach(got: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return got !== undefined && [...got].sort().join('\n') === [...wanted].sort().join('\n');
}

function seconds(durationsMs: readonly number[], rank: number): string {
  return `${(percentile(durationsMs, rank) / 1_000).toFixed(1)} s`;
}

function describe({ refusals, retries }: Weather): string {
  const parts = [...refusals].sort(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`);
  return `${retries} tries (${total(refusals) === 0 ? 'nobody was refused' : parts.join(', ')})`;
}
