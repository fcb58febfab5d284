import { DAY_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';

export const guestLimits = {
  /** Guests that one network may open in a day; many players may share one. */
  perNetworkPerDay: 30,
  quotaWindowMs: DAY_MS,
  /** A guest without a character who has not signed in for this long counts as unused. */
  unusedAfterMs: 90 * DAY_MS,
} as const;

export const identityLimits = {
  perAccount: 5,
  /** From the start of a sign-in at a provider to its end. */
  nonceLifeMs: 10 * MINUTE_MS,
  /** An identity token tells who somebody was when it was issued, and is taken no later than this. */
  tokenMaxAgeMs: 10 * MINUTE_MS,
  /** Clocks of providers and ours may differ by this much. */
  clockToleranceMs: 30 * SECOND_MS,
} as const;

/** An external identity of an account. */
export interface LinkedIdentity {
  readonly provider: string;
  /** Key of its claim: provider and subject, hashed. */
  readonly subjectHash: string;
  readonly linkedAtMs: number;
}

/** What keeps an identity from being added to those that an account has. */
export function obstacleToLink(
  linked: readonly LinkedIdentity[],
  provider: string,
): 'identity.provider_linked' | 'identity.too_many' | undefined {
  if (linked.some((one) => one.provider === provider)) return 'identity.provider_linked';
  return linked.length >= identityLimits.perAccount ? 'identity.too_many' : undefined;
}

/** What a guest is to be marked as by a look at when they last signed in. */
export function guestStateOf(
  guest: { readonly lastUsedAtMs: number },
  hasCharacter: boolean,
  nowMs: number,
): { readonly state: 'ACTIVE'; readonly lookAgainAtMs: number } | { readonly state: 'UNUSED' } {
  const unusedAtMs = guest.lastUsedAtMs + guestLimits.unusedAfterMs;
  if (unusedAtMs > nowMs) return { state: 'ACTIVE', lookAgainAtMs: unusedAtMs };
  return hasCharacter ? { state: 'ACTIVE', lookAgainAtMs: nowMs + guestLimits.unusedAfterMs } : { state: 'UNUSED' };
}
