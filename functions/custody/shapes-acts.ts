import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { Reason } from '#functions/account/shapes.ts';
import { PositiveAmount } from '#functions/mail/shapes.ts';
import { AccountId, CharacterId, CustodyActId, ItemId, MailId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { actKinds, actStates } from './act.ts';
import { actLimits } from './rules.ts';

const Money = z.strictObject({ currency: Slug, amount: PositiveAmount });

const Piece = z.strictObject({
  itemId: ItemId,
  count: z.int().min(1).max(actLimits.pieces).optional().meta({ description: 'How many of the stack; unset: all' }),
});

const money = z
  .array(Money)
  .max(actLimits.currencies)
  .default([])
  .meta({ description: 'What belongs to the player and not to a character is the account’s' });

export const ClawBackBody = z.strictObject({
  characterId: CharacterId,
  items: z.array(Piece).max(actLimits.items).default([]).meta({
    description: 'Things in its bag, its bank, on its body, in its mails, or with a vendor to be bought back',
  }),
  money,
  mails: z
    .array(MailId)
    .max(actLimits.mails)
    .default([])
    .meta({ description: 'Mails in its box, or on their way there, whose money goes, all of it' }),
  reason: Reason,
});

export const GrantBody = z.strictObject({
  characterId: CharacterId,
  restore: z
    .array(z.strictObject({ itemId: ItemId }))
    .max(actLimits.items)
    .default([])
    .meta({ description: 'Things that are out of the game, whoever had them' }),
  mint: z
    .array(z.strictObject({ templateId: Slug, count: z.int().min(1).max(actLimits.pieces) }))
    .max(actLimits.items)
    .default([])
    .meta({ description: 'New things' }),
  money,
  reason: Reason,
});

export const ActView = z.strictObject({
  actId: CustodyActId,
  kind: z.enum(actKinds),
  state: z.enum(actStates).meta({
    description:
      '`PROPOSED`: somebody else has to agree, before it expires; `UNDER_WAY`: the ledger has not decided yet; `FAILED`: it has ' +
      'refused it',
  }),
  characterId: CharacterId,
  accountId: AccountId.meta({ description: 'Whose character it is' }),
  items: z.array(Piece).max(actLimits.items).meta({ description: 'Taken, or given back' }),
  mint: z.array(z.strictObject({ templateId: Slug, count: z.int().min(1) })).max(actLimits.items),
  money: z.array(Money).max(actLimits.currencies),
  mails: z.array(MailId).max(actLimits.mails).optional().meta({ description: 'Whose money goes' }),
  worth: z.string().regex(/^\d+$/).meta({ description: 'Of all of it, in minor units of the soft currency' }),
  reason: z.string(),
  by: AccountId.meta({ description: 'Who asked for it' }),
  at: Instant,
  expiresAt: Instant.optional(),
  decidedBy: AccountId.optional().meta({ description: 'Who agreed to it, or rejected it' }),
  decidedAt: Instant.optional(),
  rejection: z.string().optional(),
  transactionId: TransactionId.optional(),
  code: z.string().optional().meta({ description: 'Why the ledger has refused it' }),
});
