import { randomBytes, randomInt } from 'node:crypto';
import { hashPassword } from '#functions/auth/password-hash.ts';
import { SECOND_MS, useClock } from '#shared/kernel/clock.ts';
import type { HttpEvent, LambdaContext } from '#shared/runtime/invocation.ts';
import { useSecrets } from '#shared/runtime/secrets.ts';
import { useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { createMemoryTestTable } from '#shared/testing/memory-table/memory-test-table.ts';
import { createTestSecrets } from '#shared/testing/test-secrets.ts';
import { prepare, type Standing, standings, type TimedEndpoint, timedEndpoints } from './classes.ts';

/** How long each answer of an endpoint took, by what the address was. */
export type Samples = Readonly<Record<Standing, { readonly wallMs: number[]; readonly cpuMs: number[] }>>;

const WARM_UP = 100;
/** Real seconds do not matter to the endpoints: a clock that leaps keeps the alarm on failures quiet. */
const STEP_MS = 5 * SECOND_MS;
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 } as LambdaContext;

/**
 * Takes the samples of one endpoint. Each has an address and a network of its own, so that no limit is ever reached. One
 * call at a time, the classes in random order within each round, so that whatever else the machine does hits all of them
 * alike. Ends early, with fewer samples, when the time is up.
 */
async function sample(timed: TimedEndpoint, count: number): Promise<Samples> {
  Object.assign(process.env, { STAGE: 'bench', AWS_REGION: 'eu-central-1' });
  const { client } = createMemoryTestTable('bench');
  const secrets = createTestSecrets();
  let nowMs = Date.now();
  useTable({ client, tableName: 'bench' });
  useSecrets(async (name) => secrets[name]);
  useMetricSink(() => {});
  useClock({ nowMs: () => nowMs });

  const addresses = await prepareAll(WARM_UP + count, secrets['password-pepper'], nowMs);
  const samples: Samples = {
    known: { wallMs: [], cpuMs: [] },
    unknown: { wallMs: [], cpuMs: [] },
    unconfirmed: { wallMs: [], cpuMs: [] },
  };
  const endMs = performance.now() + timed.longestMs;
  let serial = 0;
  for (const [round, emails] of addresses.entries()) {
    if (performance.now() > endMs) break;
    for (const standing of shuffled(standings)) {
      serial += 1;
      nowMs += STEP_MS;
      const event = request(timed, emails[standing], serial);
      const cpuBefore = process.cpuUsage();
      const begun = performance.now();
      const { statusCode } = await timed.handler(event, context);
      const elapsedMs = performance.now() - begun;
      const { user, system } = process.cpuUsage(cpuBefore);
      if (statusCode !== timed.status) throw new Error(`${timed.name}, ${standing} answered ${statusCode}`);
      if (round < WARM_UP) continue;
      samples[standing].wallMs.push(elapsedMs);
      // Of the whole process, its threads included: what others do on the machine is not in it.
      samples[standing].cpuMs.push((user + system) / 1_000);
    }
  }
  return samples;
}

/** Addresses of all rounds, made before anything is timed: the making would disturb what comes after it. */
async function prepareAll(
  rounds: number,
  pepper: string,
  nowMs: number,
): Promise<readonly Readonly<Record<Standing, string>>[]> {
  const passwordHash = await hashPassword('the password of everybody', pepper);
  const all: Record<Standing, string>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Of one length: a longer address takes longer to hash. Nothing in it tells its class.
    const address = () => `player-${randomBytes(8).toString('hex')}@bench.test`;
    const emails = { known: address(), unknown: address(), unconfirmed: address() };
    for (const standing of standings) await prepare(standing, emails[standing], passwordHash, nowMs);
    all.push(emails);
  }
  return all;
}

function request({ endpoint, bodyOf }: TimedEndpoint, email: string, serial: number): HttpEvent {
  // A /24 of its own for every few samples.
  const sourceIp = `${10 + (serial >>> 20)}.${(serial >>> 12) & 255}.${(serial >>> 4) & 255}.${serial & 15}`;
  return {
    version: '2.0',
    routeKey: `${endpoint.method} ${endpoint.path}`,
    rawPath: endpoint.path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: {
      requestId: `bench-${serial}`,
      http: { method: endpoint.method, path: endpoint.path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'bench' },
    },
    body: JSON.stringify(bodyOf(email)),
    isBase64Encoded: false,
  } as unknown as HttpEvent;
}

function shuffled<T>(values: readonly T[]): T[] {
  const left = [...values];
  return Array.from({ length: left.length }, () => left.splice(randomInt(left.length), 1)[0]!);
}

// A process of its own for each endpoint: started with its name, and with how many samples to take.
const [name, count] = process.argv.slice(2);
const timed = timedEndpoints.find((one) => one.name === name);
if (timed) {
  const samples = await sample(timed, Number(count));
  process.send?.(samples, undefined, undefined, () => process.disconnect());
}
