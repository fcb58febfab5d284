import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ACCOUNT_ERASED } from '#events/account.ts';
import { deleteAccount } from '#functions/account/contract.ts';
import { handler as deleteHandler } from '#functions/account/endpoints/delete-account.ts';
import { listLogins } from '#functions/auth/contract.ts';
import { handler as historyHandler } from '#functions/auth/endpoints/list-logins.ts';
import { listAttempts } from '#functions/auth/store-logins.ts';
import { confirmTotp, enrolTotp, verify } from '#functions/mfa/contract.ts';
import { handler as confirmHandler } from '#functions/mfa/endpoints/confirm-totp.ts';
import { handler as enrolHandler } from '#functions/mfa/endpoints/enrol-totp.ts';
import { handler as verifyHandler } from '#functions/mfa/endpoints/verify.ts';
import { codeOf, counterAt, STEP_MS } from '#functions/mfa/totp.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { OidcProvider } from '#shared/contract/oidc-provider.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { type ProviderUser, startOidcProvider, type TestOidcProvider } from '#shared/testing/oidc-provider.ts';
import { catchMails, registerPlayer } from '#shared/testing/test-player.ts';
import { type CallResult, invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { createGuest, erasePersonalData, guestLogin, restoreGuest } from './contract.ts';
import { handler as createGuestHandler } from './endpoints/create-guest.ts';
import { handler as guestLoginHandler } from './endpoints/guest-login.ts';
import { handler as linkHandler } from './endpoints/link-identity.ts';
import { handler as listHandler } from './endpoints/list-identities.ts';
import { handler as loginHandler } from './endpoints/oidc-login.ts';
import { handler as restoreHandler } from './endpoints/oidc-restore.ts';
import { handler as restoreGuestHandler } from './endpoints/restore-guest.ts';
import { handler as startHandler } from './endpoints/start-oidc.ts';
import { handler as unlinkHandler } from './endpoints/unlink-identity.ts';
import {
  linkIdentity,
  listIdentities,
  oidcLogin,
  oidcRestore,
  startOidc,
  unlinkIdentity,
} from './external-contract.ts';
import { exportOf } from './public.ts';
import { identityLimits } from './rules.ts';

let world: TestWorld;
let oidc: TestOidcProvider;
let mailbox: ReturnType<typeof catchMails>;
let people = 0;
let calls = 0;
/** One real provider under many names, each with subjects of its own. */
const providers = ['one', 'two', 'three', 'four', 'five', 'six'];

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
  oidc = await startOidcProvider();
  const configs: OidcProvider[] = providers.map((id) => ({ ...oidc.config, id, displayName: `Provider ${id}` }));
  process.env.OIDC_PROVIDERS = JSON.stringify(configs);
});

afterAll(async () => {
  mailbox.undo();
  await oidc.stop();
  await world.stop();
});

beforeEach(() => {
  // The provider lives by the real time.
  world.clock.advance(Date.now() - world.clock.nowMs());
});

function nextNetwork(): string {
  calls += 1;
  return `198.51.${calls >> 8}.${calls & 255}`;
}

function nextPerson(): ProviderUser {
  people += 1;
  return { sub: `person-${people}` };
}

/** What the provider answers to a sign-in that was started for it. */
async function answerOf(person: ProviderUser, provider = 'one') {
  const { body } = await world.call(startHandler, startOidc, { params: { provider }, ip: nextNetwork() });
  return { nonce: String(body.nonce), idToken: await oidc.signIn(person, body.nonce) };
}

async function signIn(person: ProviderUser, provider = 'one'): Promise<CallResult> {
  const body = await answerOf(person, provider);
  return world.call(loginHandler, oidcLogin, { params: { provider }, body, ip: nextNetwork() });
}

/** Each call as if from a session that has just stepped up. */
async function as(accountId: AccountId): Promise<Actor> {
  return world.stepUp(await world.openSession(world.actor({ accountId })));
}

async function link(accountId: AccountId, person: ProviderUser, provider = 'one'): Promise<CallResult> {
  const body = await answerOf(person, provider);
  return world.call(linkHandler, linkIdentity, { actor: await as(accountId), params: { provider }, body });
}

async function unlink(accountId: AccountId, provider = 'one'): Promise<CallResult> {
  return world.call(unlinkHandler, unlinkIdentity, { actor: await as(accountId), params: { provider } });
}

async function list(accountId: AccountId) {
  return (await world.call(listHandler, listIdentities, { actor: world.actor({ accountId }) })).body;
}

function toldOf(accountId: AccountId) {
  return world.events.filter(({ name, aggregateId }) => name.startsWith('IDENTITY_') && aggregateId === accountId);
}

function mailsTo(email: string, about: string) {
  return mailbox.mails.filter(({ to, text }) => to === email && text.includes(about));
}

async function newGuest() {
  const { body } = await world.call(createGuestHandler, createGuest, { body: {}, ip: nextNetwork() });
  return { accountId: body.account.accountId as AccountId, secret: String(body.guestSecret) };
}

describe('linking', () => {
  it('makes an identity sign in to the account, tells of it, and mails its owner', async () => {
    const { accountId, email } = await registerPlayer(world, mailbox);
    const person = nextPerson();
    expect(await link(accountId, person)).toMatchObject({
      status: 200,
      body: { provider: 'one', displayName: 'Provider one' },
    });
    expect((await signIn(person)).body.account.accountId).toBe(accountId);
    expect(await list(accountId)).toMatchObject({
      identities: [{ provider: 'one' }],
      hasPassword: true,
      isGuest: false,
    });
    await world.deliver();
    expect(toldOf(accountId)).toMatchObject([{ name: 'IDENTITY_LINKED', data: { accountId, provider: 'one' } }]);
    expect(mailsTo(email, 'Provider one').map(({ subject }) => subject)).toEqual([
      'A new way to sign in to your account',
    ]);
  });

  it('answers the same when the identity is the account’s already, and tells of nothing', async () => {
    const { accountId } = await newGuest();
    const person = nextPerson();
    const first = await link(accountId, person);
    await world.deliver();
    const told = world.events.length;
    expect((await link(accountId, person)).body).toEqual(first.body);
    await world.deliver();
    expect(world.events).toHaveLength(told);
  });

  it('refuses an identity of another account, and says nothing of whose', async () => {
    const person = nextPerson();
    const owner = (await signIn(person)).body.account.accountId;
    const { accountId } = await newGuest();
    const body = await answerOf(person);
    const actor = await as(accountId);
    const before = await world.snapshot();
    const refused = await world.call(linkHandler, linkIdentity, { actor, params: { provider: 'one' }, body });
    expect(refused).toMatchObject({ status: 409, body: { code: 'identity.already_linked' } });
    expect(refused.text).not.toContain(owner);
    expect(await world.snapshot()).toEqual(before);
  });

  it('gives an identity to one of two accounts that link it at once', async () => {
    const person = nextPerson();
    const guests = [await newGuest(), await newGuest()];
    const replies = await Promise.all(guests.map(({ accountId }) => link(accountId, person)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = guests[replies.findIndex(({ status }) => status === 200)]!;
    expect((await signIn(person)).body.account.accountId).toBe(winner.accountId);
  });

  it('gives an identity to the account that links it, or to the stranger who signs in with it, never to both', async () => {
    const person = nextPerson();
    const { accountId } = await newGuest();
    const [linked, signedIn] = await Promise.all([link(accountId, person), signIn(person)]);
    expect(signedIn.status).toBe(200);
    expect([200, 409]).toContain(linked.status);
    expect(signedIn.body.account.accountId === accountId).toBe(linked.status === 200);
  });

  it('takes one identity of each provider, and five in all, also at once', async () => {
    const { accountId } = await newGuest();
    const replies = await Promise.all(providers.slice(0, 4).map((provider) => link(accountId, nextPerson(), provider)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await link(accountId, nextPerson())).toMatchObject({ body: { code: 'identity.provider_linked' } });
    const last = await Promise.all(providers.slice(4).map((provider) => link(accountId, nextPerson(), provider)));
    expect(last.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(last.find(({ status }) => status === 409)?.body.code).toBe('identity.too_many');
    expect((await list(accountId)).identities).toHaveLength(identityLimits.perAccount);
  });

  it('needs a session that has stepped up', async () => {
    const { accountId } = await newGuest();
    const actor = await world.openSession(world.actor({ accountId }));
    const body = await answerOf(nextPerson());
    const refused = await world.call(linkHandler, linkIdentity, { actor, params: { provider: 'one' }, body });
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    const unlinked = await world.call(unlinkHandler, unlinkIdentity, { actor, params: { provider: 'one' } });
    expect(unlinked).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
  });
});

describe('unlinking', () => {
  it('makes the identity a stranger’s again, and tells of it', async () => {
    const { accountId, email } = await registerPlayer(world, mailbox);
    const person = nextPerson();
    await link(accountId, person);
    await world.deliver();
    expect((await unlink(accountId)).status).toBe(204);
    expect((await list(accountId)).identities).toEqual([]);
    await world.deliver();
    expect(toldOf(accountId).map(({ name }) => name)).toEqual(['IDENTITY_LINKED', 'IDENTITY_UNLINKED']);
    expect(mailsTo(email, 'Provider one').at(-1)?.subject).toBe('A way to sign in to your account is gone');
    const stranger = await signIn(person);
    expect(stranger.status).toBe(200);
    expect(stranger.body.account.accountId).not.toBe(accountId);
  });

  it('refuses the last way to sign in', async () => {
    const accountId = (await signIn(nextPerson())).body.account.accountId as AccountId;
    expect(await unlink(accountId)).toMatchObject({ status: 409, body: { code: 'identity.last_credential' } });
    await link(accountId, nextPerson(), 'two');
    expect((await unlink(accountId)).status).toBe(204);
    expect(await unlink(accountId, 'two')).toMatchObject({ body: { code: 'identity.last_credential' } });
  });

  it('leaves one of two that are unlinked at once', async () => {
    const accountId = (await signIn(nextPerson())).body.account.accountId as AccountId;
    await link(accountId, nextPerson(), 'two');
    const replies = await Promise.all([unlink(accountId, 'one'), unlink(accountId, 'two')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await list(accountId)).identities).toHaveLength(1);
  });

  it('lets a guest go back to being one', async () => {
    const { accountId, secret } = await newGuest();
    await link(accountId, nextPerson());
    expect((await unlink(accountId)).status).toBe(204);
    const again = await world.call(guestLoginHandler, guestLogin, { body: { guestSecret: secret }, ip: nextNetwork() });
    expect(again.status).toBe(200);
  });

  it('refuses what is not linked', async () => {
    const { accountId } = await newGuest();
    expect(await unlink(accountId)).toMatchObject({ status: 404, body: { code: 'identity.not_linked' } });
  });
});

it('shows in the history how somebody signed in', async () => {
  const { accountId, secret } = await newGuest();
  const person = nextPerson();
  await link(accountId, person);
  await world.call(guestLoginHandler, guestLogin, { body: { guestSecret: secret }, ip: nextNetwork() });
  world.clock.advance(1_000);
  expect((await signIn(person)).status).toBe(200);
  const { body } = await world.call(historyHandler, listLogins, { actor: await as(accountId) });
  const logins = body.logins as { method: string; outcome: string }[];
  expect(logins.map(({ method }) => method).sort()).toEqual(['external', 'guest', 'guest']);
  expect(new Set(logins.map(({ outcome }) => outcome))).toEqual(new Set(['success']));
});

describe('a deleted account', () => {
  it('is given back to whoever signs in to it, and until then opens no session', async () => {
    const { accountId, secret } = await newGuest();
    const person = nextPerson();
    await link(accountId, person);
    const sendGuest = (handler: HttpHandler, endpoint: EndpointBase) =>
      world.call(handler, endpoint, { body: { guestSecret: secret }, ip: nextNetwork() });

    await deleteOwn(accountId);
    expect((await sendGuest(guestLoginHandler, guestLogin)).body.code).toBe('auth.account_deletion_pending');
    expect((await signIn(person)).body.code).toBe('auth.account_deletion_pending');
    const byGuest = await sendGuest(restoreGuestHandler, restoreGuest);
    expect(byGuest).toMatchObject({ status: 200, body: { accountId, status: 'ACTIVE' } });
    expect((await sendGuest(guestLoginHandler, guestLogin)).status).toBe(200);

    await deleteOwn(accountId);
    const byIdentity = await restoreWith(person);
    expect(byIdentity).toMatchObject({ status: 200, body: { accountId, status: 'ACTIVE' } });
    expect((await signIn(person)).body.account.accountId).toBe(accountId);
  });

  it('is nobody’s to restore with what signs in to none', async () => {
    const stranger = await restoreWith(nextPerson());
    expect(stranger).toMatchObject({ status: 401, body: { code: 'identity.token_invalid' } });
    const secret = { guestSecret: 'x'.repeat(43) };
    const guest = await world.call(restoreGuestHandler, restoreGuest, { body: secret, ip: nextNetwork() });
    expect(guest).toMatchObject({ status: 401, body: { code: 'identity.guest_unknown' } });
  });

  /** As its owner does, in a session that has stepped up. */
  async function deleteOwn(accountId: AccountId): Promise<void> {
    const actor = await as(accountId);
    const reply = await world.call(deleteHandler, deleteAccount, { actor });
    expect(reply.status, reply.text).toBeLessThan(300);
  }

  async function restoreWith(person: ProviderUser): Promise<CallResult> {
    const body = await answerOf(person);
    return world.call(restoreHandler, oidcRestore, { params: { provider: 'one' }, body, ip: nextNetwork() });
  }
});

describe('personal data', () => {
  it('is shown to its owner', async () => {
    const { accountId } = await newGuest();
    await link(accountId, nextPerson());
    expect(await exportOf(accountId)).toMatchObject({
      identities: [{ provider: 'one', linkedAt: expect.any(String) }],
      guest: { since: expect.any(String) },
    });
  });

  it('is gone once the account is erased: secret and identity are strangers’', async () => {
    const { accountId, secret } = await newGuest();
    const person = nextPerson();
    await link(accountId, person);
    await world.deliver();
    const erased: EventEnvelope<typeof ACCOUNT_ERASED> = {
      id: createId('evt'),
      name: 'ACCOUNT_ERASED',
      version: 1,
      occurredAt: new Date(world.clock.nowMs()).toISOString(),
      aggregateId: accountId,
      aggregateSeq: 9,
      correlationId: 'test',
      causationId: 'test',
      actor: { origin: 'test' },
      data: { accountId, characterIds: [] },
    };
    for (const _delivery of ['once', 'and again']) {
      expect((await invokeSubscriber(erasePersonalData, erased)).batchItemFailures).toEqual([]);
    }
    const login = await world.call(guestLoginHandler, guestLogin, { body: { guestSecret: secret }, ip: nextNetwork() });
    expect(login.body.code).toBe('identity.guest_unknown');
    expect((await signIn(person)).body.account.accountId).not.toBe(accountId);
    expect(await exportOf(accountId)).toEqual({ identities: [], guest: null });
  });
});

it('stops at the second factor of an account that has one, whichever way in is taken', async () => {
  const { accountId, secret: guestSecret } = await newGuest();
  const person = nextPerson();
  await link(accountId, person);
  const actor = await as(accountId);
  const { secret } = (await world.call(enrolHandler, enrolTotp, { actor })).body;
  const code = () => codeOf(secret, counterAt(world.clock.nowMs()));
  expect((await world.call(confirmHandler, confirmTotp, { actor, body: { code: code() } })).status).toBe(200);
  await world.deliver();
  const opened = world.events.length;

  const byGuestSecret = await world.call(guestLoginHandler, guestLogin, { body: { guestSecret }, ip: nextNetwork() });
  const byIdentity = await signIn(person);
  await world.deliver();
  expect(world.events).toHaveLength(opened);
  world.clock.advance(2 * STEP_MS);
  for (const [index, reply] of [byGuestSecret, byIdentity].entries()) {
    expect(reply).toMatchObject({ status: 200, body: { status: 'MFA_REQUIRED' } });
    expect(reply.body).not.toHaveProperty('accessToken');
    world.clock.advance(index * STEP_MS);
    const body = { challenge: reply.body.challenge, code: code() };
    const verified = await world.call(verifyHandler, verify, { body, ip: nextNetwork() });
    expect(verified).toMatchObject({ status: 200, body: { status: 'SIGNED_IN', account: { accountId } } });
  }
  const page = { nowMs: world.clock.nowMs(), limit: 10, after: undefined };
  const { attempts } = await listAttempts(accountId, page);
  expect(attempts.map(({ outcome, method }) => `${outcome} by ${method}`)).toEqual([
    'success by totp',
    'success by totp',
    'second_factor_due by external',
    'second_factor_due by guest',
    'success by guest',
  ]);
});
