import * as z from 'zod';
import type { Role } from '#shared/contract/endpoint.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

/**
 * `BANNED` may have an end, after which it counts as `ACTIVE`; `DELETION_PENDING`: closed, its owner may still restore
 * it; `ERASED`: only the id is left, so that nothing that names it dangles.
 */
export const accountStatuses = ['ACTIVE', 'BANNED', 'DELETION_PENDING', 'ERASED'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** How a player is shown outside the world. Letters, digits and single separators between them, of any script. */
export const AccountDisplayName = z
  .string()
  .min(2)
  .max(24)
  .regex(/^[\p{L}\p{N}]+(?:[ ._-][\p{L}\p{N}]+)*$/u)
  .meta({ description: 'Name shown outside the world; need not be unique', examples: ['Night Courier'] });

/** The display name of somebody who gave none: tells nothing of their address. */
export function defaultDisplayName(accountId: AccountId): string {
  return `Runner ${accountId.slice(-6)}`;
}

/** Roles of a new account: the stage's bootstrap address becomes its first administrator. */
export function initialRoles(email: string | undefined, bootstrapAdminEmail: string | undefined): readonly Role[] {
  return email !== undefined && email === bootstrapAdminEmail ? ['player', 'admin'] : ['player'];
}
