import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getAccount } from '#functions/account/public.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { catchMails, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { register, resendVerification, verificationPage, verifyEmail } from './contract.ts';
import { handler as registerHandler } from './endpoints/register.ts';
import { handler as resendHandler } from './endpoints/resend-verification.ts';
import { handler as pageHandler } from './endpoints/verification-page.ts';
import { handler as verifyHandler } from './endpoints/verify-email.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  // The address's rate bucket is full again.
  world.clock.advance(MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const signUp = (email: string, password = TEST_PASSWORD, rest = {}) =>
  world.call(registerHandler, register, { body: { email, password, ...rest } });
const verify = (token: string) => world.call(verifyHandler, verifyEmail, { body: { token } });
const mailsTo = (email: string) => mailbox.mails.filter(({ to }) => to === email);

describe('registration', () => {
  it('leads through a mail to an account that can log in', async () => {
    const email = 'Vesper@Example.com';
    expect(await signUp(email, TEST_PASSWORD, { locale: 'ru' })).toMatchObject({
      status: 202,
      body: { accepted: true },
    });
    expect((await sendLogin(world, email)).status).toBe(401);
    await world.deliver();

    const [mail] = mailsTo(email);
    expect(mail?.subject).toBe('Подтвердите адрес');
    expect(mail?.text).toContain('http://127.0.0.1/api/v1/auth/verify-email?token=acc_');
    const verified = await verify(mailbox.tokenFor(email));
    expect(verified.status).toBe(200);
    const accountId = AccountId.parse(verified.body.accountId);
    expect(await getAccount(accountId)).toMatchObject({ email, locale: 'ru', status: 'ACTIVE', roles: ['player'] });

    await world.deliver();
    expect(world.events.filter(({ name }) => name === 'ACCOUNT_CREATED')).toMatchObject([
      { aggregateId: accountId, data: { accountId, via: 'email' } },
    ]);
    expect((await sendLogin(world, 'vesper@example.COM')).status).toBe(200);
  });

  it('answers the same, and writes as much, whether or not the address has an account', async () => {
    const { email } = await registerPlayer(world, mailbox);
    const known = await signUp(email.toUpperCase());
    const unknown = await signUp('nobody@players.test');
    expect(known.text).toBe(unknown.text);
    expect(known.status).toBe(unknown.status);
    expect(known.capacity).toEqual(unknown.capacity);

    await world.deliver();
    expect(mailsTo(email.toUpperCase()).map(({ subject }) => subject)).toEqual(['You have an account already']);
    expect(mailsTo(email.toUpperCase())[0]?.text).not.toContain('token=');
  });

  it('lets the password of the followed link count, not of another registration', async () => {
    const email = 'contested@players.test';
    await signUp(email, 'first one knocking 1');
    await world.deliver();
    const first = mailbox.tokenFor(email);
    await signUp(email, 'second one knocking 2');
    await world.deliver();
    const second = mailbox.tokenFor(email);
    expect(second).not.toBe(first);

    expect((await verify(second)).status).toBe(200);
    expect(await verify(first)).toMatchObject({ status: 400, body: { code: 'auth.mail_token_invalid' } });
    expect((await sendLogin(world, email, 'first one knocking 1')).status).toBe(401);
    expect((await sendLogin(world, email, 'second one knocking 2')).status).toBe(200);
  });

  it('gives an address that two confirm at once to one of them', async () => {
    const email = 'raced@players.test';
    const tokens: string[] = [];
    for (const password of ['runner number one', 'runner number two']) {
      await signUp(email, password);
      await world.deliver();
      tokens.push(mailbox.tokenFor(email));
    }
    const replies = await Promise.all(tokens.map(verify));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('answers a link that is followed again, or twice at once, the same', async () => {
    const email = 'twice@players.test';
    await signUp(email);
    await world.deliver();
    const token = mailbox.tokenFor(email);
    const [one, two] = await Promise.all([verify(token), verify(token)]);
    const again = await verify(token);
    expect([one.status, two.status, again.status]).toEqual([200, 200, 200]);
    expect(new Set([one.text, two.text, again.text]).size).toBe(1);
    await world.deliver();
    const created = world.events.filter(
      ({ name, aggregateId }) => name === 'ACCOUNT_CREATED' && aggregateId === one.body.accountId,
    );
    expect(created).toHaveLength(1);
  });

  it('makes the bootstrap address an administrator', async () => {
    const { accountId } = await registerPlayer(world, mailbox, 'Admin@necpgame.test');
    expect((await getAccount(accountId))?.roles).toEqual(['player', 'admin']);
  });

  it('refuses a token that is forged, of another account, or a day old, and changes nothing', async () => {
    const email = 'late@players.test';
    await signUp(email);
    await world.deliver();
    const token = mailbox.tokenFor(email);
    const before = await world.snapshot();
    const forged = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA');
    const foreign = `acc_${'0'.repeat(26)}.${token.split('.')[1]}`;
    for (const bad of [forged, foreign]) {
      expect(await verify(bad)).toMatchObject({ status: 400, body: { code: 'auth.mail_token_invalid' } });
    }
    expect((await verify('not a token')).body.code).toBe('request.invalid');
    expect(await world.snapshot()).toEqual(before);
    world.clock.advance(DAY_MS);
    expect(await verify(token)).toMatchObject({ status: 400, body: { code: 'auth.mail_token_invalid' } });
  });

  it('refuses a weak password with its reason, before anything is written', async () => {
    const before = await world.snapshot();
    const reply = await signUp('weak@players.test', 'password1');
    expect(reply).toMatchObject({ status: 422, body: { code: 'auth.password_weak', facts: { reason: 'too_common' } } });
    expect((await signUp('obvious@players.test', 'obvious2026')).body.facts).toEqual({ reason: 'too_obvious' });
    expect(await world.snapshot()).toEqual(before);
  });

  it.each([
    ['no address', { email: 'nowhere', password: TEST_PASSWORD }],
    ['an unknown field', { email: 'a@b.test', password: TEST_PASSWORD, role: 'admin' }],
    ['a password of another type', { email: 'a@b.test', password: 12345678 }],
    ['a password without end', { email: 'a@b.test', password: 'x'.repeat(257) }],
    ['a language that there is not', { email: 'a@b.test', password: TEST_PASSWORD, locale: 'xx' }],
  ])('refuses a body with %s', async (_what, body) => {
    const before = await world.snapshot();
    expect(await world.call(registerHandler, register, { body })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('keeps password and token out of events', async () => {
    await signUp('silent@players.test', 'a password to look for');
    await world.deliver();
    const told = JSON.stringify(world.events);
    expect(told).not.toContain('a password to look for');
    expect(told).not.toContain(mailbox.tokenFor('silent@players.test').split('.')[1]);
    expect(told).not.toContain('silent@players.test');
  });
});

describe('the confirmation mail', () => {
  const resend = (email: string) => world.call(resendHandler, resendVerification, { body: { email } });

  it('comes again on demand with the same link', async () => {
    const email = 'again@players.test';
    await signUp(email);
    await world.deliver();
    const token = mailbox.tokenFor(email);
    expect((await resend(email)).status).toBe(202);
    await world.deliver();
    expect(mailsTo(email)).toHaveLength(2);
    expect(mailbox.tokenFor(email)).toBe(token);
  });

  it('comes not again when the wish for it is an hour old', async () => {
    const email = 'an-hour-late@players.test';
    await signUp(email);
    await world.deliver();
    await resend(email);
    world.clock.advance(HOUR_MS);
    await world.deliver();
    expect(mailsTo(email)).toHaveLength(1);
  });

  it('is asked for alike where nobody has registered, and nothing is sent', async () => {
    const email = 'resent@players.test';
    await signUp(email);
    const known = await resend(email);
    const unknown = await resend('stranger@players.test');
    expect(unknown.text).toBe(known.text);
    expect(unknown.capacity.writeUnits).toBe(known.capacity.writeUnits);
    await world.deliver();
    expect(mailsTo('stranger@players.test')).toEqual([]);
  });

  it('comes once however often its event is delivered', async () => {
    const email = 'doubled@players.test';
    await signUp(email);
    await world.deliver({ twice: true });
    expect(mailsTo(email)).toHaveLength(1);
  });

  it('comes at most five times an hour to one address', async () => {
    const email = 'flooded@players.test';
    for (let attempt = 0; attempt < 8; attempt += 1) await signUp(email);
    await world.deliver();
    expect(mailsTo(email)).toHaveLength(5);
    world.clock.advance(HOUR_MS);
    await resend(email);
    await world.deliver();
    expect(mailsTo(email)).toHaveLength(6);
  });
});

describe('the page behind the mailed link', () => {
  it('changes nothing by being opened, and holds nothing of the request', async () => {
    const email = 'scanned@players.test';
    await signUp(email);
    await world.deliver();
    const token = mailbox.tokenFor(email);
    const before = await world.snapshot();
    const page = await world.call(pageHandler, verificationPage, { query: { token } });
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain('<button');
    expect(page.text).not.toContain(token);
    expect(await world.snapshot()).toEqual(before);
    expect((await world.call(pageHandler, verificationPage, { query: { token: '<script>' } })).status).toBe(400);
  });
});
