import * as z from 'zod';
import type { Role } from '#shared/contract/endpoint.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { avatarIds } from './data/avatars.ts';

/**
 * `BANNED` may have an end, after which it counts as `ACTIVE`; `DELETION_PENDING`: closed, its owner may still restore
 * it; `ERASED`: only the id is left, so that nothing that names it dangles.
 */
export const accountStatuses = ['ACTIVE', 'BANNED', 'DELETION_PENDING', 'ERASED'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

export const accountLimits = {
  /** How long a deleted account can be restored. */
  undoDeletionMs: 30 * DAY_MS,
  /** Time between two exports of one account. */
  exportEveryMs: DAY_MS,
  /** Room below Lambda's reply limit of 6 MB. */
  exportMaxBytes: 4_500_000,
  bioCharacters: 280,
  /** Changes of consent that are kept; the oldest gives way. */
  consentHistory: 50,
  longestBanMs: 3_650 * DAY_MS,
} as const;

/** How a player is shown outside the world. Letters, digits and single separators between them, of any script. */
export const AccountDisplayName = z
  .string()
  .min(2)
  .max(24)
  .regex(/^[\p{L}\p{N}]+(?:[ ._-][\p{L}\p{N}]+)*$/u)
  .meta({ description: 'Name shown outside the world; need not be unique', examples: ['Night Courier'] });

/** What the account's owner says of themselves: one paragraph without invisible characters; empty: nothing. */
export const Bio = z
  .string()
  .max(accountLimits.bioCharacters)
  .regex(/^(?:[^\p{C}\p{Z}]+(?: [^\p{C}\p{Z}]+)*)?$/u)
  .meta({ description: 'Shown in the public profile; empty: nothing', examples: ['Runs parcels through the rain.'] });

export const AvatarId = z.enum(avatarIds).meta({ description: 'Portrait beside the display name' });

/** The display name of somebody who gave none: tells nothing of their address. */
export function defaultDisplayName(accountId: AccountId): string {
  return `Runner ${accountId.slice(-6)}`;
}

/** What is shown in the place of an erased account's name. */
export const ERASED_NAME = 'Gone runner';

/** Roles of a new account: the stage's bootstrap address becomes its first administrator. */
export function initialRoles(email: string | undefined, bootstrapAdminEmail: string | undefined): readonly Role[] {
  return email !== undefined && email === bootstrapAdminEmail ? ['player', 'admin'] : ['player'];
}
