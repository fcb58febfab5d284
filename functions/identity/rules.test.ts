import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OidcProviders } from '#shared/contract/oidc-provider.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { guestLimits, guestStateOf, identityLimits, type LinkedIdentity, obstacleToLink } from './rules.ts';

const linked = (...providers: string[]): LinkedIdentity[] =>
  providers.map((provider) => ({ provider, subjectHash: `hash of ${provider}`, linkedAtMs: 1 }));

describe('linking', () => {
  it('is free for a new provider while there is room', () => {
    expect(obstacleToLink([], 'one')).toBeUndefined();
    expect(obstacleToLink(linked('one', 'two', 'three', 'four'), 'five')).toBeUndefined();
  });

  it('is refused for a provider that is linked, even where the account is full', () => {
    const full = linked('one', 'two', 'three', 'four', 'five');
    expect(full).toHaveLength(identityLimits.perAccount);
    expect(obstacleToLink(full, 'three')).toBe('identity.provider_linked');
    expect(obstacleToLink(full, 'six')).toBe('identity.too_many');
  });
});

describe('a guest', () => {
  const day = fc.integer({ min: 0, max: 1_000 });

  it('is unused exactly when 90 days have passed and there is no character', () => {
    fc.assert(
      fc.property(day, day, fc.boolean(), (lastUsed, later, hasCharacter) => {
        const nowMs = (lastUsed + later) * DAY_MS;
        const marked = guestStateOf({ lastUsedAtMs: lastUsed * DAY_MS }, hasCharacter, nowMs);
        expect(marked.state === 'UNUSED').toBe(later * DAY_MS >= guestLimits.unusedAfterMs && !hasCharacter);
        if (marked.state === 'ACTIVE') expect(marked.lookAgainAtMs).toBeGreaterThan(nowMs);
      }),
    );
  });
});

describe('a stage’s providers', () => {
  const provider = {
    id: 'example',
    issuer: 'https://id.example.com',
    audiences: ['game'],
    jwksUri: 'https://id.example.com/jwks',
    displayName: 'Example',
  };

  it.each([
    ['https', {}],
    ['http on loopback', { jwksUri: 'http://127.0.0.1:9440/jwks', issuer: 'http://[::1]:9440' }],
  ])('may be reached by %s', (_way, change) => {
    expect(OidcProviders.safeParse([{ ...provider, ...change }]).success).toBe(true);
  });

  it.each([
    ['keys by http from afar', { jwksUri: 'http://id.example.com/jwks' }],
    ['keys from a host that only looks like loopback', { jwksUri: 'http://127.0.0.1.example.com/jwks' }],
    ['keys from a file', { jwksUri: 'file:///etc/passwd' }],
    ['no audience', { audiences: [] }],
    ['an id that fits in no path', { id: 'a/b' }],
    ['a setting that there is not', { secret: 'x' }],
  ])('refuse %s', (_what, change) => {
    expect(OidcProviders.safeParse([{ ...provider, ...change }]).success).toBe(false);
  });
});
