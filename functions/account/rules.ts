import * as z from 'zod';
import type { Role } from '#shared/contract/endpoint.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

export const accountStatuses = ['ACTIVE', 'BANNED'] as const;
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
export function initialRoles(email: string, bootstrapAdminEmail: string): readonly Role[] {
  return email === bootstrapAdminEmail ? ['player', 'admin'] : ['player'];
}
