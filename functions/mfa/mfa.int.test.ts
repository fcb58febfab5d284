import { argon2Sync, createHmac } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { adminBan } from '#functions/account/admin-contract.ts';
import { handler as banHandler } from '#functions/account/endpoints/admin-ban.ts';
import { getCredential } from '#functions/auth/public.ts';
import { listAttempts } from '#functions/auth/store-logins.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { catchMails, logIn, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { confirmTotp, disable, enrolTotp, getStatus, renewRecoveryCodes, stepUp, verify } from './contract.ts';
import { handler as confirmHandler } from './endpoints/confirm-totp.ts';
import { handler as disableHandler } from './endpoints/disable.ts';
import { handler as enrolHandler } from './endpoints/enrol-totp.ts';
import { handler as statusHandler } from './endpoints/get-status.ts';
import { handler as renewHandler } from './endpoints/renew-recovery-codes.ts';
import { handler as stepUpHandler } from './endpoints/step-up.ts';
import { handler as verifyHandler } from './endpoints/verify.ts';
import { exportOf, openChallenge, secondFactorOf } from './public.ts';
import { getFactor } from './store.ts';
import { getLock } from './store-attempts.ts';
import { codeOf, counterAt, STEP_MS } from './totp.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});
beforeEach(() => {
  // Rate buckets are full again, nobody's network has failures, and every code is a new one.
  world.clock.advance(11 * MINUTE_MS);
});
afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

interface Player {
  readonly email: string;
  readonly accountId: AccountId;
  readonly actor: Actor;
}

async function newPlayer(): Promise<Player> {
  const player = await registerPlayer(world, mailbox);
  return { ...player, actor: (await logIn(world, player)).actor };
}

const codeNow = (secret: string, steps = 0) => codeOf(secret, counterAt(world.clock.nowMs()) + steps);
/** A code that none of the steps around now has. */
function wrongCode(secret: string, index = 0): string {
  const right = new Set([-1, 0, 1].map((steps) => codeNow(secret, steps)));
  return Array.from({ length: 100 }, (_, value) => String(value).padStart(6, '0')).filter((code) => !right.has(code))[
    index
  ]!;
}

const enrol = (actor: Actor) => world.call(enrolHandler, enrolTotp, { actor });
const confirm = (actor: Actor, code: string) => world.call(confirmHandler, confirmTotp, { actor, body: { code } });
const status = async (actor: Actor) => (await world.call(statusHandler, getStatus, { actor })).body;
const sendStepUp = (actor: Actor, body: object) => world.call(stepUpHandler, stepUp, { actor, body });
const sendVerify = (challenge: string, proof: object) =>
  world.call(verifyHandler, verify, { body: { challenge, ...proof } });
const sendDisable = (actor: Actor, body: object) => world.call(disableHandler, disable, { actor, body });

/** A player whose account asks for codes; the next code is a fresh one. */
async function newPlayerWithMfa() {
  const player = await newPlayer();
  await world.stepUp(player.actor);
  const { secret } = (await enrol(player.actor)).body as { secret: string };
  const confirmed = await confirm(player.actor, codeNow(secret));
  expect(confirmed.status, confirmed.text).toBe(200);
  world.clock.advance(STEP_MS * 3);
  return { ...player, secret, recoveryCodes: confirmed.body.recoveryCodes as string[] };
}

async function challengeOf(email: string): Promise<string> {
  const reply = await sendLogin(world, email);
  expect(reply).toMatchObject({ status: 200, body: { status: 'MFA_REQUIRED' } });
  return reply.body.challenge;
}

const operation = () => createOperation({ actor: { origin: 'player' }, correlationId: 'test', causationId: 'test' });

const eventsOf = (accountId: string, name: string) =>
  world.events.filter((event) => event.name === name && (event.data as { accountId: string }).accountId === accountId);

async function change(key: object, expression: string, values: object, names?: Record<string, string>) {
  await world.client.send(
    new UpdateCommand({
      TableName: world.tableName,
      Key: key as Record<string, string>,
      UpdateExpression: expression,
      ExpressionAttributeValues: values as Record<string, unknown>,
      ...(names ? { ExpressionAttributeNames: names } : {}),
    }),
  );
}

describe('enrolment', () => {
  it('asks for nothing until the first code, and is told by event and mail', async () => {
    const { actor, email, accountId } = await newPlayer();
    await world.stepUp(actor);
    expect(await status(actor)).toEqual({ enabled: false, recoveryCodesLeft: 0 });
    const { secret, uri, expiresAt } = (await enrol(actor)).body;
    expect(uri).toContain(`secret=${secret}`);
    expect(await status(actor)).toEqual({ enabled: false, recoveryCodesLeft: 0, enrolmentExpiresAt: expiresAt });
    expect((await sendLogin(world, email)).body.status).toBe('SIGNED_IN');

    const { status: answered, body } = await confirm(actor, codeNow(secret));
    expect(answered).toBe(200);
    expect(new Set(body.recoveryCodes).size).toBe(10);
    expect(await status(actor)).toMatchObject({ enabled: true, recoveryCodesLeft: 10 });
    await world.deliver();
    expect(eventsOf(accountId, 'MFA_ENABLED').map(({ data }) => data)).toEqual([{ accountId, factor: 'totp' }]);
    expect(mailbox.mails).toContainEqual(expect.objectContaining({ to: email, subject: 'Two-step sign-in is on' }));
  });

  it('stores neither the secret nor a recovery code in the clear', async () => {
    const { secret, recoveryCodes } = await newPlayerWithMfa();
    const rows = JSON.stringify(await world.snapshot());
    for (const text of [secret, ...recoveryCodes, recoveryCodes[0]!.replaceAll('-', '')]) {
      expect(rows).not.toContain(text);
    }
  });

  it('needs a step-up: a session that somebody found open locks nobody out', async () => {
    const { actor } = await newPlayer();
    expect(await enrol(actor)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
  });

  it('refuses a wrong code, one that comes too late, and a second factor beside the first', async () => {
    const { actor } = await newPlayer();
    expect((await confirm(actor, '000000')).body.code).toBe('mfa.enrolment_expired');
    await world.stepUp(actor);
    const first = (await enrol(actor)).body;
    const { secret } = (await enrol(actor)).body;
    expect((await confirm(actor, codeNow(first.secret))).body.code).toBe('mfa.code_invalid');
    world.clock.advance(10 * MINUTE_MS);
    expect((await confirm(actor, codeNow(secret))).body.code).toBe('mfa.enrolment_expired');

    await world.stepUp(actor);
    const again = (await enrol(actor)).body;
    const codes = await Promise.all(Array.from({ length: 3 }, () => confirm(actor, codeNow(again.secret))));
    expect(codes.filter(({ status: answered }) => answered === 200)).toHaveLength(1);
    expect((await enrol(actor)).body.code).toBe('mfa.already_enabled');
    expect((await confirm(actor, codeNow(again.secret))).body.code).toBe('mfa.already_enabled');
  });
});

describe('a sign-in with a second factor', () => {
  it('opens nothing until the code is there, then the session', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    await world.deliver();
    const logins = eventsOf(accountId, 'LOGIN_SUCCESS').length;
    const sessionRows = async () => (await world.snapshot()).filter(({ _et }) => _et === 'Session').length;
    const before = await sessionRows();

    const stopped = await sendLogin(world, email);
    expect(Object.keys(stopped.body).sort()).toEqual(['challenge', 'expiresAt', 'factors', 'status']);
    expect(stopped.body).toMatchObject({ status: 'MFA_REQUIRED', factors: ['totp', 'recovery-code'] });
    await world.deliver();
    expect(await sessionRows()).toBe(before);
    expect(eventsOf(accountId, 'LOGIN_SUCCESS')).toHaveLength(logins);

    const verified = await sendVerify(stopped.body.challenge, { code: codeNow(secret) });
    expect(verified).toMatchObject({ status: 200, body: { status: 'SIGNED_IN', account: { accountId } } });
    await world.deliver();
    expect(await sessionRows()).toBe(before + 1);
    expect(eventsOf(accountId, 'LOGIN_SUCCESS')).toHaveLength(logins + 1);
  });

  it('takes a code once, whichever challenge it is sent with', async () => {
    const { email, secret } = await newPlayerWithMfa();
    const [one, other] = [await challengeOf(email), await challengeOf(email)];
    const code = codeNow(secret);
    expect((await sendVerify(one, { code })).status).toBe(200);
    expect((await sendVerify(other, { code })).body.code).toBe('mfa.code_invalid');
    // Nor one from before the one that was used.
    expect((await sendVerify(other, { code: codeNow(secret, -1) })).body.code).toBe('mfa.code_invalid');
    expect((await sendVerify(other, { code: codeNow(secret, 1) })).status).toBe(200);
  });

  it('signs in once when the same code comes five times at once', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    const challenge = await challengeOf(email);
    await world.deliver();
    const before = eventsOf(accountId, 'LOGIN_SUCCESS').length;
    const code = codeNow(secret);
    const replies = await Promise.all(Array.from({ length: 5 }, () => sendVerify(challenge, { code })));
    expect(replies.filter(({ status: answered }) => answered === 200)).toHaveLength(1);
    for (const { status: answered, text } of replies) expect([200, 401, 403, 409], text).toContain(answered);
    await world.deliver();
    expect(eventsOf(accountId, 'LOGIN_SUCCESS')).toHaveLength(before + 1);
  });

  it('signs in once when the same code comes with five challenges at once', async () => {
    const { email, secret } = await newPlayerWithMfa();
    const challenges: string[] = [];
    for (let opened = 0; opened < 5; opened += 1) challenges.push(await challengeOf(email));
    const code = codeNow(secret);
    const replies = await Promise.all(challenges.map((challenge) => sendVerify(challenge, { code })));
    expect(replies.filter(({ status: answered }) => answered === 200)).toHaveLength(1);
  });

  it('answers alike for challenges that never were, are used, have lapsed or have had five codes', async () => {
    const { email, secret } = await newPlayerWithMfa();
    const used = await challengeOf(email);
    expect((await sendVerify(used, { code: codeNow(secret) })).status).toBe(200);
    const exhausted = await challengeOf(email);
    for (let sent = 0; sent < 5; sent += 1) {
      expect(await sendVerify(exhausted, { recoveryCode: 'A'.repeat(24) })).toMatchObject({
        status: 403,
        body: { code: 'mfa.code_invalid', facts: { attemptsLeft: 4 - sent } },
      });
    }
    const lapsed = await challengeOf(email);
    world.clock.advance(5 * MINUTE_MS);
    const fresh = await sendLogin(world, email);
    expect(fresh.body.status).toBe('MFA_REQUIRED');
    const replies = [];
    for (const challenge of [used, exhausted, lapsed, 'A'.repeat(43)]) {
      const { status: answered, body } = await sendVerify(challenge, { code: codeNow(secret) });
      replies.push({ answered, body: { ...body, requestId: '' } });
    }
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ answered: 401, body: { code: 'mfa.challenge_invalid' } });
    expect((await sendVerify(fresh.body.challenge, { code: codeNow(secret) })).status).toBe(200);
  });

  it('lapses when the password changes, the factor goes or the account is banned in between', async () => {
    const changed = await newPlayerWithMfa();
    const challenge = await challengeOf(changed.email);
    await change(authKeys.credential.primary(changed), 'SET version = version + :one', { ':one': 1 });
    expect((await sendVerify(challenge, { code: codeNow(changed.secret) })).body.code).toBe('mfa.challenge_invalid');

    const off = await newPlayerWithMfa();
    const orphan = await challengeOf(off.email);
    await world.stepUp(off.actor);
    expect((await sendDisable(off.actor, { code: codeNow(off.secret) })).status).toBe(204);
    world.clock.advance(STEP_MS);
    expect((await sendVerify(orphan, { code: codeNow(off.secret) })).body.code).toBe('mfa.challenge_invalid');

    const banned = await newPlayerWithMfa();
    const late = await challengeOf(banned.email);
    await change(
      accountKeys.account.primary(banned),
      'SET #status = :banned',
      { ':banned': 'BANNED' },
      {
        '#status': 'status',
      },
    );
    expect((await sendVerify(late, { code: codeNow(banned.secret) })).body.code).toBe('auth.account_banned');
  });

  it('stands when this very login has stored the password anew, at the cost of today', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    const nonce = Buffer.alloc(16, 7);
    const message = createHmac('sha256', world.secrets['password-pepper']).update(TEST_PASSWORD).digest();
    const tag = argon2Sync('argon2id', { message, nonce, memory: 8_192, passes: 1, parallelism: 1, tagLength: 32 });
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
    const cheap = `$argon2id$v=19$m=8192,t=1,p=1$${unpadded(nonce)}$${unpadded(tag)}`;
    await change(authKeys.credential.primary({ accountId }), 'SET passwordHash = :cheap', { ':cheap': cheap });

    const challenge = await challengeOf(email);
    expect((await getCredential(accountId))?.passwordHash).toContain('m=19456');
    expect((await sendVerify(challenge, { code: codeNow(secret) })).status).toBe(200);
  });

  it('stands in the history of logins, with its wrong codes', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    const challenge = await challengeOf(email);
    await sendVerify(challenge, { code: wrongCode(secret) });
    await sendVerify(challenge, { code: codeNow(secret) });
    const { attempts } = await listAttempts(accountId, { nowMs: world.clock.nowMs(), limit: 3, after: undefined });
    expect(attempts.map(({ outcome, method }) => [outcome, method])).toEqual([
      ['success', 'totp'],
      ['wrong_code', 'totp'],
      ['second_factor_due', 'password'],
    ]);
  });

  it('works for those whom an identity provider vouched for, and may lack a password', async () => {
    const { accountId, secret } = await newPlayerWithMfa();
    const offer = await secondFactorOf(accountId);
    const nowMs = world.clock.nowMs();
    const { changes, reply } = openChallenge({ accountId, offer: offer!, deviceName: 'phone', nowMs });
    await operation().commit(changes);
    expect((await sendVerify(reply.challenge, { code: codeNow(secret) })).status).toBe(200);
  });
});

describe('guessing codes', () => {
  it('is counted one by one when it comes at once, over all challenges, and stopped for all of them', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    const challenges: string[] = [];
    for (let opened = 0; opened < 4; opened += 1) challenges.push(await challengeOf(email));
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.call(verifyHandler, verify, {
          body: { challenge: challenges[index % 4], code: wrongCode(secret, index) },
          ip: `198.51.100.${index}`,
        }),
      ),
    );
    const looked = replies.filter(({ body }) => body.code === 'mfa.code_invalid').length;
    for (const { status: answered, text } of replies) expect([401, 403, 409, 429], text).toContain(answered);
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThanOrEqual(5);
    // None was looked at that was not counted.
    expect((await getLock(accountId))?.failures).toBeGreaterThanOrEqual(looked);
    expect((await getLock(accountId))?.failures).toBeLessThanOrEqual(5);
  });

  it('waits longer with each, for a new challenge too, while a recovery code still gets in and ends the wait', async () => {
    const { email, accountId, secret, recoveryCodes } = await newPlayerWithMfa();
    const challenge = await challengeOf(email);
    for (let sent = 0; sent < 5; sent += 1) {
      expect((await sendVerify(challenge, { code: wrongCode(secret, sent) })).body.code).toBe('mfa.code_invalid');
    }
    const next = await challengeOf(email);
    const locked = await sendVerify(next, { code: codeNow(secret) });
    expect(locked).toMatchObject({
      status: 429,
      body: { code: 'mfa.too_many_attempts' },
      headers: { 'retry-after': '30' },
    });
    world.clock.advance(30 * SECOND_MS);
    expect((await sendVerify(next, { code: wrongCode(secret) })).body.code).toBe('mfa.code_invalid');
    expect((await sendVerify(next, { code: codeNow(secret) })).headers['retry-after']).toBe('60');

    expect((await sendVerify(next, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    expect(await getLock(accountId)).toBeUndefined();
    expect((await sendVerify(await challengeOf(email), { code: codeNow(secret) })).status).toBe(200);
  });

  it('counts together with step-ups and with turning it off', async () => {
    const { actor, email, secret } = await newPlayerWithMfa();
    await world.stepUp(actor);
    for (let sent = 0; sent < 3; sent += 1) await sendStepUp(actor, { code: wrongCode(secret, sent) });
    for (let sent = 3; sent < 5; sent += 1) await sendDisable(actor, { code: wrongCode(secret, sent) });
    const codes = [
      await sendStepUp(actor, { code: codeNow(secret) }),
      await sendDisable(actor, { code: codeNow(secret) }),
      await sendVerify(await challengeOf(email), { code: codeNow(secret) }),
    ].map(({ body }) => body.code);
    expect(codes).toEqual(Array(3).fill('mfa.too_many_attempts'));
  });
});

describe('a recovery code', () => {
  it('stands in for a code once, however it is typed, and is told of', async () => {
    const { email, accountId, recoveryCodes } = await newPlayerWithMfa();
    const [one, two] = [await challengeOf(email), await challengeOf(email)];
    const recoveryCode = recoveryCodes[3]!.toLowerCase().replaceAll('-', ' ');
    expect((await sendVerify(one, { recoveryCode })).status).toBe(200);
    expect((await sendVerify(two, { recoveryCode: recoveryCodes[3] })).body.code).toBe('mfa.code_invalid');
    await world.deliver();
    expect(eventsOf(accountId, 'MFA_RECOVERY_CODE_USED').map(({ data }) => data)).toEqual([
      { accountId, codesLeft: 9 },
    ]);
    const mail = mailbox.mails.find(({ to, subject }) => to === email && subject === 'A recovery code was used');
    expect(mail?.text).toContain('left: 9');
    expect(mail?.text).not.toMatch(/\{\w+\}/);
  });

  it('signs in once when it comes five times at once', async () => {
    const { email, recoveryCodes } = await newPlayerWithMfa();
    const challenges: string[] = [];
    for (let opened = 0; opened < 5; opened += 1) challenges.push(await challengeOf(email));
    const replies = await Promise.all(
      challenges.map((challenge) => sendVerify(challenge, { recoveryCode: recoveryCodes[0] })),
    );
    expect(replies.filter(({ status: answered }) => answered === 200)).toHaveLength(1);
  });

  it('is worthless once there are new ones, and those need a step-up', async () => {
    const { actor, email, accountId, recoveryCodes } = await newPlayerWithMfa();
    const renew = () => world.call(renewHandler, renewRecoveryCodes, { actor });
    world.clock.advance(10 * MINUTE_MS);
    expect((await renew()).body.code).toBe('auth.step_up_required');
    await world.stepUp(actor);
    const { recoveryCodes: renewed } = (await renew()).body as { recoveryCodes: string[] };
    expect(renewed).toHaveLength(10);
    const challenge = await challengeOf(email);
    expect((await sendVerify(challenge, { recoveryCode: recoveryCodes[0] })).body.code).toBe('mfa.code_invalid');
    expect((await sendVerify(challenge, { recoveryCode: renewed[0] })).status).toBe(200);
    await world.deliver();
    const told = world.events
      .filter(({ aggregateId, name }) => aggregateId === accountId && name.startsWith('MFA_'))
      .sort((a, b) => a.aggregateSeq - b.aggregateSeq);
    expect(told.map(({ name }) => name)).toEqual([
      'MFA_ENABLED',
      'MFA_RECOVERY_CODES_RENEWED',
      'MFA_RECOVERY_CODE_USED',
    ]);
    expect(new Set(told.map(({ aggregateSeq }) => aggregateSeq)).size).toBe(3);
    const { actor: plain } = await newPlayer();
    await world.stepUp(plain);
    expect((await world.call(renewHandler, renewRecoveryCodes, { actor: plain })).body.code).toBe('mfa.not_enabled');
  });
});

describe('turning it off', () => {
  it('takes a step-up and a code, and the password is enough from then on', async () => {
    const { actor, email, accountId, secret } = await newPlayerWithMfa();
    world.clock.advance(10 * MINUTE_MS);
    expect((await sendDisable(actor, { code: codeNow(secret) })).body.code).toBe('auth.step_up_required');
    expect((await sendStepUp(actor, { code: codeNow(secret) })).status).toBe(200);
    // The step-up has used this code up.
    expect((await sendDisable(actor, { code: codeNow(secret) })).body.code).toBe('mfa.code_invalid');
    world.clock.advance(STEP_MS);
    expect((await sendDisable(actor, { code: codeNow(secret) })).status).toBe(204);
    expect(await status(actor)).toEqual({ enabled: false, recoveryCodesLeft: 0 });
    expect((await sendLogin(world, email)).body.status).toBe('SIGNED_IN');
    expect((await sendDisable(actor, { code: codeNow(secret) })).body.code).toBe('mfa.not_enabled');
    await world.deliver();
    expect(eventsOf(accountId, 'MFA_DISABLED')).toHaveLength(1);
    expect(mailbox.mails).toContainEqual(expect.objectContaining({ to: email, subject: 'Two-step sign-in is off' }));
  });

  it('works with recovery codes alone, for a player who has lost the authenticator', async () => {
    const { email, accountId, recoveryCodes, actor } = await newPlayerWithMfa();
    const signedIn = await sendVerify(await challengeOf(email), { recoveryCode: recoveryCodes[0] });
    const session = { ...actor, sessionId: signedIn.body.sessionId };
    expect((await sendStepUp(session, { recoveryCode: recoveryCodes[1] })).status).toBe(200);
    expect((await sendDisable(session, { recoveryCode: recoveryCodes[2] })).status).toBe(204);
    expect(await secondFactorOf(accountId)).toBeUndefined();
  });
});

describe('a step-up', () => {
  it('opens risky acts for ten minutes, to this session alone', async () => {
    const { actor, email, accountId } = await newPlayer();
    const other = (await logIn(world, { email, accountId })).actor;
    const stepped = await sendStepUp(actor, { password: TEST_PASSWORD });
    expect(stepped).toMatchObject({
      status: 200,
      body: { until: new Date(world.clock.nowMs() + 10 * MINUTE_MS).toISOString(), opens: 'everything' },
    });
    expect((await enrol(other)).body.code).toBe('auth.step_up_required');
    world.clock.advance(10 * MINUTE_MS - 1);
    expect((await enrol(actor)).status).toBe(201);
    world.clock.advance(1);
    expect((await enrol(actor)).body.code).toBe('auth.step_up_required');
  });

  it('takes the password only where there is no second factor, and a code only where there is', async () => {
    const plain = await newPlayer();
    expect((await sendStepUp(plain.actor, { code: '123456' })).body.code).toBe('mfa.password_needed');
    expect((await sendStepUp(plain.actor, { recentSignIn: true })).body.code).toBe('mfa.password_needed');
    const { actor, secret } = await newPlayerWithMfa();
    expect((await sendStepUp(actor, { password: TEST_PASSWORD })).body.code).toBe('mfa.code_needed');
    expect((await sendStepUp(actor, { recentSignIn: true })).body.code).toBe('mfa.code_needed');
    expect((await sendStepUp(actor, { code: wrongCode(secret) })).body.code).toBe('mfa.code_invalid');
    expect((await sendStepUp(actor, { code: codeNow(secret) })).status).toBe(200);
  });

  it('slows guessing of the password', async () => {
    const { actor } = await newPlayer();
    const codes: string[] = [];
    for (let sent = 0; sent < 6; sent += 1) {
      codes.push((await sendStepUp(actor, { password: `not the password ${sent}` })).body.code);
    }
    expect(codes).toEqual([...Array(5).fill('mfa.password_invalid'), 'auth.too_many_attempts']);
    expect((await enrol(actor)).body.code).toBe('auth.step_up_required');
  });

  it('takes a young session for proof where there is nothing else, and no other', async () => {
    const guest = await world.openSession(world.actor());
    expect((await sendStepUp(guest, { password: 'anything at all' })).body.code).toBe('mfa.no_proof_possible');
    expect((await sendStepUp(guest, { recentSignIn: true })).status).toBe(200);
    const old = await world.openSession(world.actor());
    world.clock.advance(10 * MINUTE_MS);
    expect((await sendStepUp(old, { recentSignIn: true })).body.code).toBe('mfa.no_proof_possible');
  });

  it('of staff by password opens the way to a second factor, and nothing else', async () => {
    const boss = await registerPlayer(world, mailbox, 'admin@necpgame.test');
    const { actor } = await logIn(world, boss);
    const player = await newPlayer();
    const ban = () =>
      world.call(banHandler, adminBan, {
        actor,
        params: { accountId: player.accountId },
        body: { reason: 'Report 4711' },
      });
    expect((await ban()).body.code).toBe('auth.step_up_required');
    const byPassword = await sendStepUp(actor, { password: TEST_PASSWORD });
    expect(byPassword).toMatchObject({ status: 200, body: { opens: 'enrolment' } });
    const before = await world.snapshot();
    expect((await ban()).body.code).toBe('auth.second_factor_required');
    // Their own account too: what a phished password opens must not be worth phishing.
    const renewed = await world.call(renewHandler, renewRecoveryCodes, { actor });
    expect(renewed.body.code).toBe('auth.second_factor_required');
    expect(await world.snapshot()).toEqual(before);

    const { secret } = (await enrol(actor)).body as { secret: string };
    expect((await confirm(actor, codeNow(secret))).status).toBe(200);
    expect((await ban()).status, 'the first code is a step-up too').toBe(200);
    world.clock.advance(10 * MINUTE_MS);
    expect((await ban()).body.code).toBe('auth.step_up_required');
    expect((await sendStepUp(actor, { password: TEST_PASSWORD })).body.code).toBe('mfa.code_needed');
    expect((await sendStepUp(actor, { code: codeNow(secret) })).body.opens).toBe('everything');
    expect((await ban()).status).toBe(200);
  });

  it('is refused to a session that has ended, and does not outlive it', async () => {
    const { actor } = await newPlayer();
    await world.stepUp(actor);
    await change(
      sessionKeys.session.primary(actor),
      'SET #state = :closed',
      { ':closed': 'CLOSED' },
      {
        '#state': 'state',
      },
    );
    expect((await sendStepUp(actor, { password: TEST_PASSWORD })).body.code).toBe('auth.session_ended');
    expect((await enrol(actor)).body.code).toBe('auth.session_ended');
  });
});

describe('what is kept', () => {
  it('moves to a new key when it is used after the key was changed', async () => {
    const { email, accountId, secret } = await newPlayerWithMfa();
    const old = world.secrets['mfa-key'];
    world.secrets['mfa-key'] = JSON.stringify({ current: 'k2', keys: { k1: old, k2: 'n'.repeat(64) } });
    try {
      // Secrets are read again after five minutes.
      world.clock.advance(5 * MINUTE_MS);
      expect((await getFactor(accountId)).active?.secret).toMatch(/^k1\./);
      expect((await sendVerify(await challengeOf(email), { code: codeNow(secret) })).status).toBe(200);
      expect((await getFactor(accountId)).active?.secret).toMatch(/^k2\./);
      world.clock.advance(STEP_MS);
      expect((await sendVerify(await challengeOf(email), { code: codeNow(secret) })).status).toBe(200);
    } finally {
      world.secrets['mfa-key'] = old;
      world.clock.advance(5 * MINUTE_MS);
    }
  });

  it('goes with the account, for as often as that is told', async () => {
    const { accountId, actor, secret } = await newPlayerWithMfa();
    await sendStepUp(actor, { code: wrongCode(secret) });
    await operation().commit({
      events: [
        event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data: { accountId, characterIds: [] } }),
      ],
    });
    await world.deliver({ twice: true });
    expect(await getFactor(accountId)).toEqual({ accountId, version: 0 });
    expect(await getLock(accountId)).toBeUndefined();
  });

  it('is exported without secrets', async () => {
    const { accountId } = await newPlayerWithMfa();
    const { secondFactor } = (await exportOf(accountId)) as { secondFactor: Record<string, unknown> };
    expect(Object.keys(secondFactor).sort()).toEqual(['enabledAt', 'kind', 'recoveryCodesLeft']);
    expect(await exportOf((await newPlayer()).accountId)).toEqual({ secondFactor: null });
  });
});
