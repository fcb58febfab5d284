import * as z from 'zod';
import { defineTopic } from '#shared/contract/topic.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { MailSummary } from './shapes.ts';

export const mailTopic = defineTopic({
  destination: '/topic/player/{accountId}/mail',
  summary: "Mail that arrives in the box of one of a player's characters.",
  audience: 'owner-account',
  transport: 'gateway',
  replay: { messages: 50, seconds: 86_400 },
  message: z.strictObject({
    type: z.enum(['arrived', 'returned']),
    characterId: CharacterId.meta({ description: 'In whose box it lies' }),
    mail: MailSummary.meta({ description: 'Subjects of mails by the game are English here; clients translate' }),
  }),
});
