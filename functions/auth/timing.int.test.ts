import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgotPassword } from '#functions/credential/contract.ts';
import { handler as forgotHandler } from '#functions/credential/endpoints/forgot-password.ts';
import { welchT } from '#scripts/bench/timing/welch.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { transactWrite } from '#shared/table/transact.ts';
import { catchMails, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { login, register, resendVerification as resend } from './contract.ts';
import { emailHash } from './email.ts';
import { handler as loginHandler } from './endpoints/login.ts';
import { handler as registerHandler } from './endpoints/register.ts';
import { handler as resendHandler } from './endpoints/resend-verification.ts';
import { hashPassword } from './password-hash.ts';
import { putCredential, putEmailClaim } from './store.ts';

/** Nothing that an answer tells, nor what it costs, may depend on whether the address has an account. */
let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;
let known: string;
let unconfirmed: string;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
  known = (await registerPlayer(world, mailbox)).email;
  unconfirmed = 'unconfirmed@players.test';
  const body = { email: unconfirmed, password: 'not confirmed at all' };
  await world.call(registerHandler, register, { body });
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

/** Every step on another process that a call takes, in no particular order: some are taken at once. */
async function stepsOf(
  call: () => Promise<{ status: number }>,
  afterMs = 2 * SECOND_MS,
): Promise<{ status: number; steps: string[] }> {
  world.clock.advance(afterMs);
  const steps: string[] = [];
  const undo = useStepHook((name, run) => {
    steps.push(name);
    return run();
  });
  const { status } = await call();
  undo();
  return { status, steps: steps.sort() };
}

const attempt = (email: string, body = {}) =>
  world.call(loginHandler, login, { body: { email, password: 'wrong password', ...body } });
const forgot = (email: string) => world.call(forgotHandler, forgotPassword, { body: { email } });

describe('the calls to the table', () => {
  it('of a refused login are the same for an account, an unconfirmed address, and nobody', async () => {
    const ofKnown = await stepsOf(() => attempt(known));
    expect(ofKnown.status).toBe(401);
    expect(ofKnown.steps.length).toBeGreaterThan(8);
    expect(await stepsOf(() => attempt(unconfirmed))).toEqual(ofKnown);
    expect(await stepsOf(() => attempt('nobody-at-all@players.test'))).toEqual(ofKnown);
  });

  it('are the same with the token of a device', async () => {
    const deviceToken = 'x'.repeat(43);
    const ofKnown = await stepsOf(() => attempt(known, { deviceToken }));
    expect(await stepsOf(() => attempt('nobody-else@players.test', { deviceToken }))).toEqual(ofKnown);
  });

  it('are the same while the address has to wait', async () => {
    const lockOut = async (email: string) => {
      for (let count = 0; count < 10; count += 1) {
        world.clock.advance(100);
        if ((await attempt(email)).status === 429) return;
      }
      throw new Error(`${email} was never locked`);
    };
    world.clock.advance(11 * MINUTE_MS);
    await lockOut(known);
    const ofKnown = await stepsOf(() => attempt(known), 0);
    expect(ofKnown.status).toBe(429);
    await lockOut('waiting@players.test');
    expect(await stepsOf(() => attempt('waiting@players.test'), 0)).toEqual(ofKnown);
  });

  it.each([
    ['a forgotten password', forgot],
    ['a wish for another confirmation mail', (email: string) => world.call(resendHandler, resend, { body: { email } })],
    [
      'a registration',
      (email: string) =>
        world.call(registerHandler, register, { body: { email, password: 'a password for the test' } }),
    ],
  ])('of %s are the same', async (_what, ask) => {
    const ofKnown = await stepsOf(() => ask(known));
    expect(ofKnown.status).toBe(202);
    expect(await stepsOf(() => ask('nobody@players.test'))).toEqual(ofKnown);
    expect(await stepsOf(() => ask(unconfirmed))).toEqual(ofKnown);
  });
});

/** `npm run bench -- timing` does this with 2,000 samples of each, on a machine that has nothing else to do. */
describe('the time of an answer', () => {
  const MOST_SAMPLES = 150;
  const FEWEST_SAMPLES = 30;
  /** A busy machine takes fewer samples. */
  const PATIENCE_MS = 25 * SECOND_MS;
  /** Chance alone goes beyond this once in a hundred million times. */
  const LIMIT = 6;

  it('tells nothing of whether the address has an account', async () => {
    const passwordHash = await hashPassword('a password of all', world.secrets['password-pepper']);
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const begunAllMs = performance.now();
    for (let index = 0; index < MOST_SAMPLES; index += 1) {
      if (index >= FEWEST_SAMPLES && performance.now() - begunAllMs > PATIENCE_MS) break;
      const emails = { known: `timed-a-${index}@players.test`, unknown: `timed-b-${index}@players.test` };
      const accountId = createId('acc');
      const address = emailHash(emails.known);
      await transactWrite(
        [
          putEmailClaim(address, accountId),
          putCredential({ accountId, emailHash: address, passwordHash, loginCount: 0 }),
        ],
        accountId,
      );
      for (const kind of index % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        // Every window is another one: no limit is ever reached.
        world.clock.advance(HOUR_MS);
        const begun = performance.now();
        const { status } = await attempt(emails[kind]);
        times[kind].push(performance.now() - begun);
        expect(status).toBe(401);
      }
    }
    expect(times.known.length).toBeGreaterThanOrEqual(FEWEST_SAMPLES);
    expect(Math.abs(welchT(times.known, times.unknown))).toBeLessThan(LIMIT);
  }, 120_000);
});
