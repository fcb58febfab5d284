import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { Slug } from '#shared/kernel/ids.ts';

export const Position = z.int().min(1).meta({ description: 'Players before you in the queue, and you' });
export const EstimatedSeconds = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'How long it takes at the pace of the last minutes; unset while nothing moves' });
export const ReservedUntil = Instant.meta({ description: 'Select a character until then, or the place goes on' });

export const queueTopic = defineTopic({
  destination: '/topic/player/{accountId}/queue',
  summary: "A player's way through the queue of a full realm.",
  audience: 'owner-account',
  transport: 'gateway',
  replay: { messages: 1, seconds: 60 },
  message: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('position'),
      realmId: Slug,
      position: Position,
      estimatedSeconds: EstimatedSeconds,
    }),
    z.strictObject({ type: z.literal('admitted'), realmId: Slug, reservedUntil: ReservedUntil }),
  ]),
});
