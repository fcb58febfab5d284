import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { AccountId, CredentialRequestId } from '#shared/kernel/ids.ts';

/** What a mailed token is good for; a token of one purpose is worthless for any other. */
export type MailPurpose = 'verify-email' | 'reset-password' | 'change-email' | 'undo-email';

/** `<account id>.<HMAC-SHA256 as base64url>`. */
export const MailToken = z
  .string()
  .regex(/^acc_[0-9A-HJKMNP-TV-Z]{26}\.[A-Za-z0-9_-]{43}$/)
  .meta({ description: 'Token from a mail', examples: [`acc_01JD8Z3V6Q4M5N7P9R2S4T6V8X.${'A'.repeat(43)}`] });

/** The same, where the link must not tell whether there is an account: it names a request. */
export const RequestToken = z
  .string()
  .regex(/^crq_[0-9A-HJKMNP-TV-Z]{26}\.[A-Za-z0-9_-]{43}$/)
  .meta({ description: 'Token from a mail', examples: [`crq_01JD8Z3V6Q4M5N7P9R2S4T6V8X.${'A'.repeat(43)}`] });

/**
 * The token that a mail carries. It is derived, never stored or sent through an event: only the holder of the key can
 * make it, from the nonce that the stored request holds.
 */
export function mailTokenOf(
  key: string,
  purpose: MailPurpose,
  subject: AccountId | CredentialRequestId,
  nonce: string,
): string {
  const mac = createHmac('sha256', key)
    .update(JSON.stringify([purpose, subject, nonce]))
    .digest('base64url');
  return `${subject}.${mac}`;
}

/** The account that a token claims to be for; says nothing about whether the token is genuine. */
export function accountOfMailToken(token: string): AccountId {
  return AccountId.parse(token.split('.')[0]);
}

/** The request that a token claims to be for. */
export function requestOfMailToken(token: string): CredentialRequestId {
  return CredentialRequestId.parse(token.split('.')[0]);
}

/** Compares in constant time. */
export function isSameToken(presented: string, expected: string): boolean {
  const [left, right] = [Buffer.from(presented), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
