import { items as itemTemplates } from '#content/items.ts';
import { overflowMail } from '#functions/mail/public.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { AccountId, CharacterId, ItemId, MailId, Slug } from '#shared/kernel/ids.ts';
import type { MoveCause } from './legs.ts';

/** Items that found no room where they were to go, and follow by mail: it holds them already. */
export interface Letter {
  readonly mailId: MailId;
  readonly to: { readonly accountId: AccountId; readonly characterId: CharacterId };
  readonly items: { readonly itemId: ItemId; readonly templateId: Slug; readonly count: number }[];
}

/** Most items of one letter: what more there is goes into the next. */
export const OVERFLOW_LETTER_ITEMS = 12;

/** The letters of an overflow: a piece of the transaction that moves the items, which never refuses. */
export function lettersOf(letters: readonly Letter[], { reason, atMs }: Pick<MoveCause, 'reason' | 'atMs'>): Changes {
  return mergeChanges(
    ...letters.map(({ mailId, to, items }) =>
      overflowMail({
        mailId,
        to,
        items: items.map((item) => ({ ...item, quality: itemTemplates.get(item.templateId).quality })),
        reason,
        sentAtMs: atMs,
      }),
    ),
  );
}
