import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { ACCESS_TOKEN_MS, type AccessClaims, signAccessToken, verifyAccessToken } from './access-token.ts';
import { newSigningKeys, parseSigningKeys, publicJwks, rotateSigningKeys, rotationLimits } from './signing-keys.ts';

const startMs = Date.UTC(2026, 10, 22, 12);
const claims: AccessClaims = {
  accountId: createId('acc'),
  sessionId: createId('ses'),
  roles: ['player'],
  characterId: undefined,
};

/** The secret at each hour's run of the job, over 32 days. */
function history(): { readonly nowMs: number; readonly text: string }[] {
  const texts = [{ nowMs: startMs, text: newSigningKeys(startMs) }];
  for (let nowMs = startMs + HOUR_MS; nowMs < startMs + 32 * DAY_MS; nowMs += HOUR_MS) {
    const { text } = texts.at(-1)!;
    texts.push({ nowMs, text: rotateSigningKeys(text, nowMs) ?? text });
  }
  return texts;
}

describe('rotation of signing keys', () => {
  const texts = history();
  const states = texts.filter(({ text }, index) => text !== texts[index - 1]?.text);

  it('publishes, signs, retires: three steps an hour apart, once in thirty days', () => {
    expect(states.map(({ nowMs }) => (nowMs - startMs) / HOUR_MS)).toEqual([0, 720, 721, 722]);
    const rings = states.map(
      ({ text }) => JSON.parse(text) as { current: string; keys: { kid: string; d?: string }[] },
    );
    const [old, next] = [rings[0]!.current, rings[3]!.current];
    expect(next).not.toBe(old);
    expect(rings.map(({ current, keys }) => [current, keys.map(({ kid, d }) => [kid, d !== undefined])])).toEqual([
      [old, [[old, true]]],
      [
        old,
        [
          [old, true],
          [next, true],
        ],
      ],
      [
        next,
        [
          [old, false],
          [next, true],
        ],
      ],
      [next, [[next, true]]],
    ]);
  });

  it('logs nobody out: whatever any function signs, any other verifies, though each reads the secret late', async () => {
    /** Functions see the secret as it was up to 5 minutes ago; the gateway keeps an authorizer's word for 5 more. */
    const lateMs = 10 * MINUTE_MS;
    const seenAt = (nowMs: number) => texts.findLast((state) => state.nowMs <= nowMs)!.text;
    let checked = 0;
    for (const { nowMs: changedAtMs } of states.slice(1)) {
      for (const signedAfterMs of [-MINUTE_MS, 0, lateMs - MINUTE_MS, lateMs]) {
        const signedAtMs = changedAtMs + signedAfterMs;
        for (const signerLateMs of [0, lateMs]) {
          const signer = parseSigningKeys(seenAt(signedAtMs - signerLateMs));
          const { token } = await signAccessToken(claims, signer, 'test', signedAtMs);
          for (const ageMs of [0, ACCESS_TOKEN_MS - MINUTE_MS]) {
            for (const verifierLateMs of [0, lateMs]) {
              const verifier = parseSigningKeys(seenAt(signedAtMs + ageMs - verifierLateMs));
              expect(await verifyAccessToken(token, verifier, 'test', signedAtMs + ageMs)).toEqual(claims);
              checked += 1;
            }
          }
        }
      }
    }
    expect(checked).toBe(96);
  });

  it('signs with the new key from its second step on, and refuses the old one after the third', async () => {
    const [first, , second, third] = states.map(({ text }) => parseSigningKeys(text));
    const kidOf = (token: string) =>
      (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;
    const nowMs = startMs + 31 * DAY_MS;
    const old = await signAccessToken(claims, first!, 'test', nowMs);
    const fresh = await signAccessToken(claims, second!, 'test', nowMs);
    expect(kidOf(fresh.token)).not.toBe(kidOf(old.token));
    expect(await verifyAccessToken(old.token, second!, 'test', nowMs)).toEqual(claims);
    expect(await verifyAccessToken(fresh.token, third!, 'test', nowMs)).toEqual(claims);
    expect(await verifyAccessToken(old.token, third!, 'test', nowMs)).toBeUndefined();
  });

  it('shows the public half of every key that may be met', () => {
    const shown = states.map(({ text }) => publicJwks(parseSigningKeys(text)).map(({ kid }) => kid));
    expect(shown.map((kids) => kids.length)).toEqual([1, 2, 2, 1]);
    // The one that signs comes first.
    expect(shown[2]![0]).toBe(shown[3]![0]);
    expect(JSON.stringify(states.map(({ text }) => publicJwks(parseSigningKeys(text))))).not.toContain('"d"');
  });

  it('rotates keys from before rotation was counted, and refuses a secret without a key that signs', () => {
    const { current, keys } = JSON.parse(newSigningKeys(startMs)) as {
      current: string;
      keys: Record<string, unknown>[];
    };
    const [{ createdAtMs: _unknown, d: _secret, ...bare }] = keys as [Record<string, unknown>];
    const old = JSON.stringify({ current, keys: [{ ...bare, d: _secret }] });
    expect(JSON.parse(rotateSigningKeys(old, startMs)!).keys).toHaveLength(2);
    expect(() => parseSigningKeys(JSON.stringify({ current, keys: [bare] }))).toThrow('no key that can sign');
  });

  it('asks for nothing twice', () => {
    for (const { nowMs, text } of states) {
      const soonMs = nowMs + rotationLimits.publishedMs - 1;
      expect(rotateSigningKeys(text, soonMs)).toBeUndefined();
    }
  });
});
