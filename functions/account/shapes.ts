import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { roles } from '#shared/contract/endpoint.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { TimeZone } from '#shared/kernel/time-zone.ts';
import { consentDocumentIds } from './data/consent-documents.ts';
import { AccountDisplayName, AvatarId, accountLimits, accountStatuses, Bio } from './rules.ts';
import { auditActions } from './store-audit.ts';

/** What the contracts of this domain take and answer. */

export const AccountView = z.strictObject({
  accountId: AccountId,
  email: z
    .string()
    .optional()
    .meta({ description: 'Address of this account, as its owner wrote it; a guest has none' }),
  displayName: AccountDisplayName,
  locale: LocaleCode,
  avatarId: AvatarId.optional(),
  bio: Bio.optional(),
  timeZone: TimeZone.optional(),
  status: z.enum(accountStatuses),
  roles: z.array(z.enum(roles)),
  createdAt: z.iso.datetime(),
});

export const ProfileChange = z
  .strictObject({
    displayName: AccountDisplayName.optional(),
    locale: LocaleCode.optional(),
    avatarId: AvatarId.optional(),
    bio: Bio.optional(),
    timeZone: TimeZone.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change')
  .meta({ minProperties: 1, examples: [{ displayName: 'Vesper', locale: 'en' }] });

export const PublicProfile = z.strictObject({
  accountId: AccountId,
  displayName: z.string(),
  avatarId: AvatarId.optional(),
  bio: z.string().optional(),
  memberSince: z.iso.date().meta({ description: 'Day on which the account began, in UTC' }),
});

export const ConsentDocument = z.enum(consentDocumentIds).meta({ description: 'What is agreed to' });
export const DocumentVersion = z
  .string()
  .min(1)
  .max(32)
  .meta({ description: 'Version of the text', examples: ['2026-11-01'] });

const ConsentChange = z.strictObject({
  document: ConsentDocument,
  version: DocumentVersion,
  given: z.boolean().meta({ description: '`false`: withdrawn, or never agreed to when asked' }),
  at: Instant,
});

export const ConsentsView = z.strictObject({
  documents: z.array(
    z.strictObject({
      document: ConsentDocument,
      currentVersion: DocumentVersion,
      required: z.boolean().meta({ description: 'The account rests on it' }),
      state: z
        .enum(['missing', 'given', 'outdated', 'withdrawn'])
        .meta({ description: '`outdated`: agreed to an older version' }),
      version: DocumentVersion.optional().meta({ description: 'Version of the last answer' }),
      at: Instant.optional().meta({ description: 'When it was given or withdrawn' }),
    }),
  ),
  history: z
    .array(ConsentChange)
    .max(accountLimits.consentHistory)
    .meta({ description: 'Every change, newest first; the oldest give way' }),
});

const BanView = z.strictObject({
  bannedAt: Instant,
  until: Instant.optional().meta({ description: 'Unset: for good' }),
});

export const StaffView = z.strictObject({
  accountId: AccountId,
  email: z.string().optional().meta({ description: 'Moderators see its first letter and its domain' }),
  displayName: z.string(),
  locale: LocaleCode,
  status: z.enum(accountStatuses).meta({ description: 'A ban that is over shows as ACTIVE' }),
  roles: z.array(z.enum(roles)),
  createdAt: Instant,
  ban: BanView.optional(),
  eraseAt: Instant.optional().meta({ description: 'Of a deleted account: when its personal data will be gone' }),
});

/** Why staff act. It stays in the audit for good, so it names no personal data. */
export const Reason = z
  .string()
  .min(3)
  .max(500)
  .regex(/^[^\p{C}\p{Z}]+(?: [^\p{C}\p{Z}]+)*$/u)
  .meta({ description: 'Why; kept in the audit for good', examples: ['Sold gold, report 4711'] });

const AuditedState = z.strictObject({
  status: z.string(),
  roles: z.array(z.string()),
  banUntil: z.string().optional().meta({ description: 'Instant, or `for good`' }),
});

export const AuditEntryView = z.strictObject({
  operationId: z.string().meta({ description: 'The act: its events name it as their cause' }),
  at: Instant,
  actorId: AccountId.meta({ description: 'Who did it' }),
  action: z.enum(auditActions),
  reason: z.string().optional(),
  before: AuditedState.optional(),
  after: AuditedState.optional(),
});
