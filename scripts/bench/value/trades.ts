import { tradeLimits } from '#functions/trade/rules.ts';
import type { ValueStores } from '#scripts/chaos/value-stores.ts';
import type { Duper } from '#scripts/e2e/dupes/player.ts';
import { type CpuPart, describeCpu, watchCpu } from '../cpu-share.ts';
import { percentile, table } from '../report.ts';
import { untilIdle } from '../until-idle.ts';
import { agree, type Durations } from './bargain.ts';

/** So long pairs begin new trades. */
const TRADING_MS = 60_000;
const PRICE = 50n;
const STACKS = Array.from({ length: 6 }, () => ['ceramic-plate', 5] as const);

interface Market {
  readonly controlUrl: string;
  readonly stores: ValueStores;
  /** Each two in a row are a pair, and stand together. */
  readonly traders: readonly Duper[];
  readonly cpuParts: readonly CpuPart[];
}

/** Pairs trade six stacks for money, and back, all pairs at once, over and over; prints trades a second. */
export async function printTrades({ controlUrl, stores, traders, cpuParts }: Market): Promise<void> {
  const pairs: {
    readonly sides: readonly [Duper, Duper];
    readonly itemIds: Awaited<ReturnType<ValueStores['giveItems']>>;
  }[] = [];
  for (let first = 0; first < traders.length; first += 2) {
    const sides = [traders[first]!, traders[first + 1]!] as const;
    for (const { characterId } of sides) await stores.giveMoney(characterId, 10_000n);
    pairs.push({ sides, itemIds: await stores.giveItems(sides[0].characterId, ...STACKS) });
  }
  await untilIdle(controlUrl);
  const durations: Durations = new Map();
  const refusals: string[] = [];
  const cpu = watchCpu(cpuParts);
  const beganMs = performance.now();
  let done = 0;
  await Promise.all(
    pairs.map(async ({ sides: [one, other], itemIds }) => {
      let [seller, buyer] = [one, other];
      while (performance.now() - beganMs < TRADING_MS) {
        try {
          const settle = await agree({ seller, buyer, itemIds, price: PRICE }, durations);
          await settle();
        } catch (error) {
          refusals.push(error instanceof Error ? error.message : String(error));
          return;
        }
        done += 1;
        [seller, buyer] = [buyer, seller];
      }
    }),
  );
  const wallMs = performance.now() - beganMs;
  const use = cpu();
  console.log(
    `\nTrades end to end, over HTTP: ${pairs.length} pairs at once, ${STACKS.length} stacks for money, ` +
      `each with a cool-down of ${tradeLimits.coolDownMs / 1_000} s\n`,
  );
  const rows = [...durations].map(([name, ms]) => [
    name,
    String(ms.length),
    percentile(ms, 50).toFixed(0),
    percentile(ms, 99).toFixed(0),
  ]);
  console.log(table(['call', 'count', 'p50 ms', 'p99 ms'], rows));
  console.log(`\n${done} trades in ${(wallMs / 1_000).toFixed(0)} s: ${((done * 1_000) / wallMs).toFixed(2)} a second`);
  console.log(describeCpu(use));
  for (const [name, ms] of use?.partsMs ?? [])
    console.log(`  ${name}: ${(ms / wallMs).toFixed(2)} cores, ${(ms / Math.max(1, done)).toFixed(0)} ms a trade`);
  for (const refusal of refusals) console.log(`  refused, and its pair has stopped: ${refusal}`);
  if (refusals.length > 0) process.exitCode = 1;
}
