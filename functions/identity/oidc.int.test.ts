import type { RequestListener } from 'node:http';
import { exportJWK, exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OidcProvider } from '#shared/contract/oidc-provider.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import {
  newProviderKey,
  type ProviderKey,
  type ProviderUser,
  startOidcProvider,
  type TestOidcProvider,
} from '#shared/testing/oidc-provider.ts';
import { catchMails, registerPlayer } from '#shared/testing/test-player.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { handler as listHandler } from './endpoints/list-providers.ts';
import { handler as loginHandler } from './endpoints/oidc-login.ts';
import { handler as startHandler } from './endpoints/start-oidc.ts';
import { listProviders, oidcLogin, startOidc } from './external-contract.ts';
import { identityLimits } from './rules.ts';

let world: TestWorld;
let provider: TestOidcProvider;
let mailbox: ReturnType<typeof catchMails>;
let people = 0;
let calls = 0;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
  provider = await startOidcProvider();
  trust(provider.config);
});

afterAll(async () => {
  mailbox.undo();
  await provider.stop();
  await world.stop();
});

beforeEach(() => {
  // The provider lives by the real time.
  world.clock.advance(Date.now() - world.clock.nowMs());
});

function trust(...providers: readonly OidcProvider[]): void {
  process.env.OIDC_PROVIDERS = JSON.stringify(providers);
}

/** No test is about the rate limits of a network. */
function nextNetwork(): string {
  calls += 1;
  return `198.51.${calls >> 8}.${calls & 255}`;
}

function nextPerson(facts: Partial<ProviderUser> = {}): ProviderUser {
  people += 1;
  return { sub: `person-${people}`, ...facts };
}

async function start(at = provider.config.id): Promise<string> {
  const reply = await world.call(startHandler, startOidc, { params: { provider: at }, ip: nextNetwork() });
  if (reply.status !== 201) throw new Error(`start answered ${reply.text}`);
  return String(reply.body.nonce);
}

function send(idToken: string, nonce: string, body: object = {}, at = provider.config.id): Promise<CallResult> {
  return world.call(loginHandler, oidcLogin, {
    params: { provider: at },
    body: { idToken, nonce, ...body },
    ip: nextNetwork(),
  });
}

/** The whole way: start, the provider's own pages, and back. */
async function signIn(person: ProviderUser, body: object = {}): Promise<CallResult> {
  const nonce = await start();
  return send(await provider.signIn(person, nonce), nonce, body);
}

interface Forgery {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: ProviderKey;
}

/** A token such as the provider would issue now, but for what the forgery says. */
function forge(nonce: string, { claims = {}, header = {}, key = provider.key() }: Forgery = {}): Promise<string> {
  const issuedAt = Math.floor(world.clock.nowMs() / SECOND_MS);
  const payload = {
    iss: provider.config.issuer,
    aud: provider.config.audiences[0],
    sub: 'forged-person',
    iat: issuedAt,
    exp: issuedAt + 600,
    nonce,
    ...claims,
  };
  const named = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
  return new SignJWT(named)
    .setProtectedHeader({ alg: provider.key().alg, kid: provider.key().kid, ...header })
    .sign(key.privateKey, { crit: { must: true } });
}

async function expectRefused(idToken: string, nonce: string): Promise<void> {
  const before = await world.snapshot();
  expect(await send(idToken, nonce)).toMatchObject({ status: 401, body: { code: 'identity.token_invalid' } });
  expect(await world.snapshot()).toEqual(before);
}

describe('signing in with a provider', () => {
  it('gives a stranger an account, and signs them in to it from then on', async () => {
    const person = nextPerson();
    const first = await signIn(person, { deviceName: 'Deck', locale: 'ru' });
    expect(first).toMatchObject({ status: 200, body: { status: 'SIGNED_IN', account: { locale: 'ru' } } });
    const again = await signIn(person);
    expect(again).toMatchObject({ status: 200, body: { account: first.body.account } });
    expect(again.body.sessionId).not.toBe(first.body.sessionId);
    await world.deliver();
    const created = world.events.filter(({ aggregateId }) => aggregateId === first.body.account.accountId);
    expect(created).toMatchObject([{ name: 'ACCOUNT_CREATED', data: { via: 'external' } }]);
  });

  it('stores neither the subject nor the nonce in clear', async () => {
    const person = nextPerson({ sub: 'subject-in-clear', email: 'clear@people.test', emailVerified: true });
    const nonce = await start();
    const idToken = await provider.signIn(person, nonce);
    const stored = JSON.stringify(await world.snapshot());
    expect((await send(idToken, nonce)).status).toBe(200);
    const after = JSON.stringify(await world.snapshot());
    for (const secret of [nonce, person.sub, person.email!, idToken]) {
      expect(stored).not.toContain(secret);
      expect(after).not.toContain(secret);
    }
  });

  it('makes one account of one stranger who signs in several times at once', async () => {
    const person = nextPerson();
    const nonces = await Promise.all([start(), start(), start(), start()]);
    const tokens = [];
    for (const nonce of nonces) tokens.push(await provider.signIn(person, nonce));
    const replies = await Promise.all(tokens.map((token, index) => send(token, nonces[index]!)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(replies.map(({ body }) => body.account.accountId)).size).toBe(1);
    expect(new Set(replies.map(({ body }) => body.sessionId)).size).toBe(4);
  });

  it('takes an answer once, however often it is sent at once', async () => {
    const nonce = await start();
    const idToken = await provider.signIn(nextPerson(), nonce);
    const replies = await Promise.all([send(idToken, nonce), send(idToken, nonce), send(idToken, nonce)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await send(idToken, nonce)).body.code).toBe('identity.nonce_invalid');
  });

  it('never links by an address: whose address has an account is told to link', async () => {
    const player = await registerPlayer(world, mailbox);
    const person = nextPerson({ email: player.email.toUpperCase(), emailVerified: true });
    expect(await signIn(person)).toMatchObject({ status: 409, body: { code: 'identity.email_in_use' } });
    const boaster = nextPerson({ email: player.email, emailVerified: false });
    const reply = await signIn(boaster);
    expect(reply.status).toBe(200);
    expect(reply.body.account.accountId).not.toBe(player.accountId);
  });

  it('is refused when it has taken more than 10 minutes, or was started at another provider', async () => {
    trust(provider.config, { ...provider.config, id: 'other' });
    const elsewhere = await start('other');
    expect((await send(await forge(elsewhere), elsewhere)).body.code).toBe('identity.nonce_invalid');
    trust(provider.config);
    const nonce = await start();
    world.clock.advance(identityLimits.nonceLifeMs);
    expect((await send(await forge(nonce), nonce)).body.code).toBe('identity.nonce_invalid');
    const never = 'n'.repeat(43);
    expect((await send(await forge(never), never)).body.code).toBe('identity.nonce_invalid');
  });

  it('names the providers that there are, and no other', async () => {
    const { body } = await world.call(listHandler, listProviders);
    expect(body).toEqual({
      providers: [{ provider: 'test', displayName: 'Test provider', issuer: provider.config.issuer }],
    });
    const unknown = await world.call(startHandler, startOidc, { params: { provider: 'nobody' } });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'identity.provider_unknown' } });
  });
});

describe('an identity token', () => {
  it('is taken when it is as it should be', async () => {
    const nonce = await start();
    expect((await send(await forge(nonce), nonce)).status).toBe(200);
  });

  const seconds = (offsetMs: number) => Math.floor((world.clock.nowMs() + offsetMs) / SECOND_MS);
  const stranger = newProviderKey();

  it.each<[string, () => Forgery]>([
    ['of another issuer', () => ({ claims: { iss: 'https://accounts.example.com' } })],
    ['without an issuer', () => ({ claims: { iss: undefined } })],
    ['for another client', () => ({ claims: { aud: 'somebody-else' } })],
    [
      'for us and another client',
      () => ({ claims: { aud: ['necpgame-test', 'somebody-else'], azp: 'necpgame-test' } }),
    ],
    ['for two without saying who asked', () => ({ claims: { aud: ['necpgame-test', 'necpgame-test'] } })],
    ['that another client asked for', () => ({ claims: { azp: 'somebody-else' } })],
    ['of another sign-in', () => ({ claims: { nonce: 'x'.repeat(43) } })],
    ['with a longer nonce', () => ({ claims: { nonce: 'x'.repeat(300) } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['that has expired', () => ({ claims: { exp: seconds(-MINUTE_MS) } })],
    ['without an end', () => ({ claims: { exp: undefined } })],
    ['of long ago', () => ({ claims: { iat: seconds(-11 * MINUTE_MS) } })],
    ['of the future', () => ({ claims: { iat: seconds(2 * MINUTE_MS) } })],
    ['of no time', () => ({ claims: { iat: undefined } })],
    ['not good yet', () => ({ claims: { nbf: seconds(2 * MINUTE_MS) } })],
    ['about nobody', () => ({ claims: { sub: undefined } })],
    ['about an empty subject', () => ({ claims: { sub: '' } })],
    ['about an endless subject', () => ({ claims: { sub: 's'.repeat(256) } })],
    ['about a number', () => ({ claims: { sub: 7 } })],
    ['signed with another key under the same name', () => ({ key: stranger })],
    ['signed with a key that nobody knows', () => ({ key: stranger, header: { kid: stranger.kid } })],
    ['by an algorithm that we do not take', () => ({ header: { alg: 'RS512' } })],
    ['of another kind', () => ({ header: { typ: 'at+jwt' } })],
    ['that brings its key by address', () => ({ header: { jku: 'https://keys.example.com/jwks' } })],
    ['that brings its certificate by address', () => ({ header: { x5u: 'https://keys.example.com/x5u' } })],
    ['with a critical extension', () => ({ header: { crit: ['must'], must: 'be understood' } })],
  ])('%s is refused, and the sign-in stays open', async (_what, forgery) => {
    const nonce = await start();
    await expectRefused(await forge(nonce, forgery()), nonce);
    expect((await send(await forge(nonce), nonce)).status).toBe(200);
  });

  it('that brings its own key is refused', async () => {
    const nonce = await start();
    const jwk = await exportJWK(stranger.publicKey);
    await expectRefused(await forge(nonce, { key: stranger, header: { jwk } }), nonce);
    await expectRefused(await forge(nonce, { header: { x5c: ['MIIB'] } }), nonce);
  });

  it('that nobody has signed is refused', async () => {
    const nonce = await start();
    const { issuer, audiences } = provider.config;
    const unsigned = new UnsecuredJWT({ nonce })
      .setIssuer(issuer)
      .setAudience([...audiences])
      .setSubject('forged-person')
      .setIssuedAt(new Date(world.clock.nowMs()))
      .setExpirationTime(new Date(world.clock.nowMs() + MINUTE_MS))
      .encode();
    await expectRefused(unsigned, nonce);
    const [header, payload] = (await forge(nonce)).split('.');
    await expectRefused(`${header}.${payload}.`, nonce);
  });

  it('signed with the public key as a secret is refused', async () => {
    const nonce = await start();
    const { kid, publicKey } = provider.key();
    const secret = new TextEncoder().encode(await exportSPKI(publicKey as never));
    const now = Math.floor(world.clock.nowMs() / SECOND_MS);
    const confused = await new SignJWT({ nonce, sub: 'forged-person', iat: now, exp: now + 600 })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setIssuer(provider.config.issuer)
      .setAudience([...provider.config.audiences])
      .sign(secret);
    await expectRefused(confused, nonce);
  });

  it('with one bit changed is refused', async () => {
    const nonce = await start();
    const token = await forge(nonce);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = Buffer.from(payload, 'base64url').toString().replace('forged', 'gorged');
    await expectRefused([header, Buffer.from(other).toString('base64url'), signature].join('.'), nonce);
    const bytes = Buffer.from(signature, 'base64url');
    bytes[0]! ^= 1;
    await expectRefused([header, payload, bytes.toString('base64url')].join('.'), nonce);
  });

  it('makes us ask for keys only once in a while, however many unknown keys it names', async () => {
    const nonce = await start();
    const before = provider.keyFetches();
    for (let n = 0; n < 12; n += 1) {
      const key = { ...stranger, kid: `made-up-${n}` };
      expect((await send(await forge(nonce, { key, header: { kid: key.kid } }), nonce)).status).toBe(401);
    }
    expect(provider.keyFetches() - before).toBeLessThanOrEqual(1);
  });
});

describe('a provider', () => {
  it('may change its keys, and their kind, without anybody noticing', async () => {
    const person = nextPerson();
    const first = await signIn(person);
    const replaced = provider.key();
    try {
      for (const [elapsed, alg] of [
        [11, 'RS256'],
        [22, 'ES256'],
      ] as const) {
        // Only the date: what asks for keys goes by it.
        vi.useFakeTimers({ toFake: ['Date'], now: world.clock.nowMs() + elapsed * SECOND_MS });
        provider.rotate(newProviderKey(alg));
        expect((await signIn(person)).body.account).toEqual(first.body.account);
      }
      const nonce = await start();
      await expectRefused(await forge(nonce, { key: replaced, header: { alg: 'RS256', kid: replaced.kid } }), nonce);
    } finally {
      vi.useRealTimers();
      provider.rotate(replaced);
    }
  });

  const endless: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"keys":[],"filler":"`);
    response.on('drain', () => response.write('x'.repeat(65_536)));
    response.write('x'.repeat(1_000_000));
  };
  it.each<[string, RequestListener]>([
    ['answers with an error', (_request, response) => response.writeHead(500).end()],
    ['answers with a page', (_request, response) => response.writeHead(200).end('<html>')],
    ['answers with no keys', (_request, response) => response.writeHead(200).end('{"keys":"none"}')],
    ['sends us elsewhere', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['breaks the connection', (request) => request.socket.destroy()],
    ['never answers', () => {}],
    ['never stops answering', endless],
  ])('that %s makes sign-ins wait, and uses nothing up', async (_what, answer) => {
    const broken = await startOidcProvider();
    try {
      trust({ ...broken.config, id: 'broken' });
      const nonce = await start('broken');
      const idToken = await broken.signIn(nextPerson(), nonce);
      const repair = broken.break(answer);
      const before = await world.snapshot();
      const reply = await send(idToken, nonce, {}, 'broken');
      expect(reply).toMatchObject({ status: 503, body: { code: 'identity.provider_unavailable' } });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
      expect(await world.snapshot()).toEqual(before);
      repair();
      expect((await send(idToken, nonce, {}, 'broken')).status).toBe(200);
    } finally {
      trust(provider.config);
      await broken.stop();
    }
  });
});
