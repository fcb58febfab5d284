import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '#shared/client/api-client.ts';
import { CALL_BACKOFF, waitMs } from '#shared/client/backoff.ts';
import { type CpuPart, type CpuUse, watchCpu } from '../cpu-share.ts';
import { type BenchPlayer, count, newWeather, type Weather } from './bench-player.ts';

/** Tries of one player before a refusal counts. */
const TRIES = 10;

/** One thing that all players do, and what was seen of it. */
export interface Step {
  readonly name: string;
  readonly durationsMs: readonly number[];
  readonly wallMs: number;
  readonly beganMs: number;
  readonly weather: Weather;
  readonly cpu: CpuUse | undefined;
}

export interface StepOptions {
  readonly name: string;
  readonly players: readonly BenchPlayer[];
  readonly cpuParts: readonly CpuPart[];
  /** How many players act at the same moment. */
  readonly atOnce: number;
  readonly act: (player: BenchPlayer) => Promise<void>;
}

/** Has every player do something, some of them at a time. Who fails is counted among the errors; the others go on. */
export async function step({ name, players, cpuParts, atOnce, act }: StepOptions): Promise<Step> {
  const weather = newWeather();
  for (const player of players) player.weather = weather;
  const durationsMs: number[] = [];
  const cpu = watchCpu(cpuParts);
  const beganMs = Date.now();
  const startMs = performance.now();
  const queue = players.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const player of queue) {
        try {
          durationsMs.push(await patiently(() => act(player), weather));
        } catch (error) {
          // Those are among the refusals.
          if (error instanceof ApiError && error.status >= 500) continue;
          count(weather.errors, error instanceof Error ? error.message : String(error));
        }
      }
    }),
  );
  return { name, durationsMs, wallMs: performance.now() - startMs, beganMs, weather, cpu: cpu() };
}

/** Acts again after a refusal with 429, as every client does. @returns how long the try took that went well. */
async function patiently(act: () => Promise<void>, weather: Weather): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    const beganMs = performance.now();
    try {
      await act();
      return performance.now() - beganMs;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 429 || failures === TRIES - 1) throw error;
      weather.retries += 1;
      await delay(waitMs(CALL_BACKOFF, failures, error.retryAfterMs));
    }
  }
}

/** Errors of a step: what players noticed, and answers that only a fault of ours gives. */
export function errorsOf({ errors, refusals }: Weather): ReadonlyMap<string, number> {
  const faults = [...refusals].filter(([status]) => status >= 500);
  return new Map([...errors, ...faults.map(([status, times]) => [`answered ${status}`, times] as const)]);
}

export function total(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}
