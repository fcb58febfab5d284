import * as z from 'zod';
import { ACHIEVEMENT_UNLOCKED } from '#events/achievement.ts';
import { LOGIN_SUCCESS } from '#events/auth.ts';
import { Instant } from '#events/fields.ts';
import { FRIEND_REQUEST_ACCEPTED, FRIEND_REQUEST_SENT } from '#events/friend.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { Announcement, announcementsTopic, Notification, notificationsTopic } from './topics.ts';

const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const unread = z.int().min(0).max(200).meta({ description: 'Stored notifications above the read marker' });
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
    notifications: z.array(Notification.extend({ read: z.boolean() })),
    unread,
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
  response: z.strictObject({ unread, readUpTo }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 12, writeUnits: 4 },
  needs: { table: 'write' },
  impact: 'Read notifications stay marked as unread.',
});

export const announce = defineEndpoint({
  id: 'notification.announce',
  method: 'POST',
  path: '/api/v1/admin/announcements',
  summary: 'Announce something to everybody who is online',
  description: 'Goes to `/topic/server/announcements`; who connects within a day can still catch up on it.',
  auth: 'account',
  roles: ['admin'],
  body: Announcement.pick({ severity: true, text: true }),
  success: 202,
  response: Announcement.pick({ id: true, announcedAt: true }),
  errors: [],
  idempotency: 'key',
  rate: 'write',
  budget: { readUnits: 1, writeUnits: 12 },
  needs: { table: 'write' },
  impact: 'Operators cannot announce maintenance or emergencies.',
});

export const welcome = defineSubscriber({
  id: 'notification.welcome',
  on: [LOGIN_SUCCESS],
  needs: { table: 'write' },
  impact: 'Players are not greeted at login.',
});

export const notify = defineSubscriber({
  id: 'notification.notify',
  on: [QUEST_COMPLETED, LEVEL_UP, ACHIEVEMENT_UNLOCKED, ITEM_PICKED_UP, FRIEND_REQUEST_SENT, FRIEND_REQUEST_ACCEPTED],
  needs: { table: 'write' },
  impact: 'Players are not told of quests, levels, achievements, legendary loot and friend requests.',
});

export const domain = defineDomain({
  name: 'notification',
  summary: 'Notifications to a player, stored and pushed; announcements to everybody.',
  endpoints: [list, markRead, announce],
  subscribers: [welcome, notify],
  topics: [notificationsTopic, announcementsTopic],
});
