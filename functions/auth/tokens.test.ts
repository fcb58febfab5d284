import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { ACCESS_TOKEN_MS, type AccessClaims, signAccessToken, verifyAccessToken } from './access-token.ts';
import { accountOfMailToken, isSameToken, MailToken, mailTokenOf } from './mail-token.ts';
import { decideRefresh, parseRefreshToken, RefreshToken, refreshLimits, startFamily } from './refresh-token.ts';
import { newSigningKeys, parseSigningKeys, publicJwks } from './signing-keys.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const keys = parseSigningKeys(newSigningKeys());
const claims: AccessClaims = {
  accountId: createId('acc'),
  sessionId: createId('ses'),
  roles: ['player', 'gm'],
  characterId: createId('chr'),
};

describe('access token', () => {
  it('gives back what was signed', async () => {
    const { token, expiresAtMs } = await signAccessToken(claims, keys, 'test', nowMs);
    expect(await verifyAccessToken(token, keys, 'test', nowMs)).toEqual(claims);
    expect(expiresAtMs).toBe(nowMs + ACCESS_TOKEN_MS);
  });

  it('ends after ten minutes and does not begin early', async () => {
    const { token } = await signAccessToken(claims, keys, 'test', nowMs);
    expect(await verifyAccessToken(token, keys, 'test', nowMs + ACCESS_TOKEN_MS - 1_000)).toEqual(claims);
    expect(await verifyAccessToken(token, keys, 'test', nowMs + ACCESS_TOKEN_MS + 6_000)).toBeUndefined();
    expect(await verifyAccessToken(token, keys, 'test', nowMs - 10_000)).toBeUndefined();
  });

  it('is worthless on another stage, under another key, and when a byte differs', async () => {
    const { token } = await signAccessToken(claims, keys, 'test', nowMs);
    expect(await verifyAccessToken(token, keys, 'prod', nowMs)).toBeUndefined();
    expect(await verifyAccessToken(token, parseSigningKeys(newSigningKeys()), 'test', nowMs)).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '0', '.', '-'), async (at, character) => {
        fc.pre(token[at] !== character && at < token.length - 2);
        const forged = token.slice(0, at) + character + token.slice(at + 1);
        expect(await verifyAccessToken(forged, keys, 'test', nowMs)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  const payload = {
    iss: 'necpgame:test',
    aud: 'necpgame-api',
    sub: claims.accountId,
    sid: claims.sessionId,
    roles: ['admin'],
    jti: 'x',
    iat: nowMs / 1_000,
    nbf: nowMs / 1_000,
    exp: nowMs / 1_000 + 600,
  };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const ownPair = generateKeyPairSync('ed25519');
  const forge = (header: object, body: object = payload, key = keys[0]!.privateKey!) => {
    const signed = `${encode(header)}.${encode(body)}`;
    return `${signed}.${signBytes(null, Buffer.from(signed), key).toString('base64url')}`;
  };
  const good = { alg: 'EdDSA', typ: 'at+jwt', kid: keys[0]!.kid };

  it('verifies the hand-made token that the forgeries below differ from', async () => {
    expect(await verifyAccessToken(forge(good), keys, 'test', nowMs)).toMatchObject({ roles: ['admin'] });
  });

  it.each([
    ['no algorithm', `${encode({ ...good, alg: 'none' })}.${encode(payload)}.`],
    ['another type', forge({ ...good, typ: 'JWT' })],
    ['an unknown key', forge({ ...good, kid: 'k9' })],
    ['no key id', forge({ alg: 'EdDSA', typ: 'at+jwt' })],
    [
      'a key of its own',
      forge({ ...good, jwk: ownPair.publicKey.export({ format: 'jwk' }) }, payload, ownPair.privateKey),
    ],
    ['a key header', forge({ ...good, jku: 'https://evil.example/jwks' })],
    ['another audience', forge(good, { ...payload, aud: 'necpgame-admin' })],
    ['no expiry', forge(good, { ...payload, exp: undefined })],
    ['a life longer than ours', forge(good, { ...payload, iat: payload.iat - 7_200, exp: payload.exp + 7_200 })],
    ['a role that there is not', forge(good, { ...payload, roles: ['root'] })],
    ['a subject that is no account', forge(good, { ...payload, sub: claims.sessionId })],
    ['nothing', ''],
    ['far too much', 'a'.repeat(100_000)],
  ])('refuses a token with %s', async (_what, token) => {
    expect(await verifyAccessToken(token, keys, 'test', nowMs)).toBeUndefined();
  });

  it('refuses a symmetric signature made with the public key', async () => {
    const jwk = JSON.stringify(publicJwks(keys)[0]);
    const token = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })
      .sign(Buffer.from(jwk));
    expect(await verifyAccessToken(token, keys, 'test', nowMs)).toBeUndefined();
  });

  it('publishes public halves only', () => {
    expect(publicJwks(keys)).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: keys[0]!.kid,
        use: 'sig',
        alg: 'EdDSA',
      },
    ]);
  });
});

describe('refresh token', () => {
  const start = () => startFamily({ familyId: createId('fam'), accountId: 'a', sessionId: 's', nowMs });

  it('rotates to a token of the declared form, and the family knows only hashes', () => {
    const { family, issued } = start();
    expect(RefreshToken.parse(issued.token)).toBe(issued.token);
    const { familyId, secret } = parseRefreshToken(issued.token);
    expect(familyId).toBe(family.familyId);
    const decision = decideRefresh(family, secret, nowMs + 1_000);
    if (decision.kind !== 'rotate') throw new Error(decision.kind);
    expect(RefreshToken.parse(decision.issued.token)).not.toBe(issued.token);
    expect(JSON.stringify(decision.next)).not.toContain(secret);
    expect(JSON.stringify(decision.next)).not.toContain(parseRefreshToken(decision.issued.token).secret);
  });

  it('answers a repetition within ten seconds with the same successor', () => {
    const { family, issued } = start();
    const { secret } = parseRefreshToken(issued.token);
    const first = decideRefresh(family, secret, nowMs);
    if (first.kind !== 'rotate') throw new Error(first.kind);
    expect(decideRefresh(first.next, secret, nowMs + refreshLimits.repeatMs)).toEqual({
      kind: 'repeat',
      issued: first.issued,
    });
  });

  it('takes a later repetition, and one after the successor was used, for theft', () => {
    const { family, issued } = start();
    const { secret } = parseRefreshToken(issued.token);
    const first = decideRefresh(family, secret, nowMs);
    if (first.kind !== 'rotate') throw new Error(first.kind);
    expect(decideRefresh(first.next, secret, nowMs + refreshLimits.repeatMs + 1)).toEqual({ kind: 'reuse' });
    const second = decideRefresh(first.next, parseRefreshToken(first.issued.token).secret, nowMs + 1);
    if (second.kind !== 'rotate') throw new Error(second.kind);
    expect(decideRefresh(second.next, secret, nowMs + 2)).toEqual({ kind: 'reuse' });
  });

  it('dies when idle for 7 days, and after 30 days however often it is used', () => {
    const { family, issued } = start();
    let state = family;
    let token = issued.token;
    let atMs = nowMs;
    expect(decideRefresh(family, parseRefreshToken(token).secret, nowMs + refreshLimits.idleMs).kind).toBe('expired');
    for (;;) {
      atMs += 6 * DAY_MS;
      const decision = decideRefresh(state, parseRefreshToken(token).secret, atMs);
      if (decision.kind !== 'rotate') {
        expect(decision.kind).toBe('expired');
        break;
      }
      expect(decision.issued.expiresAtMs).toBeLessThanOrEqual(nowMs + refreshLimits.absoluteMs);
      state = decision.next;
      token = decision.issued.token;
    }
    expect(atMs - nowMs).toBe(30 * DAY_MS);
  });
});

describe('mail token', () => {
  it('names its account and depends on key, purpose, account and nonce', () => {
    const accountId = createId('acc');
    const token = MailToken.parse(mailTokenOf('key', 'verify-email', accountId, 'nonce'));
    expect(accountOfMailToken(token)).toBe(accountId);
    expect(isSameToken(token, mailTokenOf('key', 'verify-email', accountId, 'nonce'))).toBe(true);
    expect(isSameToken(token, mailTokenOf('other', 'verify-email', accountId, 'nonce'))).toBe(false);
    expect(isSameToken(token, mailTokenOf('key', 'verify-email', accountId, 'other'))).toBe(false);
    expect(isSameToken(token, mailTokenOf('key', 'verify-email', createId('acc'), 'nonce'))).toBe(false);
    expect(isSameToken(token, token.slice(0, -1))).toBe(false);
  });
});
