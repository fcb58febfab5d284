import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAccount, getAccount } from '#functions/account/public.ts';
import { verifyEmail } from '#functions/auth/contract.ts';
import { handler as verifyHandler } from '#functions/auth/endpoints/verify-email.ts';
import { getCredential } from '#functions/auth/public.ts';
import { createGuest } from '#functions/identity/contract.ts';
import { handler as createGuestHandler } from '#functions/identity/endpoints/create-guest.ts';
import { waysIn } from '#functions/identity/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { catchMails, registerPlayer, sendLogin } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { addPassword } from './contract.ts';
import { handler as addPasswordHandler } from './endpoints/add-password.ts';

const PASSWORD = 'neon over the harbour 2078';

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

/** A player whom only an identity provider vouches for, in a session that has stepped up. */
async function external(): Promise<Actor> {
  const accountId = createId('acc');
  const nowMs = world.clock.nowMs();
  const { account: _account, ...created } = createAccount({ accountId, locale: 'en', via: 'external', nowMs });
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  await operation.commit(created);
  return world.stepUp(await world.openSession(world.actor({ accountId })), 'recent-sign-in');
}

const add = (actor: Actor, email: string, password = PASSWORD) =>
  world.call(addPasswordHandler, addPassword, { actor, body: { email, password } });
const follow = (token: string) => world.call(verifyHandler, verifyEmail, { body: { token } });
const invalidLink = { status: 400, body: { code: 'auth.mail_token_invalid' } };

it('signs in as well, once the address has confirmed it, and is told there', async () => {
  const actor = await external();
  const email = 'added@players.test';
  expect(await add(actor, email)).toMatchObject({ status: 202, body: { accepted: true } });
  await world.deliver();
  expect((await sendLogin(world, email, PASSWORD)).status).toBe(401);
  const token = mailbox.tokenFor(email);
  for (const _time of ['once', 'and again']) {
    expect(await follow(token)).toMatchObject({ status: 200, body: { accountId: actor.accountId } });
  }

  expect(await sendLogin(world, email, PASSWORD)).toMatchObject({
    status: 200,
    body: { account: { accountId: actor.accountId, roles: ['player'] } },
  });
  expect(await waysIn(actor.accountId)).toMatchObject({ hasPassword: true, isGuest: false });
  expect((await getAccount(actor.accountId))?.email).toBe(email);
  await world.deliver({ twice: true });
  const told = world.events.filter(({ aggregateId }) => aggregateId === actor.accountId).map(({ name }) => name);
  expect(told.toSorted()).toEqual(['ACCOUNT_CREATED', 'EMAIL_VERIFICATION_REQUESTED', 'PASSWORD_ADDED']);
  expect(mailbox.mails.filter(({ subject }) => subject === 'You can log in with this address now')).toMatchObject([
    { to: email },
  ]);
  const notices = world.pushes.filter(({ destination }) => destination.includes(actor.accountId));
  expect(notices.map(({ body }) => (body as { code?: string }).code)).toContain('security.password_added');
  expect(await add(actor, 'another@players.test')).toMatchObject({
    status: 409,
    body: { code: 'credential.has_password' },
  });
});

it('needs a step-up, and is not for guests', async () => {
  const actor = await external();
  const other = await world.openSession(world.actor({ accountId: actor.accountId }));
  const { body } = await world.call(createGuestHandler, createGuest, { body: {} });
  const guest = await world.stepUp({
    accountId: body.account.accountId,
    sessionId: body.sessionId,
    roles: ['player'],
    characterId: undefined,
  });
  const before = await world.snapshot();
  expect((await add(other, 'not-mine@players.test')).body.code).toBe('auth.step_up_required');
  expect((await add(guest, 'guest@players.test')).body.code).toBe('credential.is_guest');
  expect((await add(actor, 'weak@players.test', 'password')).body.code).toBe('auth.password_weak');
  expect(withoutBuckets(await world.snapshot())).toEqual(withoutBuckets(before));
});

it('with an address that is taken is answered alike, and only its own mailbox tells', async () => {
  const { email, accountId } = await registerPlayer(world, mailbox);
  const actor = await external();
  const [taken, free] = [await add(actor, email), await add(await external(), 'nobodys@players.test')];
  expect([taken.status, taken.text]).toEqual([free.status, free.text]);
  await world.deliver();
  expect(mailbox.mails.findLast(({ to }) => to === email)?.text).not.toContain('token=');
  expect(await getCredential(actor.accountId)).toBeUndefined();
  expect((await sendLogin(world, email, PASSWORD)).status).toBe(401);
  expect((await getAccount(accountId))?.email).toBe(email);
});

it('counts by its last wish', async () => {
  const actor = await external();
  await add(actor, 'first@players.test');
  await world.deliver();
  await add(actor, 'second@players.test');
  await world.deliver();
  expect(await follow(mailbox.tokenFor('first@players.test'))).toMatchObject(invalidLink);
  expect((await follow(mailbox.tokenFor('second@players.test'))).status).toBe(200);
  expect((await getAccount(actor.accountId))?.email).toBe('second@players.test');
});

function withoutBuckets(rows: readonly { pk?: unknown }[]) {
  return rows.filter(({ pk }) => !String(pk).startsWith('RATE#'));
}
