import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consumptionSince, type FunctionConsumption } from '#scripts/journey/consumption.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { type CpuPart, describeCpu } from '../cpu-share.ts';
import type { BenchOptions } from '../options.ts';
import { percentile, table } from '../report.ts';
import { untilIdle } from '../until-idle.ts';
import { BenchPlayer } from './bench-player.ts';
import { StageStores } from './stage-stores.ts';
import { errorsOf, type Step, step, total } from './step.ts';
import { reconnectStorm } from './storm.ts';

const PORT_BASE = 26_000;
/** Clients that act at the same moment in the steps before the storm. */
const AT_ONCE = 16;
const MISSED = 3;

/** Functions that serve a client's own call; others that run meanwhile react to events. */
const SERVING = new Set([
  'auth.login',
  'auth.refresh',
  'auth.create-ticket',
  'platform.authorize-http',
  'platform.authorize-socket',
  'push.connect',
  'push.message',
  'push.disconnect',
]);

/**
 * `npm run bench -- sessions [--accounts N]`: a thousand accounts log in, refresh, connect, listen, resume and come back all
 * at once, on a local cloud of its own. Prints rate, p50, p99 and consumed capacity of each, and fails on any error.
 */
export async function sessions({ accounts }: BenchOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-sessions-'));
  const cloud = fork(join(import.meta.dirname, 'cloud-process.ts'), [dataDir, String(PORT_BASE)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const over = once(cloud, 'exit');
  const cpuParts: readonly CpuPart[] = [
    { name: 'clients', pid: process.pid },
    { name: 'local cloud', pid: cloud.pid! },
    { name: 'DynamoDB Local', pid: cloud.pid!, command: 'java' },
  ];
  try {
    const addresses = (await Promise.race([
      once(cloud, 'message').then(([message]) => message),
      over.then(() => Promise.reject(new Error('the local cloud did not start'))),
    ])) as RunningAddresses;
    const stores = await StageStores.open(addresses);
    try {
      await measure(addresses, stores, cpuParts, accounts);
    } finally {
      stores.close();
    }
  } finally {
    if (cloud.connected) cloud.send('stop');
    await over;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  addresses: RunningAddresses,
  stores: StageStores,
  cpuParts: readonly CpuPart[],
  count: number,
): Promise<void> {
  const { controlUrl } = addresses;
  const [first, ...made] = (await stores.makeAccounts(count + 1)).map((account) => new BenchPlayer(account, addresses));
  let players: readonly BenchPlayer[] = made;
  console.log(`\nSessions: ${players.length} accounts on a local cloud, ${AT_ONCE} clients at a time`);
  const idle = () => untilIdle(controlUrl);
  const all = async (name: string, act: (player: BenchPlayer) => Promise<void>): Promise<Measured> => {
    await idle();
    const seen = await step({ name, players, cpuParts, atOnce: AT_ONCE, act });
    // What follows from it, such as a welcome, belongs to it.
    await idle();
    const { functions, cut } = await consumptionSince(controlUrl, seen.beganMs);
    if (cut.length > 0) console.log(`of ${cut.join(', ')} only the latest calls are counted`);
    return { seen, functions };
  };
  const listen = (topic: keyof BenchPlayer['topics']) => (player: BenchPlayer) =>
    player.subscribe(player.topics[topic]);

  // One goes ahead: the first call of a function, which starts it, is not what is measured here.
  await first!.login();
  await first!.refresh();
  await first!.connect();
  await listen('announcements')(first!);
  await first!.leave();

  const steps = [await all('log in', (player) => player.login())];
  // Who is not in cannot go on; the step has counted why.
  players = players.filter(({ isLoggedIn }) => isLoggedIn);
  steps.push(await all('refresh', (player) => player.refresh()));
  steps.push(await all('connect', (player) => player.connect()));
  steps.push(await all('subscribe to what all hear', listen('announcements')));
  steps.push(await all('subscribe to their own', listen('own')));
  steps.push(await all('leave', (player) => player.leave()));
  for (let missed = 1; missed <= MISSED; missed += 1) await stores.announce(`missed ${missed}`);
  steps.push(await all('connect again', (player) => player.connect()));
  steps.push(await all(`resume, ${MISSED} messages missed`, listen('announcements')));
  steps.push(await all('resume, nothing missed', listen('own')));
  report(steps, players.length);
  const lacking = players.filter(
    ({ received, topics }) => received.get(topics.announcements)?.length !== MISSED,
  ).length;
  console.log(
    `resumed: ${players.length - lacking} of ${players.length} got the ${MISSED} messages that they had missed, each once`,
  );

  const problems = steps.flatMap(({ seen }) =>
    [...errorsOf(seen.weather)].map(([text, times]) => `${seen.name}: ${times} × ${text}`),
  );
  if (lacking > 0) problems.push(`${lacking} players have missed messages`);
  problems.push(...(await reconnectStorm({ players, stores, controlUrl, cpuParts, idle })));
  for (const problem of problems) console.log(`  error: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  await Promise.all(players.map((player) => player.leave()));
}

interface Measured {
  readonly seen: Step;
  readonly functions: readonly FunctionConsumption[];
}

/** Parts of coming in that have a row of their own. */
const PARTS = { ticket: '· ticket', socket: '· $connect (socket)', connect: '· CONNECT' } as const;

function report(steps: readonly Measured[], players: number): void {
  const perOperation = ({ seen, functions }: Measured, of: (one: FunctionConsumption) => number): string => {
    const units = functions.filter(({ id }) => SERVING.has(id)).reduce((sum, one) => sum + of(one), 0);
    return (units / Math.max(1, seen.durationsMs.length)).toFixed(1);
  };
  const rows = steps.flatMap((measured) => {
    const { seen } = measured;
    const own = timing(seen.name, seen.durationsMs, seen);
    const units = [
      String(seen.weather.refusals.get(429) ?? 0),
      String(total(errorsOf(seen.weather))),
      perOperation(measured, (one) => one.readUnits.total),
      perOperation(measured, (one) => one.writeUnits.total),
      perOperation(measured, (one) => one.tableCalls),
      ...cpuOf(seen),
    ];
    const parts =
      seen.weather.stagesMs.ticket.length === 0
        ? []
        : Object.entries(PARTS).map(([stage, name]) =>
            timing(name, seen.weather.stagesMs[stage as keyof typeof PARTS], seen),
          );
    return [[...own, ...units], ...parts];
  });
  const head = [
    'step',
    'count',
    'per s',
    'p50 ms',
    'p99 ms',
    '429',
    'errors',
    'RCU',
    'WCU',
    'calls',
    'CPU ms',
    'others',
  ];
  console.log(table(head, rows));
  console.log(
    '429: refused and repeated; RCU, WCU (by rule), calls of the table and CPU are those of one operation; others: cores that something else used',
  );
  console.log(`of the whole: ${describeCpu(merged(steps))}\n`);
  const functions = steps.flatMap(({ seen, functions: ran }) =>
    ran
      .filter(({ calls }) => calls >= players / 10)
      .map((one) => [
        `${seen.name}: ${one.id}`,
        String(one.calls),
        (one.readUnits.total / one.calls).toFixed(1),
        (one.writeUnits.total / one.calls).toFixed(1),
        (one.tableCalls / one.calls).toFixed(1),
      ]),
  );
  console.log(table(['consumed per call', 'calls', 'RCU', 'WCU', 'table calls'], functions));
}

function timing(name: string, durationsMs: readonly number[], { wallMs }: Step): string[] {
  return [
    name,
    String(durationsMs.length),
    (durationsMs.length / (wallMs / 1_000)).toFixed(0),
    percentile(durationsMs, 50).toFixed(0),
    percentile(durationsMs, 99).toFixed(0),
  ];
}

/** Processor time of one operation, in all processes; cores that others used meanwhile. */
function cpuOf({ cpu, durationsMs }: Step): string[] {
  if (!cpu) return ['?', '?'];
  const ms = [...cpu.partsMs.values()].reduce((sum, part) => sum + part, 0);
  return [(ms / Math.max(1, durationsMs.length)).toFixed(0), cpu.foreignCores.toFixed(2)];
}

function merged(steps: readonly Measured[]) {
  const uses = steps.flatMap(({ seen }) => (seen.cpu ? [{ ...seen.cpu, wallMs: seen.wallMs }] : []));
  const wallMs = uses.reduce((sum, use) => sum + use.wallMs, 0);
  if (wallMs === 0) return undefined;
  const mean = (of: (use: (typeof uses)[number]) => number) =>
    uses.reduce((sum, use) => sum + of(use) * use.wallMs, 0) / wallMs;
  return {
    ownCores: mean(({ ownCores }) => ownCores),
    foreignCores: mean(({ foreignCores }) => foreignCores),
    cores: uses[0]!.cores,
    partsMs: new Map<string, number>(),
  };
}
