import type { MfaRequired } from '#functions/auth/shapes.ts';
import type { Changes } from '#shared/events/changes.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { challengeLimits } from './rules.ts';
import { getFactor } from './store.ts';
import { putChallenge } from './store-attempts.ts';

export { checkFactorIsOn } from './store.ts';

/** What a sign-in to an account takes besides the first factor. */
export interface SecondFactorOffer {
  readonly factors: MfaRequired['factors'];
}

/** What a sign-in to this account asks for; undefined when the first factor is enough. One strongly consistent read. */
export async function secondFactorOf(accountId: AccountId): Promise<SecondFactorOffer | undefined> {
  const { active } = await getFactor(accountId);
  if (!active) return undefined;
  return { factors: active.recoveryHashes.length > 0 ? ['totp', 'recovery-code'] : ['totp'] };
}

/**
 * Stops a sign-in at its second factor: to be committed and answered where {@link secondFactorOf} asks for one, in the
 * place of a session. The challenge lives 5 minutes and dies with the password that was right.
 */
export function openChallenge(of: {
  readonly accountId: AccountId;
  readonly offer: SecondFactorOffer;
  /** Version of the credential once the caller has committed; unset where an identity provider vouched. */
  readonly credentialVersion?: number | undefined;
  readonly deviceName: string | undefined;
  readonly nowMs: number;
}): { readonly changes: Changes; readonly reply: MfaRequired } {
  const { accountId, offer, credentialVersion, deviceName, nowMs } = of;
  const challenge = randomToken();
  const expiresAtMs = nowMs + challengeLimits.lifeMs;
  const stored = putChallenge({
    challengeHash: sha256(challenge),
    accountId,
    attempts: 0,
    expiresAtMs,
    ...(credentialVersion === undefined ? {} : { credentialVersion }),
    ...(deviceName === undefined ? {} : { deviceName }),
  });
  return {
    changes: { writes: [stored] },
    reply: { status: 'MFA_REQUIRED', challenge, expiresAt: toIso(expiresAtMs), factors: offer.factors },
  };
}

/** What the account's owner may know of what is stored here: no secrets, no hashes. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const { active } = await getFactor(accountId);
  return {
    secondFactor: active
      ? { kind: 'totp', enabledAt: toIso(active.enabledAtMs), recoveryCodesLeft: active.recoveryHashes.length }
      : null,
  };
}
