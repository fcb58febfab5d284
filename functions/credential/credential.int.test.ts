import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getAccount } from '#functions/account/public.ts';
import { refresh } from '#functions/auth/contract.ts';
import { handler as refreshHandler } from '#functions/auth/endpoints/refresh.ts';
import { getCredential } from '#functions/auth/public.ts';
import { getSession } from '#functions/session/public.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { catchMails, logIn, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  changeEmail,
  changePassword,
  confirmEmail,
  emailPage,
  forgotPassword,
  resetPage,
  resetPassword,
} from './contract.ts';
import { handler as changeEmailHandler } from './endpoints/change-email.ts';
import { handler as changePasswordHandler } from './endpoints/change-password.ts';
import { handler as confirmEmailHandler } from './endpoints/confirm-email.ts';
import { handler as emailPageHandler } from './endpoints/email-page.ts';
import { handler as forgotHandler } from './endpoints/forgot-password.ts';
import { handler as resetPageHandler } from './endpoints/reset-page.ts';
import { handler as resetHandler } from './endpoints/reset-password.ts';
import { exportOf } from './public.ts';

const NEW_PASSWORD = 'neon over the harbour 2078';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  // Rate buckets and mail quotas are full again.
  world.clock.advance(61 * MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const newPlayer = () => registerPlayer(world, mailbox);
const forgot = (email: string) => world.call(forgotHandler, forgotPassword, { body: { email } });
const reset = (token: string, newPassword = NEW_PASSWORD) =>
  world.call(resetHandler, resetPassword, { body: { token, newPassword } });
const change = (actor: Actor, currentPassword: string, newPassword = NEW_PASSWORD) =>
  world.call(changePasswordHandler, changePassword, { actor, body: { currentPassword, newPassword } });
const askForEmail = (actor: Actor, newEmail: string) =>
  world.call(changeEmailHandler, changeEmail, { actor, body: { newEmail } });
const confirm = (token: string) => world.call(confirmEmailHandler, confirmEmail, { body: { token } });
const mailsTo = (email: string) => mailbox.mails.filter(({ to }) => to === email);
const told = (name: string, accountId: string) =>
  world.events.filter((event) => event.name === name && (event.data as { accountId?: string }).accountId === accountId);

async function mailedReset(email: string): Promise<string> {
  await forgot(email);
  await world.deliver();
  return mailbox.tokenFor(email);
}

/** Logs in, and proves it anew as `POST /api/v1/auth/step-up` would have it. */
async function steppedUp(player: Awaited<ReturnType<typeof newPlayer>>) {
  const { actor } = await logIn(world, player);
  return world.stepUp(actor, 'password');
}

const invalidLink = { status: 400, body: { code: 'auth.mail_token_invalid' } };

describe('a forgotten password', () => {
  it('is replaced by a mailed link: every session ends, the new one works and the old one does not', async () => {
    const player = await newPlayer();
    const { actor, tokens } = await logIn(world, player);
    const token = await mailedReset(player.email);
    expect(mailsTo(player.email).at(-1)?.text).toContain('http://127.0.0.1/api/v1/auth/password/reset?token=crq_');

    expect((await reset(token)).status).toBe(204);
    expect((await getSession(actor.sessionId))?.state).toBe('CLOSED');
    expect((await world.call(refreshHandler, refresh, { body: { refreshToken: tokens.refreshToken } })).status).toBe(
      401,
    );
    expect((await sendLogin(world, player.email)).status).toBe(401);
    expect((await sendLogin(world, player.email, NEW_PASSWORD)).status).toBe(200);

    await world.deliver();
    expect(told('PASSWORD_CHANGED', player.accountId)).toMatchObject([{ data: { via: 'reset' } }]);
    expect(told('SESSION_CLOSED', player.accountId)).toMatchObject([{ data: { reason: 'password_changed' } }]);
    expect(mailsTo(player.email).map(({ subject }) => subject)).toContain('Your password was changed');
  });

  it('is asked for alike, and costs alike, where there is no account; nothing is mailed then', async () => {
    const { email } = await newPlayer();
    const known = await forgot(email.toUpperCase());
    const unknown = await forgot('nobody-at-all@players.test');
    expect([unknown.status, unknown.text, unknown.capacity]).toEqual([known.status, known.text, known.capacity]);
    expect(known).toMatchObject({ status: 202, body: { accepted: true } });
    await world.deliver({ twice: true });
    expect(mailsTo('nobody-at-all@players.test')).toEqual([]);
    expect(mailsTo(email).filter(({ subject }) => subject === 'Choose a new password')).toHaveLength(1);
  });

  it('lets one of two who follow the link at once through', async () => {
    const player = await newPlayer();
    const token = await mailedReset(player.email);
    const replies = await Promise.all([
      reset(token, 'the first of two passwords'),
      reset(token, 'the second of two passwords'),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 400]);
    const [won, lost] = replies[0]!.status === 204 ? ['first', 'second'] : ['second', 'first'];
    expect((await sendLogin(world, player.email, `the ${won} of two passwords`)).status).toBe(200);
    expect((await sendLogin(world, player.email, `the ${lost} of two passwords`)).status).toBe(401);
    await world.deliver();
    expect(told('PASSWORD_CHANGED', player.accountId)).toHaveLength(1);
  });

  it('kills the other links that were mailed', async () => {
    const player = await newPlayer();
    const first = await mailedReset(player.email);
    const second = await mailedReset(player.email);
    expect(second).not.toBe(first);
    expect((await reset(first)).status).toBe(204);
    expect(await reset(second, 'yet another password 9')).toMatchObject(invalidLink);
    expect(await reset(first, 'yet another password 9')).toMatchObject(invalidLink);
  });

  it('clears the lock of somebody who has guessed too often', async () => {
    const player = await newPlayer();
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await sendLogin(world, player.email, `wrong ${attempt}`);
      world.clock.advance(4 * SECOND_MS);
    }
    await sendLogin(world, player.email, 'wrong again');
    expect((await sendLogin(world, player.email)).status).toBe(429);
    expect((await reset(await mailedReset(player.email))).status).toBe(204);
    expect((await sendLogin(world, player.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('refuses a link that is forged, old, or mailed to nobody, alike and without a change', async () => {
    const player = await newPlayer();
    const token = await mailedReset(player.email);
    const { headers: _headers, ...unmailed } = await forgot('no-one@players.test');
    expect(unmailed.status).toBe(202);
    const before = await world.snapshot();
    for (const bad of [`${token.slice(0, -2)}AA`, `crq_${'0'.repeat(26)}.${'A'.repeat(43)}`]) {
      expect(await reset(bad)).toMatchObject(invalidLink);
    }
    expect((await reset('acc_nonsense')).body.code).toBe('request.invalid');
    expect(await world.snapshot()).toEqual(before);
    world.clock.advance(HOUR_MS);
    expect(await reset(token)).toMatchObject(invalidLink);
  });

  it('refuses a weak password, and the one that the account has', async () => {
    const player = await newPlayer();
    const token = await mailedReset(player.email);
    const before = await world.snapshot();
    expect(await reset(token, 'password1')).toMatchObject({ status: 422, body: { facts: { reason: 'too_common' } } });
    expect(await reset(token, TEST_PASSWORD)).toMatchObject({ status: 422, body: { facts: { reason: 'unchanged' } } });
    expect(await world.snapshot()).toEqual(before);
    expect((await reset(token)).status).toBe(204);
  });

  it('mails an address at most five links an hour', async () => {
    const player = await newPlayer();
    world.clock.advance(HOUR_MS);
    for (let attempt = 0; attempt < 7; attempt += 1) await forgot(player.email);
    await world.deliver();
    expect(mailsTo(player.email).filter(({ subject }) => subject === 'Choose a new password')).toHaveLength(5);
  });

  it('has a page that changes nothing by being opened', async () => {
    const token = await mailedReset((await newPlayer()).email);
    const before = await world.snapshot();
    const page = await world.call(resetPageHandler, resetPage, { query: { token } });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain('type="password"');
    expect(page.text).not.toContain(token);
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('a changed password', () => {
  it('ends the other sessions and keeps this one', async () => {
    const player = await newPlayer();
    const here = await logIn(world, player);
    const there = await logIn(world, player);
    expect((await change(here.actor, TEST_PASSWORD)).status).toBe(204);
    expect((await getSession(here.actor.sessionId))?.state).toBe('ACTIVE');
    expect((await getSession(there.actor.sessionId))?.state).toBe('CLOSED');
    expect((await sendLogin(world, player.email, NEW_PASSWORD)).status).toBe(200);
    await world.deliver();
    expect(told('PASSWORD_CHANGED', player.accountId)).toMatchObject([{ data: { via: 'change' } }]);
  });

  it('needs the current one; guesses are counted, and count for logins as well', async () => {
    const player = await newPlayer();
    const { actor } = await logIn(world, player);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await change(actor, `wrong ${attempt}`)).toMatchObject({
        status: 403,
        body: { code: 'credential.password_wrong' },
      });
    }
    expect(await change(actor, TEST_PASSWORD)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect((await sendLogin(world, player.email, TEST_PASSWORD, '198.51.100.77')).status).toBe(429);
    world.clock.advance(2 * SECOND_MS);
    expect((await change(actor, TEST_PASSWORD)).status).toBe(204);
  });

  it('cannot be prevented by somebody who fails to log in', async () => {
    const player = await newPlayer();
    const { actor } = await logIn(world, player);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await sendLogin(world, player.email, `wrong ${attempt}`, '198.51.100.78');
    }
    expect((await sendLogin(world, player.email, TEST_PASSWORD, '198.51.100.79')).status).toBe(429);
    expect((await change(actor, TEST_PASSWORD)).status).toBe(204);
  });

  it('is changed by one of two who change it at once', async () => {
    const player = await newPlayer();
    const { actor } = await logIn(world, player);
    const replies = await Promise.all([
      change(actor, TEST_PASSWORD, 'the first of two passwords'),
      change(actor, TEST_PASSWORD, 'the second of two passwords'),
    ]);
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1);
    expect((await getCredential(player.accountId))?.version).toBe(2);
  });

  it('is refused to a session that has ended, and of an account without one', async () => {
    const player = await newPlayer();
    const first = await logIn(world, player);
    const second = await logIn(world, player);
    await change(first.actor, TEST_PASSWORD);
    expect(await change(second.actor, NEW_PASSWORD, 'a third password 1234')).toMatchObject({
      status: 401,
      body: { code: 'auth.session_ended' },
    });
    const nobody = await world.openSession(world.actor());
    expect(await change(nobody, TEST_PASSWORD)).toMatchObject({
      status: 409,
      body: { code: 'credential.no_password' },
    });
  });
});

describe('another e-mail address', () => {
  it('is confirmed by the link that went there; the one before is told, and free', async () => {
    const player = await newPlayer();
    const actor = await steppedUp(player);
    const newEmail = 'Moved@players.test';
    expect(await askForEmail(actor, newEmail)).toMatchObject({ status: 202, body: { accepted: true } });
    await world.deliver({ twice: true });
    expect(mailsTo(player.email).at(-1)).toMatchObject({ subject: 'Another address for your account?' });
    expect(mailsTo(player.email).at(-1)?.text).toContain('M…@players.test');
    expect(mailsTo(newEmail)).toHaveLength(1);
    expect((await sendLogin(world, newEmail)).status).toBe(401);

    const token = mailbox.tokenFor(newEmail);
    expect((await confirm(token)).status).toBe(204);
    expect((await confirm(token)).status).toBe(204);
    expect((await getAccount(player.accountId))?.email).toBe(newEmail);
    expect((await sendLogin(world, 'moved@PLAYERS.test')).status).toBe(200);
    expect((await sendLogin(world, player.email)).status).toBe(401);
    await world.deliver();
    expect(told('EMAIL_CHANGED', player.accountId)).toHaveLength(1);
    expect(mailsTo(player.email).at(-1)).toMatchObject({ subject: 'The address of your account was changed' });

    const heir = await registerPlayer(world, mailbox, player.email);
    expect(heir.accountId).not.toBe(player.accountId);
  });

  it('needs a step-up', async () => {
    const { actor } = await logIn(world, await newPlayer());
    const before = await world.snapshot();
    expect(await askForEmail(actor, 'elsewhere@players.test')).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up_required' },
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('that is taken is answered alike, and only its own mailbox tells', async () => {
    const [player, other] = [await newPlayer(), await newPlayer()];
    const actor = await steppedUp(player);
    const taken = await askForEmail(actor, other.email);
    const free = await askForEmail(actor, 'nobody-has-this@players.test');
    expect([free.status, free.text, free.capacity.writeUnits]).toEqual([
      taken.status,
      taken.text,
      taken.capacity.writeUnits,
    ]);
    // The second wish has taken the first one's place before its mail was due.
    await askForEmail(actor, other.email);
    await world.deliver();
    expect(mailsTo(other.email).at(-1)?.subject).toBe('You have an account already');
    expect(mailsTo(other.email).at(-1)?.text).not.toContain('token=');
    expect(mailsTo('nobody-has-this@players.test')).toEqual([]);
  });

  it('goes to one of two accounts that confirm it at once', async () => {
    const players = [await newPlayer(), await newPlayer()];
    const wanted = 'contested-address@players.test';
    const tokens: string[] = [];
    for (const player of players) {
      await askForEmail(await steppedUp(player), wanted);
      await world.deliver();
      tokens.push(mailbox.tokenFor(wanted));
    }
    const replies = await Promise.all(tokens.map(confirm));
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 400]);
    const winner = players[replies.findIndex(({ status }) => status === 204)]!;
    const loser = players[replies.findIndex(({ status }) => status === 400)]!;
    const { body } = await sendLogin(world, wanted);
    expect(body.account.accountId).toBe(winner.accountId);
    expect((await sendLogin(world, loser.email)).status).toBe(200);
    expect((await getAccount(loser.accountId))?.email).toBe(loser.email);
  });

  it('follows the last wish only, within a day', async () => {
    const player = await newPlayer();
    const actor = await steppedUp(player);
    await askForEmail(actor, 'first-wish@players.test');
    await world.deliver();
    await askForEmail(actor, 'second-wish@players.test');
    await world.deliver();
    expect(await confirm(mailbox.tokenFor('first-wish@players.test'))).toMatchObject(invalidLink);
    world.clock.advance(DAY_MS);
    expect(await confirm(mailbox.tokenFor('second-wish@players.test'))).toMatchObject(invalidLink);
  });

  it('comes to nothing when the owner takes the account back by a new password', async () => {
    const player = await newPlayer();
    await askForEmail(await steppedUp(player), 'thief@players.test');
    await world.deliver();
    expect((await reset(await mailedReset(player.email))).status).toBe(204);
    expect(await confirm(mailbox.tokenFor('thief@players.test'))).toMatchObject(invalidLink);
    expect((await sendLogin(world, player.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('cannot be moved on at once, nor be the present one', async () => {
    const player = await newPlayer();
    const actor = await steppedUp(player);
    expect(await askForEmail(actor, player.email.toUpperCase())).toMatchObject({
      status: 422,
      body: { code: 'credential.email_unchanged' },
    });
    await askForEmail(actor, 'one-step@players.test');
    await world.deliver();
    await confirm(mailbox.tokenFor('one-step@players.test'));
    expect(await askForEmail(actor, 'two-steps@players.test')).toMatchObject({
      status: 409,
      body: { code: 'credential.email_changed_recently' },
    });
  });

  it('has a page, and is in the export of the account', async () => {
    const player = await newPlayer();
    await askForEmail(await steppedUp(player), 'export@players.test');
    expect((await exportOf(player.accountId)).emailChange).toMatchObject({
      oldEmail: player.email,
      newEmail: 'export@players.test',
    });
    await world.deliver();
    const token = mailbox.tokenFor('export@players.test');
    const page = await world.call(emailPageHandler, emailPage, { query: { token } });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(token);
  });
});
