import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';
import { SECOND_MS } from '#shared/kernel/clock.ts';

/** RFC 6238 as every authenticator knows it; the secret has the 160 bits that RFC 4226 recommends. */
const parameters = { algorithm: 'SHA1', digits: 6 } as const;
export const STEP_MS = 30 * SECOND_MS;
const SECRET_BYTES = 20;

/** Clocks of phones may be off by this many steps. */
const TOLERANCE_STEPS = 1;

/** A fresh secret in base 32, as authenticators take it. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The number of the step that an instant falls into. */
export function counterAt(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

/** The code of one step. */
export function codeOf(secret: string, counter: number): string {
  return HOTP.generate({ ...parameters, secret: Secret.fromBase32(secret), counter });
}

/**
 * The step whose code this is: the present one or one beside it, but none up to `lastCounter`, so that a code that was
 * seen once is worthless. Looks at every candidate, whichever fits.
 */
export function matchingCounter(secret: string, code: string, nowMs: number, lastCounter: number): number | undefined {
  const presented = Buffer.from(code);
  const now = counterAt(nowMs);
  let match: number | undefined;
  for (let counter = now - TOLERANCE_STEPS; counter <= now + TOLERANCE_STEPS; counter += 1) {
    const expected = Buffer.from(codeOf(secret, Math.max(0, counter)));
    const fits = expected.length === presented.length && timingSafeEqual(expected, presented);
    if (fits && counter > lastCounter) match ??= counter;
  }
  return match;
}

/** What an authenticator reads from a QR code. */
export function otpauthUri(secret: string, label: string): string {
  return new TOTP({ ...parameters, issuer: 'NECPGAME', label, secret, period: STEP_MS / SECOND_MS }).toString();
}
