import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValueStores } from '#scripts/chaos/value-stores.ts';
import { Duper } from '#scripts/e2e/dupes/player.ts';
import { intoZoneOf } from '#scripts/e2e/dupes/standing.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import type { CpuPart } from '../cpu-share.ts';
import { printLanes } from './lanes.ts';
import { printTrades } from './trades.ts';

const PORT_BASE = 27_000;
const PAIRS = 6;
const BEAT_MS = 30_000;

type Started = RunningAddresses & { readonly postgresPort: number };

/**
 * `npm run bench -- value`: what a settlement consumes and costs, by lane, beside the design's aims; and how many trades a
 * second pairs of players complete, from the request to the second accept. On a local cloud with a zone fleet of its own.
 */
export async function value(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-value-'));
  chmodSync(dataDir, 0o755);
  const script = join(import.meta.dirname, '../sessions/cloud-process.ts');
  const cloud = fork(script, [dataDir, String(PORT_BASE), 'fleet'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const over = once(cloud, 'exit');
  const closing: (() => Promise<void> | void)[] = [];
  try {
    const started = (await Promise.race([
      once(cloud, 'message').then(([message]) => message),
      over.then(() => Promise.reject(new Error('the local cloud did not start'))),
    ])) as Started;
    const inbox = started.others.find(({ label }) => /inbox|mail/i.test(label))!;
    const addresses = { ...started, inboxUrl: new URL(inbox.url).origin };
    const stores = await ValueStores.open(started);
    closing.push(() => stores.close());

    const players: Duper[] = [];
    for (let index = 0; index <= PAIRS * 2; index += 1) players.push(await Duper.register(addresses, index));
    const [mailer, ...traders] = players as [Duper, ...Duper[]];
    // Who is not heard of for 75 seconds drops out of trades.
    const pulse = setInterval(() => void Promise.allSettled(players.map((one) => one.beat())), BEAT_MS);
    closing.push(() => clearInterval(pulse));
    for (const one of traders) {
      const { socket } = await intoZoneOf(one);
      closing.push(() => socket.close());
    }
    const twin = await mailer.secondCharacter(PAIRS * 2 + 1);
    await printLanes({ controlUrl: started.controlUrl, stores, mailer, twin, ana: traders[0]!, bob: traders[1]! });
    const cpuParts: readonly CpuPart[] = [
      { name: 'clients', pid: process.pid },
      { name: 'local cloud with its functions and fleet', pid: cloud.pid! },
      { name: 'DynamoDB Local', pid: cloud.pid!, command: 'java' },
      { name: 'Postgres', pid: cloud.pid!, command: 'postgres' },
    ];
    await printTrades({ controlUrl: started.controlUrl, stores, traders, cpuParts });
  } finally {
    for (const close of closing.reverse()) await close();
    if (cloud.connected) cloud.send('stop');
    await over;
    rmSync(dataDir, { recursive: true, force: true });
  }
}
