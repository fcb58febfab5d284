import { randomBytes, randomInt } from 'node:crypto';
import { login } from '#functions/auth/contract.ts';
import { emailHash } from '#functions/auth/email.ts';
import { handler as loginHandler } from '#functions/auth/endpoints/login.ts';
import { hashPassword } from '#functions/auth/password-hash.ts';
import { putCredential, putEmailClaim, putRegistration } from '#functions/auth/store.ts';
import { forgotPassword } from '#functions/credential/contract.ts';
import { handler as forgotHandler } from '#functions/credential/endpoints/forgot-password.ts';
import { startDynamoDbLocal } from '#scripts/local/services/dynamodb/dynamodb-local.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { DAY_MS, SECOND_MS, useClock } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { HttpEvent, LambdaContext } from '#shared/runtime/invocation.ts';
import { useSecrets } from '#shared/runtime/secrets.ts';
import { useTable } from '#shared/table/table.ts';
import { transactWrite } from '#shared/table/transact.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { createTestSecrets } from '#shared/testing/test-secrets.ts';
import { createTestTable } from '#shared/testing/test-table.ts';
import { median, table } from './report.ts';
import { cropped, momentsOf, welchT } from './welch.ts';

/**
 * Whether the time of an answer tells that an address has an account. The real handlers, in this process, against
 * DynamoDB Local; each sample has an address and a network of its own, so that no limit is ever reached. One call at a
 * time, classes in random order within each round, so that whatever else the machine does hits all of them alike.
 */
const SAMPLES = Number(process.env.TIMING_SAMPLES ?? 2_000);
const WARM_UP = 100;
/** Beyond this, whoever measures can tell two classes apart. */
const LIMIT = 4.5;
/** Also judged without the slowest tenth: pauses of the machine would hide a difference. */
const CROP_PERCENTILE = 90;

const PASSWORD = 'not the password at all';
/** Real seconds do not matter to the endpoints: a clock that leaps keeps the alarm on failures quiet. */
const STEP_MS = 5 * SECOND_MS;

type Prepare = (email: string, passwordHash: string, nowMs: number) => Promise<void>;

interface Sampled {
  readonly name: string;
  readonly endpoint: EndpointBase;
  readonly handler: HttpHandler;
  readonly status: number;
  readonly prepare: Prepare;
  readonly bodyOf: (email: string) => object;
}

const nothing: Prepare = async () => {};

const haveAccount: Prepare = async (email, passwordHash) => {
  const accountId = createId('acc');
  const address = emailHash(email);
  const writes = [
    putEmailClaim(address, accountId),
    putCredential({ accountId, emailHash: address, passwordHash, loginCount: 0 }),
  ];
  await transactWrite(writes, randomBytes(16).toString('hex'));
};

const register: Prepare = async (email, passwordHash, nowMs) => {
  const registration = {
    accountId: createId('acc'),
    email,
    emailHash: emailHash(email),
    passwordHash,
    locale: 'en',
    nonce: randomBytes(16).toString('base64url'),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + DAY_MS,
  } as const;
  await transactWrite([putRegistration(registration)], randomBytes(16).toString('hex'));
};

const ofLogin = {
  endpoint: login,
  handler: loginHandler,
  status: 401,
  bodyOf: (email: string) => ({ email, password: PASSWORD }),
};
const ofForgot = {
  endpoint: forgotPassword,
  handler: forgotHandler,
  status: 202,
  bodyOf: (email: string) => ({ email }),
};

const classes: readonly Sampled[] = [
  { name: 'login, known address', ...ofLogin, prepare: haveAccount },
  { name: 'login, unknown address', ...ofLogin, prepare: nothing },
  { name: 'login, unconfirmed address', ...ofLogin, prepare: register },
  { name: 'forgot password, known address', ...ofForgot, prepare: haveAccount },
  { name: 'forgot password, unknown address', ...ofForgot, prepare: nothing },
];

const pairs: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 2],
  [1, 2],
  [3, 4],
];

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 } as LambdaContext;

function request({ endpoint, bodyOf }: Sampled, email: string, serial: number): HttpEvent {
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

/** Addresses of all rounds, made before anything is timed: the making would disturb what comes after it. */
async function prepareAll(rounds: number): Promise<readonly (readonly string[])[]> {
  const passwordHash = await hashPassword('the password of everybody', createTestSecrets()['password-pepper']);
  const emails: string[][] = classes.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      classes.map(async ({ prepare }, index) => {
        // Of one length: a longer address takes longer to hash. Nothing in it tells its class.
        const email = `player-${randomBytes(8).toString('hex')}@bench.test`;
        emails[index]!.push(email);
        await prepare(email, passwordHash, Date.now());
      }),
    );
  }
  return emails;
}

/** Milliseconds of each call, per class. */
async function measure(samples: number): Promise<readonly (readonly number[])[]> {
  const emails = await prepareAll(WARM_UP + samples);
  let nowMs = Date.now();
  const undo = useClock({ nowMs: () => nowMs });
  const times: number[][] = classes.map(() => []);
  const indexes = classes.map((_class, index) => index);
  let serial = 0;
  for (let round = 0; round < WARM_UP + samples; round += 1) {
    for (const index of shuffled(indexes)) {
      const sampled = classes[index]!;
      serial += 1;
      nowMs += STEP_MS;
      const event = request(sampled, emails[index]![round]!, serial);
      const begun = performance.now();
      const { statusCode } = await sampled.handler(event, context);
      const elapsed = performance.now() - begun;
      if (statusCode !== sampled.status) throw new Error(`${sampled.name} answered ${statusCode}`);
      if (round >= WARM_UP) times[index]!.push(elapsed);
    }
  }
  undo();
  return times;
}

/** Prints the figures; throws when any two classes that must look alike can be told apart. */
export async function loginTiming(): Promise<void> {
  Object.assign(process.env, { STAGE: 'bench', AWS_REGION: 'eu-central-1' });
  const store = await startDynamoDbLocal({ inMemory: true });
  const tableName = 'bench';
  const { client } = await createTestTable(store.endpoint, tableName);
  const secrets = createTestSecrets();
  const undo = [useTable({ client, tableName }), useSecrets(async (name) => secrets[name]), useMetricSink(() => {})];
  try {
    const times = await measure(SAMPLES);
    const figures = times.map((values, index) => {
      const { mean, variance } = momentsOf(values);
      return [
        classes[index]!.name,
        String(values.length),
        ...[median(values), mean, Math.sqrt(variance)].map((ms) => ms.toFixed(3)),
      ];
    });
    console.log('\nTime of an answer by what the address is, milliseconds');
    console.log(table(['class', 'samples', 'median', 'mean', 'deviation'], figures));

    const judged = pairs.map(([left, right]) => {
      const [a, b] = [times[left]!, times[right]!];
      return { left, right, all: welchT(a, b), most: welchT(...cropped(a, b, CROP_PERCENTILE)) };
    });
    const rows = judged.map(({ left, right, all, most }) => [
      `${classes[left]!.name} – ${classes[right]!.name}`,
      all.toFixed(2),
      most.toFixed(2),
    ]);
    console.log(`\nWelch's t (must stay within ±${LIMIT})`);
    console.log(table(['pair', 't', `t of the fastest ${CROP_PERCENTILE} %`], rows));
    const told = judged.filter(({ all, most }) => Math.max(Math.abs(all), Math.abs(most)) >= LIMIT);
    if (told.length > 0) throw new Error(`${told.length} pairs of classes can be told apart by their time`);
  } finally {
    for (const step of undo.reverse()) step();
    client.destroy();
    await store.stop();
  }
}
