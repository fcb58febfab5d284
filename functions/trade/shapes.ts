import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { CurrencyAmount, DisplayName, Instant, StackCount } from '#events/fields.ts';
import { CharacterId, ItemId, Slug, TradeId, TransactionId } from '#shared/kernel/ids.ts';
import { tradeStates } from './negotiation.ts';
import { valueGaps } from './offer.ts';
import { endReasons, failures, tradeLimits } from './rules.ts';

/** A sum of values, which may be above the limit of one amount. */
const Value = z
  .string()
  .regex(/^(0|[1-9]\d{0,19})$/)
  .meta({ description: 'In minor units of the soft currency, by what vendors pay', examples: ['1250'] });

export const TradedItem = z.strictObject({
  itemId: ItemId,
  templateId: Slug,
  quality: z.enum(qualities),
  count: StackCount,
  durability: z.int().min(0).optional().meta({ description: 'What is left of it; unset: it does not wear' }),
  charges: z.int().min(0).optional().meta({ description: 'Uses that are left; unset: it has none' }),
  expiresAt: Instant.optional().meta({ description: 'When it will be gone; unset: it lasts' }),
});

const SideView = z.strictObject({
  characterId: CharacterId,
  name: DisplayName,
  items: z.array(TradedItem).max(tradeLimits.items),
  money: z.array(CurrencyAmount).max(tradeLimits.currencies),
  value: Value,
  locked: z.boolean().meta({ description: 'It has frozen its offer, having seen both' }),
  accepted: z.boolean(),
});

export const TradeView = z.strictObject({
  tradeId: TradeId,
  revision: z.int().min(1).meta({ description: 'Rises with every change: of two views the higher one is newer' }),
  state: z.enum(tradeStates),
  zoneId: Slug,
  asker: z.enum(['you', 'partner']).meta({ description: 'Who has asked to trade' }),
  you: SideView.meta({ description: 'What you give' }),
  partner: SideView.meta({ description: 'What you get' }),
  offerVersion: z.int().min(1),
  offerHash: z.string().max(64).meta({
    description: 'Names what both sides offer now, the same for both: lock and accept with what you have seen',
  }),
  valueGap: z
    .enum(valueGaps)
    .meta({ description: 'Set when one side is worth more than ten times the other: warn the player' }),
  coolDownEndsAt: Instant.meta({ description: 'Nobody can accept before' }),
  idleEndsAt: Instant.optional().meta({ description: 'It ends then unless somebody does something' }),
  endsAt: Instant.meta({ description: 'It ends then at the latest' }),
  endReason: z.enum(endReasons).optional().meta({ description: 'Why it has ended; only of cancelled ones' }),
  endedBy: z.enum(['you', 'partner']).optional(),
  failure: z
    .enum(failures)
    .optional()
    .meta({ description: 'Why it was not carried out when both had accepted; nothing has changed hands' }),
  transactionId: TransactionId.optional(),
});

/** Names what was seen: the `offerHash` of a view. */
export const SeenHash = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({
    description: 'The `offerHash` that the player has seen',
    examples: ['0nJUL7WS5qGRJYWuEwxjFzr1i3IASyhbSLwTlaPyvM4'],
  });

export const PastTrade = z.strictObject({
  tradeId: TradeId,
  transactionId: TransactionId,
  completedAt: Instant,
  zoneId: Slug,
  partner: z.strictObject({
    characterId: CharacterId,
    name: DisplayName.optional().meta({ description: 'As it is called now; unset when it is gone' }),
  }),
  gave: z.strictObject({
    items: z.array(TradedItem).max(tradeLimits.items),
    money: z.array(CurrencyAmount).max(tradeLimits.currencies),
  }),
  got: z.strictObject({
    items: z.array(TradedItem).max(tradeLimits.items),
    money: z.array(CurrencyAmount).max(tradeLimits.currencies),
  }),
});
