import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getAccount } from '#functions/account/public.ts';
import { getSession } from '#functions/session/public.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { catchMails, logIn, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { changeEmail, changePassword, confirmEmail, forgotPassword, undoEmail, undoPage } from './contract.ts';
import { handler as changeEmailHandler } from './endpoints/change-email.ts';
import { handler as changePasswordHandler } from './endpoints/change-password.ts';
import { handler as confirmHandler } from './endpoints/confirm-email.ts';
import { handler as forgotHandler } from './endpoints/forgot-password.ts';
import { handler as undoHandler } from './endpoints/undo-email.ts';
import { handler as undoPageHandler } from './endpoints/undo-page.ts';
import { exportOf } from './public.ts';
import { credentialLimits } from './rules.ts';
import { eraseEmailUndo } from './store-undo.ts';

const THIEFS_PASSWORD = 'mine all mine since 2078';
const NEW_PASSWORD = 'neon over the harbour 2078';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;
let moves = 0;

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

interface Owner {
  readonly accountId: AccountId;
  readonly email: string;
}

const nextAddress = () => {
  moves += 1;
  return `moved-${moves}@players.test`;
};

/** Moves the account to a fresh address, as whoever is logged in can; the link that takes it back. */
async function move(account: Owner, password = TEST_PASSWORD) {
  const { body } = await sendLogin(world, account.email, password);
  const actor = await world.stepUp(
    { accountId: account.accountId, sessionId: body.sessionId, roles: ['player'], characterId: undefined },
    'password',
  );
  const email = nextAddress();
  await world.call(changeEmailHandler, changeEmail, { actor, body: { newEmail: email } });
  await world.deliver();
  const confirmed = await world.call(confirmHandler, confirmEmail, { body: { token: mailbox.tokenFor(email) } });
  expect(confirmed.status, confirmed.text).toBe(204);
  await world.deliver({ twice: true });
  return { actor, email, undo: mailbox.tokenFor(account.email) };
}

const undo = (token: string, newPassword = NEW_PASSWORD) =>
  world.call(undoHandler, undoEmail, { body: { token, newPassword } });
const invalidLink = { status: 400, body: { code: 'auth.mail_token_invalid' } };
const told = (name: string, { accountId }: Owner) =>
  world.events.filter((event) => event.name === name && (event.data as { accountId?: string }).accountId === accountId);

describe('the address that an account has left', () => {
  it('takes the account back, with a new password, and ends every session', async () => {
    const owner = await registerPlayer(world, mailbox);
    const { actor, email, undo: token } = await move(owner);
    const mails = mailbox.mails.filter(({ to, subject }) => to === owner.email && subject.includes('was changed'));
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toContain('/api/v1/auth/email/undo?token=');

    expect((await undo(token)).status).toBe(204);
    expect((await getAccount(owner.accountId))?.email).toBe(owner.email);
    expect((await getSession(actor.sessionId))?.state).toBe('CLOSED');
    expect((await sendLogin(world, email)).status).toBe(401);
    expect((await sendLogin(world, owner.email, TEST_PASSWORD)).status).toBe(401);
    expect((await sendLogin(world, owner.email, NEW_PASSWORD)).status).toBe(200);
    expect(await undo(token, THIEFS_PASSWORD)).toMatchObject(invalidLink);

    await world.deliver({ twice: true });
    expect(told('EMAIL_CHANGE_UNDONE', owner)).toHaveLength(1);
    expect(told('PASSWORD_CHANGED', owner)).toHaveLength(1);
    expect(mailbox.mails).toContainEqual(
      expect.objectContaining({ to: owner.email, subject: 'Your password was changed' }),
    );
    const notices = world.pushes.filter(({ destination }) => destination.includes(owner.accountId));
    expect(notices.map(({ body }) => (body as { code?: string }).code)).toContain('security.email_restored');
    // The address that was left now is anybody's.
    expect((await registerPlayer(world, mailbox, email)).accountId).not.toBe(owner.accountId);
  });

  it('does so whatever a thief has changed since, and then the links to the thief’s addresses are dead', async () => {
    const owner = await registerPlayer(world, mailbox);
    const first = await move(owner);
    await world.call(changePasswordHandler, changePassword, {
      actor: first.actor,
      body: { currentPassword: TEST_PASSWORD, newPassword: THIEFS_PASSWORD },
    });
    world.clock.advance(DAY_MS);
    const second = await move({ ...owner, email: first.email }, THIEFS_PASSWORD);
    await world.call(forgotHandler, forgotPassword, { body: { email: second.email } });
    await world.deliver();

    expect((await undo(first.undo)).status).toBe(204);
    expect((await getAccount(owner.accountId))?.email).toBe(owner.email);
    expect(await undo(second.undo, THIEFS_PASSWORD)).toMatchObject(invalidLink);
    for (const email of [first.email, second.email]) {
      expect((await sendLogin(world, email, THIEFS_PASSWORD)).status).toBe(401);
    }
    expect((await sendLogin(world, owner.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('does so also after a later change was taken back', async () => {
    const owner = await registerPlayer(world, mailbox);
    const first = await move(owner);
    world.clock.advance(DAY_MS);
    const second = await move({ ...owner, email: first.email });
    expect((await undo(second.undo, THIEFS_PASSWORD)).status).toBe(204);
    expect((await getAccount(owner.accountId))?.email).toBe(first.email);
    expect((await undo(first.undo)).status).toBe(204);
    expect((await sendLogin(world, owner.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('has 72 hours', async () => {
    const [quick, slow] = [await registerPlayer(world, mailbox), await registerPlayer(world, mailbox)];
    const tokens = [(await move(quick)).undo, (await move(slow)).undo];
    world.clock.advance(72 * HOUR_MS - 1);
    expect((await undo(tokens[0]!)).status).toBe(204);
    world.clock.advance(1);
    expect(await undo(tokens[1]!)).toMatchObject(invalidLink);
    expect(credentialLimits.undoLifeMs).toBe(72 * HOUR_MS);
  });

  it('cannot where it has another account by now, and nothing changes', async () => {
    const owner = await registerPlayer(world, mailbox);
    const { undo: token } = await move(owner);
    await registerPlayer(world, mailbox, owner.email);
    const before = await world.snapshot();
    expect(await undo(token)).toMatchObject({ status: 409, body: { code: 'credential.address_in_use' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('gives a password only where the account has come back to it already', async () => {
    const owner = await registerPlayer(world, mailbox);
    const first = await move(owner);
    world.clock.advance(DAY_MS);
    const { body } = await sendLogin(world, first.email);
    const actor = await world.stepUp({ ...first.actor, sessionId: body.sessionId }, 'password');
    await world.call(changeEmailHandler, changeEmail, { actor, body: { newEmail: owner.email } });
    await world.deliver();
    await world.call(confirmHandler, confirmEmail, { body: { token: mailbox.tokenFor(owner.email) } });
    expect((await undo(first.undo)).status).toBe(204);
    expect((await getAccount(owner.accountId))?.email).toBe(owner.email);
    expect((await sendLogin(world, owner.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('does so once when the link is followed several times at once', async () => {
    const owner = await registerPlayer(world, mailbox);
    const { undo: token } = await move(owner);
    const replies = await Promise.all([undo(token), undo(token, THIEFS_PASSWORD), undo(token)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 400, 400]);
    await world.deliver();
    expect(told('EMAIL_CHANGE_UNDONE', owner)).toHaveLength(1);
  });

  it('takes no password that is weak or the present one, and keeps its link', async () => {
    const { undo: token } = await move(await registerPlayer(world, mailbox));
    for (const weak of ['password', TEST_PASSWORD]) {
      expect(await undo(token, weak)).toMatchObject({ body: { code: 'auth.password_weak' } });
    }
    expect((await undo(token)).status).toBe(204);
  });

  it('has a page that tells nothing, is in the export, and is forgotten with the account', async () => {
    const owner = await registerPlayer(world, mailbox);
    const { undo: token } = await move(owner);
    const page = await world.call(undoPageHandler, undoPage, { query: { token } });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(token);
    expect(await exportOf(owner.accountId)).toMatchObject({ formerAddresses: [{ email: owner.email }] });
    await eraseEmailUndo(owner.accountId);
    expect(JSON.stringify(await exportOf(owner.accountId))).toContain('"formerAddresses":[]');
    expect(await undo(token)).toMatchObject(invalidLink);
  });

  it('is no help to somebody who makes a link up', async () => {
    const owner = await registerPlayer(world, mailbox);
    await move(owner);
    const { tokens } = await logIn(world, await registerPlayer(world, mailbox));
    const forged = `${owner.accountId}.${tokens.refreshToken.slice(-43).padStart(43, 'A')}`;
    expect(await undo(forged)).toMatchObject(invalidLink);
  });
});
