import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { announce } from '#functions/notification/admin-contract.ts';
import { consumptionSince } from '#scripts/journey/consumption.ts';
import { localInbox } from '#scripts/journey/inbox.ts';
import { Operator } from '#scripts/journey/operator.ts';
import { until } from '#scripts/journey/until.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { percentile, table } from '../report.ts';
import { makeAccounts } from './accounts.ts';
import { BenchClient } from './client.ts';

const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? 1_000);
const PORT_BASE = 26_000;
/** Clients that act at the same moment in the steps before the storm. */
const AT_ONCE = 16;
/**
 * In the storm each client waits a random part of this before its first try, and twice as long before each further one: full
 * jitter, by which a thousand sockets come back at the pace that two cores can serve.
 */
const STORM_SPREAD_MS = 60_000;
const STORM_TRIES = 5;
const MISSED = 3;

const announcements = '/topic/server/announcements';

/** Functions whose consumption belongs to each step. */
const functionsOf: Readonly<Record<string, readonly string[]>> = {
  login: ['auth.login'],
  refresh: ['auth.refresh'],
  connect: [
    'auth.create-ticket',
    'platform.authorize-http',
    'platform.authorize-socket',
    'push.connect',
    'push.message',
  ],
};

interface Step {
  readonly name: string;
  readonly durationsMs: number[];
  readonly errors: string[];
  wallMs: number;
}

/**
 * `npm run bench -- sessions`: a thousand accounts log in, refresh, connect and come back all at once, on a local cloud
 * of its own. Prints rate, p50, p99 and consumed capacity of each.
 */
export async function sessions(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-sessions-'));
  const cloud = fork(join(import.meta.dirname, 'cloud-process.ts'), [dataDir, String(PORT_BASE)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const over = once(cloud, 'exit');
  try {
    const addresses = (await Promise.race([
      once(cloud, 'message').then(([message]) => message),
      over.then(() => Promise.reject(new Error('the local cloud did not start'))),
    ])) as RunningAddresses;
    await measure(addresses, dataDir);
  } finally {
    if (cloud.connected) cloud.send('stop');
    await over;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(addresses: RunningAddresses, dataDir: string): Promise<void> {
  const { controlUrl } = addresses;
  const idle = () =>
    until(
      'the cloud to be idle',
      async () => {
        const { idle } = (await (await fetch(`${controlUrl}/_local/idle`)).json()) as { idle: boolean };
        return idle ? true : undefined;
      },
      600_000,
    );
  const beganMs = Date.now();
  const accounts = await makeAccounts(addresses, ACCOUNTS);
  const clients = accounts.map((account) => new BenchClient(account, addresses));
  await idle();
  console.log(`\nSessions: ${clients.length} accounts on a local cloud, ${AT_ONCE} clients at a time`);

  const steps: Step[] = [];
  steps.push(await step('login', clients, (client) => client.login()));
  await idle();
  steps.push(await step('refresh', clients, (client) => client.refresh()));
  const topics = (client: BenchClient) => [announcements, `/topic/player/${client.account.accountId}/notifications`];
  steps.push(await step('connect', clients, (client) => client.connect(topics(client))));
  await idle();

  const inbox = addresses.others.find(({ label }) => /inbox|mail/i.test(label))!;
  const operator = await Operator.logIn({
    ...addresses,
    inbox: localInbox(new URL(inbox.url).origin),
    operatorFile: join(dataDir, 'operator.json'),
  });
  await operator.stepUp();
  for (const client of clients) client.drop();
  for (let count = 1; count <= MISSED; count += 1) {
    await operator.api.call(announce, { body: { severity: 'info', text: `missed ${count}` } });
  }
  await idle();
  const storm = await reconnectStorm(clients, topics);
  steps.push(storm.step);
  const missing = clients.filter((client) => (client.received.get(announcements) ?? []).length !== MISSED);

  console.log(
    table(
      ['step', 'count', 'errors', 'per second', 'p50 ms', 'p99 ms'],
      steps.map(({ name, durationsMs, errors, wallMs }) => [
        name,
        String(durationsMs.length),
        String(errors.length),
        (durationsMs.length / (wallMs / 1_000)).toFixed(0),
        percentile(durationsMs, 50).toFixed(0),
        percentile(durationsMs, 99).toFixed(0),
      ]),
    ),
  );
  for (const text of new Set(steps.flatMap(({ errors }) => errors))) console.log(`  error: ${text}`);
  console.log(
    `reconnect storm: all dropped at once, back within ${(storm.step.wallMs / 1_000).toFixed(1)} s, ` +
      `${storm.repeated} tries repeated; ${clients.length - missing.length} of ${clients.length} got the ${MISSED} messages ` +
      'that they had missed, each once',
  );
  await consumed(controlUrl, beganMs);
  for (const client of clients) client.drop();
  if (steps.some(({ errors }) => errors.length > 0) || missing.length > 0) process.exitCode = 1;
}

async function step(
  name: string,
  clients: readonly BenchClient[],
  act: (client: BenchClient) => Promise<void>,
): Promise<Step> {
  const result: Step = { name, durationsMs: [], errors: [], wallMs: 0 };
  const startMs = performance.now();
  const queue = clients.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const client of queue) await timed(result, () => act(client));
    }),
  );
  result.wallMs = performance.now() - startMs;
  return result;
}

async function timed(result: Step, act: () => Promise<void>): Promise<void> {
  const startMs = performance.now();
  try {
    await act();
    result.durationsMs.push(performance.now() - startMs);
  } catch (error) {
    result.errors.push(error instanceof Error ? error.message : String(error));
  }
}

/** Everybody is gone at the same moment and wants back at once; who is refused waits longer each time. */
async function reconnectStorm(
  clients: readonly BenchClient[],
  topics: (client: BenchClient) => readonly string[],
): Promise<{ step: Step; repeated: number }> {
  const result: Step = { name: 'resume (storm)', durationsMs: [], errors: [], wallMs: 0 };
  let repeated = 0;
  const startMs = performance.now();
  await Promise.all(
    clients.map((client) =>
      timed(result, async () => {
        await delay(Math.random() * STORM_SPREAD_MS);
        for (let tries = 1; ; tries += 1) {
          try {
            return await client.connect(topics(client));
          } catch (error) {
            if (tries === STORM_TRIES) throw error;
            repeated += 1;
            client.drop();
            await delay(Math.random() * STORM_SPREAD_MS * 2 ** tries);
          }
        }
      }),
    ),
  );
  result.wallMs = performance.now() - startMs;
  return { step: result, repeated };
}

async function consumed(controlUrl: string, sinceMs: number): Promise<void> {
  const { functions, cut } = await consumptionSince(controlUrl, sinceMs);
  const rows = Object.entries(functionsOf).flatMap(([name, ids]) =>
    ids.flatMap((id) => {
      const one = functions.find((each) => each.id === id);
      return one
        ? [[`${name}: ${id}`, String(one.calls), one.readUnits.mean.toFixed(1), one.writeUnits.mean.toFixed(1)]]
        : [];
    }),
  );
  console.log(`\n${table(['consumed per call', 'calls', 'RCU', 'WCU'], rows)}`);
  if (cut.length > 0) console.log(`of ${cut.join(', ')} only the latest calls are counted`);
}
