import * as z from 'zod';
import { ACCOUNT_ERASED, ACCOUNT_RESTORED } from '#events/account.ts';
import { ACHIEVEMENT_UNLOCKED } from '#events/achievement.ts';
import {
  EMAIL_CHANGE_UNDONE,
  EMAIL_CHANGED,
  LOGIN_SUCCESS,
  NEW_DEVICE_SEEN,
  PASSWORD_ADDED,
  PASSWORD_CHANGED,
} from '#events/auth.ts';
import {
  CHARACTER_DELETED,
  CHARACTER_DELETION_STARTED,
  CHARACTER_RENAME_REQUIRED,
  CHARACTER_RENAMED,
  CHARACTER_RESTORED,
} from '#events/character.ts';
import { VALUE_CLAWED_BACK, VALUE_GRANTED } from '#events/custody.ts';
import { Instant } from '#events/fields.ts';
import { FRIEND_REQUEST_ACCEPTED, FRIEND_REQUEST_SENT } from '#events/friend.ts';
import { GUILD_INVITE_SENT } from '#events/guild.ts';
import { GUEST_BOUND, IDENTITY_LINKED, IDENTITY_UNLINKED } from '#events/identity.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { MAIL_EXPIRED, MAIL_RETURNED } from '#events/mail.ts';
import { MFA_DISABLED, MFA_ENABLED, MFA_RECOVERY_CODE_USED, MFA_RECOVERY_CODES_RENEWED } from '#events/mfa.ts';
import { PARTY_INVITE_SENT } from '#events/party.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { SESSION_AFK } from '#events/session.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { announce, cancelCampaign, listCampaigns, send } from './admin-contract.ts';
import { notificationErrors } from './errors.ts';
import { Preferences } from './preferences.ts';
import { categories } from './templates.ts';
import { announcementsTopic, Notification, notificationsTopic, Position } from './topics.ts';

const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const unread = z.int().min(0).max(200).meta({ description: 'Stored notifications above the read marker' });
const unreadByCategory = z.record(z.enum(categories), z.int().min(0).max(200));
const readUpTo = position.meta({ description: 'The read marker: everything up to this position was read' });

export const list = defineEndpoint({
  id: 'notification.list',
  method: 'GET',
  path: '/api/v1/notifications',
  summary: 'List your notifications, newest first',
  description: 'At most 200 are kept, each for 30 days.',
  auth: 'account',
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    notifications: z.array(Notification.extend({ position: Position, read: z.boolean() })),
    unread,
    unreadByCategory,
    readUpTo,
    readAt: Instant.optional().meta({ description: 'When the read marker last moved' }),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 20, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see their notifications.',
});

export const markRead = defineEndpoint({
  id: 'notification.mark-read',
  method: 'POST',
  path: '/api/v1/notifications/read',
  summary: 'Mark notifications as read, up to one of them',
  description: 'The marker never goes back. A position above the newest means the newest.',
  auth: 'account',
  body: z.strictObject({ upTo: position.meta({ description: 'Position of the newest notification that was read' }) }),
  success: 200,
  response: z.strictObject({ unread, unreadByCategory, readUpTo }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 12, writeUnits: 4 },
  needs: { table: 'write' },
  impact: 'Read notifications stay marked as unread.',
});

export const countUnread = defineEndpoint({
  id: 'notification.count-unread',
  method: 'GET',
  path: '/api/v1/notifications/unread',
  summary: 'Count what you have not read, by category',
  auth: 'account',
  success: 200,
  response: z.strictObject({ unread, unreadByCategory, readUpTo }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 16, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see how much they have not read.',
});

export const remove = defineEndpoint({
  id: 'notification.remove',
  method: 'DELETE',
  path: '/api/v1/notifications/{position}',
  summary: 'Take a notification off your list',
  auth: 'account',
  params: z.strictObject({
    position: z
      .string()
      .regex(/^[1-9]\d{0,14}$/)
      .meta({ description: 'Its place in the list', examples: ['7'] }),
  }),
  success: 204,
  errors: ['notification.not_found'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 0, writeUnits: 6 },
  needs: { table: 'write' },
  impact: 'Players cannot take notifications off their list.',
});

export const viewPreferences = defineEndpoint({
  id: 'notification.view-preferences',
  method: 'GET',
  path: '/api/v1/notifications/preferences',
  summary: 'Get how you want to be told of what',
  auth: 'account',
  success: 200,
  response: Preferences,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 1, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players cannot see their notification settings.',
});

export const setPreferences = defineEndpoint({
  id: 'notification.set-preferences',
  method: 'PUT',
  path: '/api/v1/notifications/preferences',
  summary: 'Set how you want to be told of what',
  description:
    'Takes the place of all that was set. What concerns the security of your account always comes, also in quiet hours.',
  auth: 'account',
  body: Preferences,
  success: 200,
  response: Preferences,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 0, writeUnits: 6 },
  needs: { table: 'write' },
  impact: 'Players cannot silence notifications.',
});

export const welcome = defineSubscriber({
  id: 'notification.welcome',
  on: [LOGIN_SUCCESS],
  needs: { table: 'write' },
  impact: 'Players are not greeted at login.',
});

export const notify = defineSubscriber({
  id: 'notification.notify',
  on: [
    QUEST_COMPLETED,
    LEVEL_UP,
    ACHIEVEMENT_UNLOCKED,
    ITEM_PICKED_UP,
    FRIEND_REQUEST_SENT,
    FRIEND_REQUEST_ACCEPTED,
    PARTY_INVITE_SENT,
    GUILD_INVITE_SENT,
    MAIL_RETURNED,
    MAIL_EXPIRED,
    VALUE_CLAWED_BACK,
    VALUE_GRANTED,
  ],
  needs: { table: 'write' },
  impact:
    'Players are not told of quests, levels, achievements, legendary loot, friend requests, invites, mail that is over, and what staff took or gave.',
});

export const notifySecurity = defineSubscriber({
  id: 'notification.notify-security',
  on: [
    PASSWORD_CHANGED,
    PASSWORD_ADDED,
    EMAIL_CHANGED,
    EMAIL_CHANGE_UNDONE,
    NEW_DEVICE_SEEN,
    MFA_ENABLED,
    MFA_DISABLED,
    MFA_RECOVERY_CODE_USED,
    MFA_RECOVERY_CODES_RENEWED,
    IDENTITY_LINKED,
    IDENTITY_UNLINKED,
    GUEST_BOUND,
    ACCOUNT_RESTORED,
    CHARACTER_DELETION_STARTED,
    CHARACTER_DELETED,
    CHARACTER_RESTORED,
    CHARACTER_RENAME_REQUIRED,
    CHARACTER_RENAMED,
    SESSION_AFK,
  ],
  needs: { table: 'write' },
  impact: 'Players are not told when somebody changes the keys of their account, or deletes a character.',
});

export const catchUp = defineSubscriber({
  id: 'notification.catch-up',
  on: [LOGIN_SUCCESS],
  needs: { table: 'write' },
  impact: 'Players who were away do not get what operators have sent.',
});

export const erasePersonalData = defineSubscriber({
  id: 'notification.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Notifications of erased accounts stay until they expire.',
});

export const runCampaigns = defineJob({
  id: 'notification.run-campaigns',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'What operators send to many reaches players at their next login only.',
  timeoutSeconds: 55,
});

export const domain = defineDomain({
  name: 'notification',
  summary: 'Notifications to a player, stored and pushed; what operators send to one, some or all.',
  errors: notificationErrors,
  endpoints: [
    list,
    countUnread,
    markRead,
    remove,
    viewPreferences,
    setPreferences,
    announce,
    send,
    listCampaigns,
    cancelCampaign,
  ],
  subscribers: [welcome, catchUp, notify, notifySecurity, erasePersonalData],
  jobs: [runCampaigns],
  topics: [notificationsTopic, announcementsTopic],
});
