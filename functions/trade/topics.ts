import * as z from 'zod';
import { defineTopic } from '#shared/contract/topic.ts';
import { TradeView } from './shapes.ts';

export const tradeTopic = defineTopic({
  destination: '/topic/character/{characterId}/trade',
  summary: 'The trade that a character is in, whole, with every change of it; requests to trade among them.',
  audience: 'owner-character',
  transport: 'gateway',
  replay: { messages: 50, seconds: 600 },
  message: z.strictObject({ trade: TradeView }),
});
