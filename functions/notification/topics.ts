import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { NotificationId } from '#shared/kernel/ids.ts';
import { categories, noticeCodes } from './templates.ts';

/** Kinds of things that a notification can lead to. */
export const refKinds = ['account', 'character', 'quest', 'item', 'achievement', 'party', 'guild', 'mail'] as const;

export const Position = z
  .int()
  .min(1)
  .meta({ description: "Its place in the player's list: rises by one with each, and marks how far was read" });

/** A notification as clients see it, stored and pushed alike. */
export const Notification = z.strictObject({
  id: NotificationId,
  position: Position.optional().meta({ description: 'Missing when it is in no list, but only for who is online' }),
  code: z.enum(noticeCodes).meta({ description: 'What it is about; clients translate by it' }),
  category: z.enum(categories),
  text: z.string().max(500).meta({
    description:
      "English text, for clients that have no translation of the code; an operator's message in the player's language",
  }),
  params: z
    .record(z.string().max(32), z.union([z.string().max(80), z.number()]))
    .meta({ description: 'Values for the translated text' }),
  ref: z
    .strictObject({ kind: z.enum(refKinds), id: z.string().max(64) })
    .optional()
    .meta({ description: 'What it leads to' }),
  times: z
    .int()
    .min(1)
    .meta({ description: 'How many of a kind it stands for since the player last read: the newest took their place' }),
  createdAt: Instant,
  expiresAt: Instant,
});
export type Notification = z.infer<typeof Notification>;

export const severities = ['info', 'maintenance', 'emergency'] as const;

export const Announcement = z.strictObject({
  id: NotificationId,
  severity: z.enum(severities),
  text: z.string().min(1).max(500),
  announcedAt: Instant,
});

export const notificationsTopic = defineTopic({
  destination: '/topic/player/{accountId}/notifications',
  summary: 'Each new notification of a player, as it is stored.',
  audience: 'owner-account',
  transport: 'gateway',
  replay: { messages: 50, seconds: 86_400 },
  message: Notification,
});

export const announcementsTopic = defineTopic({
  destination: '/topic/server/announcements',
  summary: 'What the operators tell everybody who is online.',
  audience: 'everyone',
  transport: 'gateway',
  replay: { messages: 20, seconds: 86_400 },
  message: Announcement,
});
