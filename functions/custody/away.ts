import { buybackHolder, type ItemInstance, mailOf } from '#functions/inventory/public.ts';
import { mailWith, seize } from '#functions/mail/public.ts';
import { forgetSale, saleOf } from '#functions/vendor/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Changes } from '#shared/events/changes.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';

/** Something that is a character's and lies where it has put it, or where it can have it. */
export type Away =
  | { readonly in: 'mail'; readonly itemId: ItemId; readonly mail: NonNullable<Awaited<ReturnType<typeof mailWith>>> }
  | { readonly in: 'buy-back'; readonly sale: Awaited<ReturnType<typeof saleOf>> };

/**
 * Where an item lies that is a character's, and not on it: in a mail in its box, or on its way there; or with a vendor
 * who would still give it back. Undefined everywhere else.
 * @throws GameError `custody.in_settlement` while something is being taken out of the mail.
 */
export async function awayOf(
  { characterId }: { readonly characterId: CharacterId },
  { itemId, holder }: ItemInstance,
): Promise<Away | undefined> {
  if (holder === buybackHolder(characterId)) return { in: 'buy-back', sale: await saleOf(characterId, itemId) };
  const mailId = mailOf(holder);
  const mail = mailId && (await mailWith(mailId, itemId));
  if (mail?.owner.characterId !== characterId) return undefined;
  if (!mail.settlingId) return { in: 'mail', itemId, mail };
  const retryAfterSeconds = (2 * TAKE_OVER_AFTER_MS) / SECOND_MS;
  throw new GameError('custody.in_settlement', { itemId, transactionId: mail.settlingId }, { retryAfterSeconds });
}

/** What changes there when things are taken away: each mail once, however many of its things go. */
export function leaving(away: readonly Away[], nowMs: number): readonly Changes[] {
  const mailed = away.flatMap((one) => (one.in === 'mail' ? [one] : []));
  const sold = away.flatMap((one) => (one.in === 'buy-back' && one.sale ? [one.sale] : []));
  const mails = [...Map.groupBy(mailed, ({ mail }) => mail.mailId).values()];
  return [
    ...mails.map((all) => seize(all[0]!.mail, new Set(all.map(({ itemId }) => itemId)), nowMs)),
    ...sold.map(forgetSale),
  ];
}
