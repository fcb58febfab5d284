import { z } from 'zod';
import type { Role } from '#shared/contract/endpoint.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

/** Languages that the game speaks to players. */
export const locales = ['en', 'ru'] as const;
export type Locale = (typeof locales)[number];

export const accountStatuses = ['ACTIVE', 'BANNED'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** How a player is shown outside the world. Letters, digits and single separators between them, of any script. */
export const AccountDisplayName = z
  .string()
  .min(2)
  .max(24)
  .regex(/^[\p{L}\p{N}]+(?:[ ._-][\p{L}\p{N}]+)*$/u)
  .meta({ description: 'Name shown outside the world; need not be unique', examples: ['Night Courier'] });

export const LocaleSchema = z.enum(locales).meta({ description: 'Language of mails and notices' });

/** The display name of somebody who gave none: tells nothing of their address. */
export function defaultDisplayName(accountId: AccountId): string {
  return `Runner ${accountId.slice(-6)}`;
}

/** Roles of a new account: the stage's bootstrap address becomes its first administrator. */
export function initialRoles(email: string, bootstrapAdminEmail: string): readonly Role[] {
  return email === bootstrapAdminEmail ? ['player', 'admin'] : ['player'];
}
