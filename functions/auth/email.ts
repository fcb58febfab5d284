import * as z from 'zod';
import { sha256 } from '#shared/kernel/canonical-json.ts';

/** RFC 5321 bounds a path at 256 characters with its angle brackets. */
export const EmailAddress = z
  .email()
  .max(254)
  .meta({ description: 'E-mail address; compared without regard to case', examples: ['v@example.com'] });

/**
 * The form in which addresses are compared. Case is folded in the local part too: no provider tells `V@` from `v@`,
 * and two accounts on one mailbox would be a trap. Dots and tags stay: providers differ on them.
 */
export function normalizeEmail(address: string): string {
  return address.trim().toLowerCase();
}

/** Key of an address in the table: fixed length, and the address itself stands in no key, event or log. */
export function emailHash(address: string): string {
  return sha256(normalizeEmail(address));
}
