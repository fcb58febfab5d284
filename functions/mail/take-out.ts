import type * as z from 'zod';
import { MAX_MAIL_ITEMS } from '#events/fields.ts';
import { type ItemLeg, mailHolder } from '#functions/inventory/public.ts';
import { settle } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { CharacterId, MailId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Mail } from './mail.ts';
import { pin } from './mail-changes.ts';
import { takingLegs } from './money.ts';
import { rowOf } from './row.ts';
import { decideTaking, requireInBox, type Taking, type Wanted } from './rules.ts';
import { mailTaking } from './settlement.ts';
import type { Taken } from './shapes.ts';
import { readMail } from './store.ts';
import { itemOf } from './view.ts';

type Reply = z.input<typeof Taken>;

/** What a player asks for out of a mail. */
export interface TakeRequest {
  readonly mailId: MailId;
  readonly characterId: CharacterId;
  readonly wanted: { readonly kind: 'attachment'; readonly index: number } | { readonly kind: 'money' | 'all' };
  /** What they agree to pay on delivery. */
  readonly agreed: bigint | undefined;
}

/**
 * Takes something out of a mail in one decision: by one transaction where it is items alone, by a settlement where
 * money goes either way. What was taken before is answered again and given once.
 */
export function takeOut(operation: Operation, request: TakeRequest): Promise<Reply> {
  const { mailId, characterId, wanted, agreed } = request;
  return withConflictRetry(async () => {
    const mail = requireInBox(await readMail(mailId), characterId, operation.nowMs);
    let limit = MAX_MAIL_ITEMS;
    for (;;) {
      const sized: Wanted = wanted.kind === 'all' ? { kind: 'all', limit } : (wanted as Wanted);
      const taking = decideTaking(mail, sized, agreed);
      // Recorded like any answer: the mail may be deleted before the call is repeated.
      if (!taking) return operation.commit({}, again(mail, sized));
      try {
        return await give(operation, mail, taking);
      } catch (error) {
        const room = wanted.kind === 'all' ? roomLeft(error, taking) : undefined;
        if (room === undefined) throw await changedMeanwhile(error, mail);
        limit = room;
      }
    }
  });
}

/** What is not in the mail any more was taken by somebody at this moment: then the decision is another one now. */
async function changedMeanwhile(error: unknown, { mailId, version }: Mail): Promise<unknown> {
  if (!(error instanceof GameError) || error.code !== 'inventory.item_not_found') return error;
  const now = await readMail(mailId);
  return now?.version === version ? error : new GameError('request.conflict', {}, { cause: error });
}

/** How many attachments would have found room, when that is why the move was refused; nothing has begun then. */
function roomLeft(error: unknown, { attachments }: Taking): number | undefined {
  if (!(error instanceof GameError) || error.code !== 'inventory.full' || attachments.length === 0) return undefined;
  const missing = Math.max(1, Number(error.facts.needed) - Number(error.facts.free));
  return Math.max(0, attachments.length - missing);
}

function give(operation: Operation, mail: Mail, taking: Taking): Promise<Reply> {
  const { mailId, owner } = mail;
  const money = takingLegs(owner, taking);
  // A settlement keeps the mail to itself until it has ended; a single transaction needs nothing of the kind.
  const held = money.length > 0 ? pin(mail, operation.transactionId) : undefined;
  return settle(operation, {
    settlement: mailTaking,
    context: {
      mail: rowOf(held?.pinned ?? mail),
      indexes: taking.attachments.map(({ index }) => index),
      money: formatAmount(taking.money),
      cod: formatAmount(taking.cod),
      stayed: [...taking.stayed],
    },
    reason: 'mail-take',
    items: taking.attachments.map(
      ({ itemId }): ItemLeg => ({
        kind: 'move',
        itemId,
        from: mailHolder(mailId),
        destination: { to: 'character', characterId: owner.characterId, overflow: 'refuse' },
      }),
    ),
    money,
    ...(held ? { prepare: held.changes } : {}),
  });
}

/** The answer to somebody who has taken just this before. */
function again(mail: Mail, wanted: Wanted): Reply {
  const taken = mail.attachments
    .map((attachment, index) => ({ ...itemOf(attachment), index }))
    .filter(({ index }) => wanted.kind === 'all' || (wanted.kind === 'attachment' && wanted.index === index));
  return {
    mailId: mail.mailId,
    items: taken,
    money: formatAmount(wanted.kind === 'attachment' ? 0n : (mail.money ?? 0n)),
    codPaid: formatAmount(wanted.kind === 'money' ? 0n : mail.codPaidAtMs === undefined ? 0n : (mail.cod ?? 0n)),
    stayed: [],
  };
}
