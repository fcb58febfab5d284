import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { Instant } from '#events/fields.ts';
import { ItemView } from '#functions/inventory/shapes.ts';
import { AccountId, CharacterId, ItemId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';

/** What the contracts of this domain take and answer. */

const CROCKFORD = '[0-9A-HJKMNP-TV-Z]{26}';

/** Whose money and items. */
export const OwnerId = z
  .string()
  .regex(new RegExp(`^(?:chr|acc|gld)_${CROCKFORD}$`))
  .meta({ description: 'Id of a character, an account or a guild', examples: ['chr_01JD8Z3V6Q4M5N7P9R2S4T6V8X'] });

/** What the log is kept by. */
export const SubjectId = z
  .string()
  .regex(new RegExp(`^(?:itm|chr|acc|gld|txn)_${CROCKFORD}$`))
  .meta({
    description: 'Id of an item, of an owner or of a transaction',
    examples: ['itm_01JD8Z3V6Q4M5N7P9R2S4T6V8X'],
  });

export const HolderName = z
  .string()
  .max(96)
  .meta({
    description:
      'Who or what has it: a character’s id, `esc.<transaction>`, `mail.<mail>`, `buyback.<character>`, `drop.<drop>`, ' +
      '`sink.<reason>`; before it existed, `mint.<origin>`',
    examples: ['sink.destroyed'],
  });

const Count = z.int().min(0).max(1_000_000);

export const ItemState = z.strictObject({
  itemId: ItemId,
  templateId: Slug,
  quality: z.enum(qualities),
  holder: HolderName,
  container: ItemView.shape.container.optional(),
  slot: z.int().min(0).optional(),
  count: Count.meta({ description: 'How many are in the stack; 0: it went up in another one' }),
  version: z.int().min(1),
  bind: ItemView.shape.bind,
  origin: z.string().max(96).meta({ description: 'What made it' }),
  originRef: z.string().max(256).meta({ description: 'Which one: the drop, the quest' }),
  acquiredAt: Instant,
  expiresAt: Instant.optional(),
});

/** One link of an item's chain. */
export const ChainLink = z.strictObject({
  version: z.int().min(1).meta({ description: 'The item’s version after it: chains have no gaps' }),
  from: HolderName,
  to: HolderName,
  count: Count.meta({ description: 'The stack after it' }),
  change: z.int().meta({ description: 'What it added to the stack, or took from it' }),
  reason: z.string().max(96),
  cause: z.string().max(256).meta({ description: 'What moved it: an operation, a drop, a transaction' }),
  transactionId: TransactionId.optional().meta({
    description: 'The settlement in whose course it moved. One of items alone leaves no row of its own but these links',
  }),
  at: Instant,
});

export const HandOver = ChainLink.extend({ itemId: ItemId, templateId: Slug });

export const Balance = z.strictObject({
  currency: Slug,
  posted: Amount,
  held: Amount.meta({ description: 'Reserved, cannot be spent' }),
  version: z.int().min(0).meta({ description: 'Number of the account’s last entry' }),
});

/** One link of an account's chain: each balance is the one before, and the amount. */
export const LedgerLine = z.strictObject({
  transactionId: TransactionId,
  currency: Slug,
  version: z.int().min(1),
  direction: z.enum(['in', 'out']),
  amount: Amount,
  balance: Amount.meta({ description: 'After it' }),
  kind: Slug,
  reason: z.string().max(96),
  counterparties: z.array(z.string().max(96)).max(32),
  at: Instant,
});

const Holding = z.strictObject({ stacks: Count, pieces: z.int().min(0) });

/** What a character has, by where. */
export const Holdings = z.strictObject({
  bag: Holding,
  bank: Holding,
  equipment: Holding,
  buyBack: Holding.meta({ description: 'Sold to vendors, and still to be had back' }),
  gave: z.int().min(0).meta({ description: 'Hand-overs to others, sinks among them' }),
  got: z.int().min(0).meta({ description: 'Hand-overs from others, mints among them' }),
  isCut: z.boolean().meta({ description: 'There were more than have been counted' }),
});

const MovedItem = z.strictObject({ itemId: ItemId, templateId: Slug, count: Count, from: HolderName, to: HolderName });

const MoneyLeg = z.strictObject({
  currency: Slug,
  from: z.string().max(96),
  to: z.string().max(96),
  amount: Amount,
});

/** What the table knows of a transaction. */
const SettlementSide = z.strictObject({
  kind: Slug,
  reason: z.string().max(96),
  state: z.enum(['PENDING', 'DELIVERED', 'RETURNED']),
  code: z.string().max(96).optional().meta({ description: 'Why it was given up' }),
  accountId: AccountId.optional().meta({ description: 'Who began it; unset: a reaction or a job did' }),
  characterId: CharacterId.optional(),
  origin: z.string().max(96),
  preparedAt: Instant,
  endedAt: Instant.optional(),
  items: z.array(MovedItem).max(100),
  money: z.array(MoneyLeg).max(32),
});

/** What the ledger knows of it. */
const LedgerSide = z.strictObject({
  operation: z.enum(['settle', 'hold', 'post', 'void', 'reverse', 'abort']),
  state: z.enum(['COMMITTED', 'REJECTED', 'ABORTED']),
  code: z.string().max(96).optional(),
  kind: Slug.optional(),
  reason: z.string().max(96).optional(),
  decidedAt: Instant,
  money: z.array(MoneyLeg).max(32),
  balances: z
    .array(
      z.strictObject({
        owner: z.string().max(96),
        currency: Slug,
        change: z.string().regex(/^-?\d+$/),
        balance: Amount,
        version: z.int().min(0),
      }),
    )
    .max(64)
    .meta({ description: 'Accounts of players as it left them' }),
});

export const TransactionView = z.strictObject({
  transactionId: TransactionId,
  settlement: SettlementSide.optional().meta({ description: 'Unset: the table has no row of it' }),
  ledger: LedgerSide.optional().meta({ description: 'Unset: the ledger has decided nothing under this id' }),
  agreement: z
    .enum(['AGREED', 'UNDER_WAY', 'DISAGREED'])
    .meta({ description: 'Whether both stores say the same; under way, they need not yet' }),
  complaints: z.array(z.string().max(300)).max(20).meta({ description: 'What they disagree in' }),
});

export const logActions = ['look', 'claw-back', 'grant', 'propose', 'approve', 'reject'] as const;

export const LogEntry = z.strictObject({
  operationId: z.string().meta({ description: 'The act: its events name it as their cause' }),
  at: Instant,
  staffId: AccountId.meta({ description: 'Who it was' }),
  action: z.enum(logActions),
  reason: z.string().optional(),
});
