import type { AccountId, CharacterId, CustodyActId, ItemId, MailId, Slug, TransactionId } from '#shared/kernel/ids.ts';

export const actKinds = ['claw-back', 'grant'] as const;
export const actStates = ['PROPOSED', 'UNDER_WAY', 'DONE', 'FAILED', 'REJECTED'] as const;

/** What is to be taken, made, given back or paid. */
export interface ActContent {
  /** Of a claw-back: things that the character has. Of a grant: things that were in sinks. */
  readonly items: readonly { readonly itemId: ItemId; readonly count?: number | undefined }[];
  /** Of a grant alone. */
  readonly mint: readonly { readonly templateId: Slug; readonly count: number }[];
  readonly money: readonly { readonly currency: Slug; readonly amount: string }[];
  /** Of a claw-back: mails of the character whose money goes. Unset in acts of former times. */
  readonly mails?: readonly MailId[] | undefined;
}

/** Whether the ledger has to decide about it. */
export function movesMoney({ money, mails = [] }: ActContent): boolean {
  return money.length + mails.length > 0;
}

/** Something that staff do to the items and the money of a character. */
export interface Act {
  readonly actId: CustodyActId;
  readonly kind: (typeof actKinds)[number];
  readonly state: (typeof actStates)[number];
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly content: ActContent;
  /** Minor units of the soft currency, as it was when it was asked for. */
  readonly worth: string;
  readonly reason: string;
  readonly by: AccountId;
  readonly atMs: number;
  /** Of one that needed somebody else's eyes: until when it may be decided. */
  readonly expiresAtMs?: number | undefined;
  readonly decidedBy?: AccountId | undefined;
  readonly decidedAtMs?: number | undefined;
  /** Why it was rejected. */
  readonly rejection?: string | undefined;
  readonly transactionId?: TransactionId | undefined;
  /** Why the ledger refused it. */
  readonly code?: string | undefined;
}
