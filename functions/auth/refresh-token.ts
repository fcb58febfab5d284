import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { DAY_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type Id, idSchema } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';

export const refreshLimits = {
  /** However often it is rotated, a login ends after this. */
  absoluteMs: 30 * DAY_MS,
  /** A token that nobody uses for this long is dead. */
  idleMs: 7 * DAY_MS,
  /** How long a client whose reply was lost may repeat a rotation. */
  repeatMs: 10 * SECOND_MS,
} as const;

const FamilyId = idSchema('fam');
export type FamilyId = Id<'fam'>;

/** `<family id>.<256 random bits as base64url>`. */
export const RefreshToken = z
  .string()
  .regex(/^fam_[0-9A-HJKMNP-TV-Z]{26}\.[A-Za-z0-9_-]{43}$/)
  .meta({
    description: 'Opaque refresh token; each can be used once',
    examples: [`fam_01JD8Z3V6Q4M5N7P9R2S4T6V8X.${'A'.repeat(43)}`],
  });

/** One login and all the refresh tokens that it has led to. Secrets are stored as SHA-256 only. */
export interface RefreshFamily {
  readonly familyId: FamilyId;
  readonly accountId: string;
  readonly sessionId: string;
  readonly currentHash: string;
  readonly startedAtMs: number;
  readonly rotatedAtMs: number;
  /** Of the last rotation; absent before the first. */
  readonly previousHash?: string | undefined;
  readonly rotationSalt?: string | undefined;
}

export interface IssuedRefreshToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

function expiryOf(startedAtMs: number, rotatedAtMs: number): number {
  return Math.min(startedAtMs + refreshLimits.absoluteMs, rotatedAtMs + refreshLimits.idleMs);
}

/** When the family's current token dies unless it is used. */
export function familyExpiryMs(family: Pick<RefreshFamily, 'startedAtMs' | 'rotatedAtMs'>): number {
  return expiryOf(family.startedAtMs, family.rotatedAtMs);
}

/** A new family with its first token. */
export function startFamily(of: { familyId: FamilyId; accountId: string; sessionId: string; nowMs: number }): {
  family: RefreshFamily;
  issued: IssuedRefreshToken;
} {
  const secret = randomToken();
  const family = {
    familyId: of.familyId,
    accountId: of.accountId,
    sessionId: of.sessionId,
    currentHash: sha256(secret),
    startedAtMs: of.nowMs,
    rotatedAtMs: of.nowMs,
  };
  return { family, issued: { token: `${of.familyId}.${secret}`, expiresAtMs: familyExpiryMs(family) } };
}

/** The two parts of a token; the schema has vouched for its form. */
export function parseRefreshToken(token: string): { familyId: FamilyId; secret: string } {
  const [familyId, secret] = token.split('.') as [string, string];
  return { familyId: FamilyId.parse(familyId), secret };
}

/**
 * A successor follows from its predecessor and the rotation's salt. So a repeated rotation can answer the same token
 * again although only hashes are stored: the repeater brings the one, the table has the other, neither suffices.
 */
function successorOf(secret: string, salt: string): string {
  return createHmac('sha256', secret).update(salt).digest('base64url');
}

export type RefreshDecision =
  /** Rotate: store `next` if the family's current hash is still the presented one. */
  | { readonly kind: 'rotate'; readonly next: RefreshFamily; readonly issued: IssuedRefreshToken }
  /** The reply to the same rotation was lost: answer it again, store nothing. */
  | { readonly kind: 'repeat'; readonly issued: IssuedRefreshToken }
  /** Somebody uses a spent token: either the client or a thief holds a copy, so the whole family ends. */
  | { readonly kind: 'reuse' }
  | { readonly kind: 'expired' };

/** What to do with a presented token; pure but for the salt, which the caller draws. */
export function decideRefresh(
  family: RefreshFamily,
  secret: string,
  nowMs: number,
  salt: string = randomToken(),
): RefreshDecision {
  if (nowMs >= familyExpiryMs(family)) return { kind: 'expired' };
  const presentedHash = sha256(secret);
  const issue = (next: RefreshFamily): IssuedRefreshToken => ({
    token: `${next.familyId}.${successorOf(secret, next.rotationSalt!)}`,
    expiresAtMs: familyExpiryMs(next),
  });
  if (presentedHash === family.currentHash) {
    const next: RefreshFamily = {
      ...family,
      currentHash: sha256(successorOf(secret, salt)),
      previousHash: presentedHash,
      rotationSalt: salt,
      rotatedAtMs: nowMs,
    };
    return { kind: 'rotate', next, issued: issue(next) };
  }
  // While the predecessor is the presented one, the successor is by definition unused.
  if (presentedHash === family.previousHash && nowMs - family.rotatedAtMs <= refreshLimits.repeatMs) {
    return { kind: 'repeat', issued: issue(family) };
  }
  return { kind: 'reuse' };
}
