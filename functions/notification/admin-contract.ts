import * as z from 'zod';
import { CharacterLevel, Instant } from '#events/fields.ts';
import { RealmId } from '#functions/character/shapes.ts';
import { defineEndpoint, roles } from '#shared/contract/endpoint.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { AccountId, idSchema } from '#shared/kernel/ids.ts';
import { locales } from '#shared/kernel/locale.ts';
import './errors.ts';
import { notificationLimits } from './rules.ts';
import { Announcement } from './topics.ts';

/** What operators may send; their endpoints, apart from the players'. */

export const announce = defineEndpoint({
  id: 'notification.announce',
  method: 'POST',
  path: '/api/v1/admin/announcements',
  summary: 'Announce something to everybody who is online',
  description: 'Goes to `/topic/server/announcements`; who connects within a day can still catch up on it.',
  auth: 'account',
  stepUp: true,
  roles: ['admin'],
  body: Announcement.pick({ severity: true, text: true }),
  success: 202,
  response: Announcement.pick({ id: true, announcedAt: true }),
  errors: [],
  idempotency: 'key',
  rate: 'write',
  budget: { readUnits: 2, writeUnits: 14 },
  needs: { table: 'write' },
  impact: 'Operators cannot announce maintenance or emergencies.',
});

const CampaignId = idSchema('cpn');
const Text = z.string().min(1).max(500);
const Segment = z
  .strictObject({
    kind: z.literal('segment'),
    locales: z.array(z.enum(locales)).min(1).max(locales.length).optional(),
    roles: z.array(z.enum(roles)).min(1).max(roles.length).optional(),
    createdAfter: Instant.optional().meta({ description: 'Accounts that are not older' }),
    createdBefore: Instant.optional().meta({ description: 'Accounts that are older' }),
    realms: z.array(RealmId).min(1).max(RealmId.options.length).optional(),
    levels: z
      .strictObject({ from: CharacterLevel, to: CharacterLevel })
      .optional()
      .meta({ description: 'Both ends included; with `realms`, of a character that lives there' }),
    lastSeenAfter: Instant.optional().meta({
      description: 'Who played then or later, before the visit that is going on',
    }),
    lastSeenBefore: Instant.optional().meta({ description: 'Who has not played since, before this visit' }),
  })
  .meta({
    description:
      'Who meets all criteria that are set; of a list, one of its entries. Who has never played before meets none of ' +
      '`lastSeen…`',
  });
const Many = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('all') }), Segment]);
const Texts = z
  .strictObject({ en: Text, ru: Text.optional() })
  .meta({ description: 'By language; who speaks one that is missing gets English' });
const Reason = z.string().min(3).max(200).meta({ description: 'Why, for other operators' });

export const send = defineEndpoint({
  id: 'notification.send',
  method: 'POST',
  path: '/api/v1/admin/notifications',
  summary: 'Send a notification to one player, a segment, or all',
  description:
    'It stands in the list of whoever it is for until it expires, once. One player is told at once, who is online within ' +
    'a minute or more, the others when they log in next. Accounts made later are not meant.',
  auth: 'account',
  stepUp: true,
  roles: ['admin'],
  body: z.strictObject({
    audience: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('account'), accountId: AccountId }),
      z.strictObject({ kind: z.literal('all') }),
      Segment,
    ]),
    texts: Texts,
    transient: z
      .boolean()
      .default(false)
      .meta({ description: 'Only if the player is online, and in no list; for a single account' }),
    expiresInHours: z
      .int()
      .min(1)
      .max(notificationLimits.lifeMs / HOUR_MS)
      .default(notificationLimits.lifeMs / HOUR_MS),
    reason: Reason,
  }),
  success: 202,
  response: z.strictObject({ campaignId: CampaignId, sentAt: Instant }),
  errors: ['notification.recipient_not_found', 'notification.too_many_campaigns'],
  idempotency: 'key',
  rate: 'write',
  budget: { readUnits: 33, writeUnits: 26 },
  needs: { table: 'write' },
  impact: 'Operators cannot write to players.',
});

export const listCampaigns = defineEndpoint({
  id: 'notification.list-campaigns',
  method: 'GET',
  path: '/api/v1/admin/notifications',
  summary: 'List what was sent to many, newest first',
  description: 'The newest 100, until 30 days after they have expired.',
  auth: 'account',
  roles: ['admin', 'gm'],
  success: 200,
  response: z.strictObject({
    campaigns: z
      .array(
        z.strictObject({
          campaignId: CampaignId,
          audience: Many,
          texts: Texts,
          state: z.enum(['RUNNING', 'DELIVERED', 'CANCELLED', 'EXPIRED']).meta({
            description: '`DELIVERED`: all who were online have been told; who logs in still is',
          }),
          reached: z.int().min(0).meta({ description: 'Players told while they were online' }),
          createdBy: AccountId,
          reason: Reason,
          createdAt: Instant,
          expiresAt: Instant,
        }),
      )
      .max(100),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 32, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Operators do not see what was sent.',
});

export const cancelCampaign = defineEndpoint({
  id: 'notification.cancel-campaign',
  method: 'DELETE',
  path: '/api/v1/admin/notifications/{campaignId}',
  summary: 'Tell nobody else',
  description: 'Who has been told keeps it in their list.',
  auth: 'account',
  stepUp: true,
  roles: ['admin'],
  params: z.strictObject({ campaignId: CampaignId }),
  success: 204,
  errors: ['notification.campaign_not_found'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 3, writeUnits: 8 },
  needs: { table: 'write' },
  impact: 'Operators cannot stop what was sent by mistake.',
});
