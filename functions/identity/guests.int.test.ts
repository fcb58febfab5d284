import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAccount } from '#functions/account/public.ts';
import { verifyEmail } from '#functions/auth/contract.ts';
import { handler as verifyHandler } from '#functions/auth/endpoints/verify-email.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { handler as createCharacterHandler } from '#functions/character/endpoints/create-character.ts';
import { getActiveSession } from '#functions/session/public.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { AccountId, SessionId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { bindGuest, createGuest, guestLogin } from './contract.ts';
import { handler as bindHandler } from './endpoints/bind-guest.ts';
import { handler as createHandler } from './endpoints/create-guest.ts';
import { handler as loginHandler } from './endpoints/guest-login.ts';
import { handler as markUnused } from './jobs/mark-unused-guests.ts';
import { exportOf } from './public.ts';
import { guestLimits } from './rules.ts';
import { getGuest } from './store-guests.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;
let networks = 0;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

function nextNetwork(): string {
  networks += 1;
  return `198.51.100.${networks}`;
}

function openGuest(ip = nextNetwork(), body: object = {}): Promise<CallResult> {
  return world.call(createHandler, createGuest, { body, ip });
}

/** A guest, and the actor of the session that opened with them. */
async function newGuest(body: object = {}) {
  const reply = await openGuest(undefined, body);
  if (reply.status !== 201) throw new Error(`guest answered ${reply.text}`);
  const accountId = AccountId.parse(reply.body.account.accountId);
  const actor: Actor = {
    accountId,
    sessionId: SessionId.parse(reply.body.sessionId),
    roles: ['player'],
    characterId: undefined,
  };
  return { accountId, actor, secret: String(reply.body.guestSecret) };
}

function logInAgain(guestSecret: string, body: object = {}): Promise<CallResult> {
  return world.call(loginHandler, guestLogin, { body: { guestSecret, ...body } });
}

function bind(actor: Actor, email: string, password = TEST_PASSWORD): Promise<CallResult> {
  return world.call(bindHandler, bindGuest, { actor, body: { email, password } });
}

function follow(token: string): Promise<CallResult> {
  return world.call(verifyHandler, verifyEmail, { body: { token } });
}

describe('a guest', () => {
  it('has an account without an address, and is signed in to it', async () => {
    const reply = await openGuest(undefined, { deviceName: 'Deck', locale: 'ru' });
    expect(reply).toMatchObject({
      status: 201,
      body: { status: 'SIGNED_IN', account: { locale: 'ru', roles: ['player'] } },
    });
    const account = await getAccount(reply.body.account.accountId);
    expect(account).toMatchObject({ status: 'ACTIVE' });
    expect(account).not.toHaveProperty('email');
    expect(await getActiveSession(reply.body.sessionId)).toMatchObject({ device: 'Deck' });
    await world.deliver();
    expect(world.events.find(({ aggregateId }) => aggregateId === account?.accountId)).toMatchObject({
      name: 'ACCOUNT_CREATED',
      data: { via: 'guest' },
    });
  });

  it('comes back with the secret, to the same account', async () => {
    const { accountId, secret } = await newGuest();
    const again = await logInAgain(secret, { deviceName: 'Second hand' });
    expect(again).toMatchObject({ status: 200, body: { status: 'SIGNED_IN', account: { accountId } } });
    expect(again.body).not.toHaveProperty('guestSecret');
  });

  it('is known by nothing that the table holds in clear', async () => {
    const { secret } = await newGuest();
    expect(JSON.stringify(await world.snapshot())).not.toContain(secret);
  });

  it('is refused with a secret that nobody was given, and nothing changes', async () => {
    world.clock.advance(10_000);
    const before = await world.snapshot();
    expect(await logInAgain('x'.repeat(43))).toMatchObject({ status: 401, body: { code: 'identity.guest_unknown' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('is one of so many that a network may open in a day, however many ask at once', async () => {
    const ip = nextNetwork();
    const opened: number[] = [];
    for (let wave = 0; wave < 5; wave += 1) {
      world.clock.advance(2_000);
      const replies = await Promise.all(Array.from({ length: 8 }, () => openGuest(ip)));
      opened.push(...replies.map(({ status }) => status));
    }
    expect(opened.filter((status) => status === 201)).toHaveLength(guestLimits.perNetworkPerDay);
    expect(opened.filter((status) => status === 429)).toHaveLength(40 - guestLimits.perNetworkPerDay);
    const before = await world.snapshot();
    const refused = await openGuest(ip);
    expect(await world.snapshot()).toEqual(before);
    expect(refused).toMatchObject({ status: 429, body: { code: 'identity.guest_limit' } });
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(86_400);
    expect((await openGuest()).status).toBe(201);
    world.clock.advance(DAY_MS);
    expect((await openGuest(ip)).status).toBe(201);
  });
});

describe('binding', () => {
  it('gives the guest an address and a password, keeps the sessions, and kills the secret', async () => {
    const { accountId, actor, secret } = await newGuest();
    const email = 'bound@guests.test';
    expect((await bind(actor, email)).status).toBe(202);
    await world.deliver();
    expect((await logInAgain(secret)).status).toBe(200);

    expect(await follow(mailbox.tokenFor(email))).toMatchObject({ status: 200, body: { accountId } });
    expect(await logInAgain(secret)).toMatchObject({ status: 401, body: { code: 'identity.guest_unknown' } });
    expect(await sendLogin(world, email)).toMatchObject({ status: 200, body: { account: { accountId } } });
    expect(await getActiveSession(actor.sessionId)).toBeDefined();
    expect(await getAccount(accountId)).toMatchObject({ email });
    await world.deliver();
    expect(
      world.events.filter(({ name, aggregateId }) => name === 'GUEST_BOUND' && aggregateId === accountId),
    ).toHaveLength(1);
    expect(
      world.events.filter(({ name, aggregateId }) => name === 'ACCOUNT_CREATED' && aggregateId === accountId),
    ).toHaveLength(1);
  });

  it('answers the same when the link is followed twice', async () => {
    const { accountId, actor } = await newGuest();
    await bind(actor, 'twice@guests.test');
    await world.deliver();
    const token = mailbox.tokenFor('twice@guests.test');
    const replies = await Promise.all([follow(token), follow(token), follow(token)]);
    expect(replies.map(({ status, body }) => [status, body.accountId])).toEqual(Array(3).fill([200, accountId]));
  });

  it('answers alike for an address that has an account, and only its mailbox is told', async () => {
    const owner = await registerPlayer(world, mailbox);
    const { actor, secret } = await newGuest();
    const free = await bind((await newGuest()).actor, 'nobody-yet@guests.test');
    const taken = await bind(actor, owner.email);
    expect(taken.status).toBe(free.status);
    expect(taken.body).toEqual(free.body);
    await world.deliver();
    const mails = mailbox.mails.filter(({ to }) => to === owner.email);
    expect(mails.at(-1)!.text).not.toContain('token=');
    expect((await logInAgain(secret)).status).toBe(200);
  });

  it('gives an address to one of two guests who prove it at once', async () => {
    const guests = [await newGuest(), await newGuest()];
    const tokens: string[] = [];
    for (const { actor } of guests) {
      await bind(actor, 'contended@guests.test');
      await world.deliver();
      tokens.push(mailbox.tokenFor('contended@guests.test'));
    }
    const replies = await Promise.all(tokens.map(follow));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    const winner = guests.findIndex((_guest, index) => replies[index]!.status === 200);
    expect((await logInAgain(guests[1 - winner]!.secret)).status).toBe(200);
    expect((await logInAgain(guests[winner]!.secret)).status).toBe(401);
  });

  it('lets a later wish take the place of an earlier one', async () => {
    const { actor } = await newGuest();
    await bind(actor, 'first-wish@guests.test');
    await world.deliver();
    const first = mailbox.tokenFor('first-wish@guests.test');
    await bind(actor, 'second-wish@guests.test');
    await world.deliver();
    expect((await follow(first)).body.code).toBe('auth.mail_token_invalid');
    expect((await follow(mailbox.tokenFor('second-wish@guests.test'))).status).toBe(200);
  });

  it('refuses a weak password, and an account that is no guest', async () => {
    const { actor } = await newGuest();
    expect(await bind(actor, 'weak@guests.test', 'password')).toMatchObject({
      status: 422,
      body: { code: 'auth.password_weak' },
    });
    const { accountId } = await registerPlayer(world, mailbox);
    expect(await bind(world.actor({ accountId }), 'other@guests.test')).toMatchObject({
      status: 409,
      body: { code: 'identity.not_a_guest' },
    });
  });
});

describe('unused guests', () => {
  it('are marked after 90 days without a character, and come back all the same', async () => {
    const idle = await newGuest();
    const player = await newGuest();
    const made = await world.call(createCharacterHandler, createCharacter, {
      actor: player.actor,
      idempotencyKey: 'first-character',
      body: { name: 'Vesperline', classId: 'gunhand', originId: 'gutter-born', appearance: {} },
    });
    expect(made.status, made.text).toBeLessThan(300);
    world.clock.advance(60 * DAY_MS);
    const busy = await newGuest();
    world.clock.advance(31 * DAY_MS);
    await markUnused({}, lambdaContext());

    expect(await getGuest(idle.accountId)).toMatchObject({ state: 'UNUSED' });
    expect(await getGuest(player.accountId)).toMatchObject({ state: 'ACTIVE' });
    expect(await getGuest(busy.accountId)).toMatchObject({ state: 'ACTIVE' });
    expect((await logInAgain(idle.secret)).status).toBe(200);
    expect(await getGuest(idle.accountId)).toMatchObject({ state: 'ACTIVE' });
  });
});

it('shows a guest what is stored of them, without the secret', async () => {
  const { accountId } = await newGuest();
  const shown = await exportOf(accountId);
  expect(shown).toMatchObject({ identities: [], guest: { since: expect.any(String) } });
  expect(JSON.stringify(shown)).not.toContain((await getGuest(accountId))!.secretHash);
});
