import { MAIL_EXPIRED, MAIL_RETURNED, MAIL_SENT, MAIL_TAKEN } from '#events/mail.ts';
import { type Changes, event, mergeChanges, type Push, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { ItemId, TransactionId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { attachmentsLeft, type Mail, moneyLeft, type Owner } from './mail.ts';
import { ended, extended, mailRules, returned, type Taking, taken } from './rules.ts';
import { changeMail, putMail } from './store.ts';
import { putAudit } from './store-audit.ts';
import { freePlace } from './store-counters.ts';
import { deleteText, putText } from './store-texts.ts';
import { mailTopic } from './topics.ts';
import { itemOf, summaryOf } from './view.ts';

/** Clients translate: a push is made where nobody knows the reader's language. */
const PUSH_LOCALE = 'en';

function refOf({ accountId, characterId }: Owner) {
  return { accountId, characterId };
}

/** An amount as events tell of it; nothing where there is none. */
function amountOf<K extends string>(name: K, amount: bigint) {
  const { currency } = mailRules;
  return (amount > 0n ? { [name]: { currency, amount: formatAmount(amount) } } : {}) as Partial<
    Record<K, { currency: typeof currency; amount: string }>
  >;
}

function arrival(mail: Mail, type: 'arrived' | 'returned'): Push {
  const { accountId, characterId } = mail.owner;
  return push(mailTopic, { accountId }, { type, characterId, mail: summaryOf(mail, PUSH_LOCALE) });
}

/** A new mail: its row, and who is told. One that is delayed is announced when it arrives. */
export function send(
  mail: Mail,
  facts: {
    readonly postage?: bigint;
    readonly transactionId?: TransactionId | undefined;
    /** What a player wrote. */
    readonly text?: string;
  } = {},
): Changes {
  const { mailId, from, owner, template, attachments, money = 0n, cod = 0n } = mail;
  const { transactionId, postage = 0n, text = '' } = facts;
  return {
    writes: [putMail(mail), ...(mail.hasText ? [putText(mail, text)] : [])],
    events: [
      event(MAIL_SENT, {
        aggregateId: mailId,
        aggregateSeq: mail.version,
        data: {
          mailId,
          ...(from ? { from: refOf(from) } : {}),
          to: refOf(owner),
          ...(template ? { template } : {}),
          items: attachments.map(itemOf),
          ...amountOf('money', money),
          ...amountOf('cod', cod),
          ...amountOf('postage', postage),
          deliverAt: toIso(mail.deliverAtMs),
          expiresAt: toIso(mail.expiresAtMs),
          ...(transactionId ? { transactionId } : {}),
        },
      }),
    ],
    pushes: mail.isAnnounced ? [arrival(mail, 'arrived')] : [],
  };
}

/** Tells the owner's sockets that a delayed mail is there. */
export function announce(seen: Mail): Changes {
  const next = { ...seen, isAnnounced: true, version: seen.version + 1 };
  return { writes: [changeMail(seen, next)], pushes: [arrival(next, 'arrived')] };
}

/** Takes something out of a mail; moving it is the caller's part of the transaction. */
export function take(
  seen: Mail,
  taking: Taking,
  facts: { readonly nowMs: number; readonly transactionId?: TransactionId | undefined },
): Changes {
  const next = taken(seen, taking, facts.nowMs);
  const { mailId, owner, from } = seen;
  const { transactionId } = facts;
  return {
    writes: [changeMail(seen, next)],
    events: [
      event(MAIL_TAKEN, {
        aggregateId: mailId,
        aggregateSeq: next.version,
        data: {
          mailId,
          by: refOf(owner),
          ...(from ? { from: refOf(from) } : {}),
          items: taking.attachments.map(itemOf),
          ...amountOf('money', taking.money),
          ...amountOf('codPaid', taking.cod),
          ...(transactionId ? { transactionId } : {}),
        },
      }),
    ],
  };
}

/**
 * Staff take something out of a mail, if nothing else has changed it since; moving it is the caller's part of the
 * transaction, and its event tells of it. When the last thing is gone, nothing is left to be paid for.
 */
export function seize(seen: Mail, itemIds: ReadonlySet<ItemId>, nowMs: number): Changes {
  const attachments = seen.attachments.map((one) => (itemIds.has(one.itemId) ? { ...one, takenAtMs: nowMs } : one));
  const isEmpty = attachmentsLeft({ attachments }).length === 0;
  const next = { ...seen, attachments, ...(isEmpty ? { cod: undefined } : {}), version: seen.version + 1 };
  return { writes: [changeMail(seen, next)] };
}

/** The money of a mail that was pinned for it is gone, by staff; their own event tells of it. */
export function seizeMoney(pinned: Mail): Changes {
  const moneyClawedBack = moneyLeft(pinned);
  const next = { ...pinned, money: undefined, moneyClawedBack, settlingId: undefined, version: pinned.version + 1 };
  return { writes: [changeMail(pinned, next)] };
}

/** Keeps every other change from a mail until the settlement has ended. */
export function pin(seen: Mail, settlingId: TransactionId): { readonly pinned: Mail; readonly changes: Changes } {
  const pinned = { ...seen, settlingId, version: seen.version + 1 };
  return { pinned, changes: { writes: [changeMail(seen, pinned)] } };
}

/** Lets go of a mail out of which nothing was taken after all. */
export function unpin(pinned: Mail): Changes {
  return { writes: [changeMail(pinned, { ...pinned, settlingId: undefined, version: pinned.version + 1 })] };
}

/** The place that a mail has taken in its owner's box is free again. */
function leaveBox({ isCounted, owner }: Mail): Changes {
  return isCounted ? { writes: [freePlace(owner.characterId)] } : {};
}

/** A player who is gone leaves no name behind. */
function withoutName(mail: Mail, reason: string): Mail {
  if (reason === 'recipient_gone') return { ...mail, toName: undefined };
  return reason === 'sender_gone' ? { ...mail, from: undefined } : mail;
}

/** A mail whose sender is gone: it cannot go back any more. */
export function forgetSender(seen: Mail): Changes {
  return { writes: [changeMail(seen, { ...seen, from: undefined, version: seen.version + 1 })] };
}

/** What the game owes stays longer. */
export function extend(seen: Mail): Changes {
  return { writes: [changeMail(seen, extended(seen))] };
}

/** A mail goes back to its sender, whole as it is: what is in it stays held by the same mail. */
export function sendBack(seen: Mail, reason: 'declined' | 'expired' | 'recipient_gone', nowMs: number): Changes {
  const next = withoutName(returned(seen, nowMs), reason);
  const told = event(MAIL_RETURNED, {
    aggregateId: seen.mailId,
    aggregateSeq: next.version,
    data: {
      mailId: seen.mailId,
      from: refOf(seen.owner),
      to: refOf(next.owner),
      reason,
      items: attachmentsLeft(seen).map(itemOf),
      ...amountOf('money', moneyLeft(seen)),
      expiresAt: toIso(next.expiresAtMs),
    },
  });
  const moved = { writes: [changeMail(seen, next)], events: [told], pushes: [arrival(next, 'returned')] };
  return mergeChanges(moved, leaveBox(seen));
}

/** A mail leaves every box, and its text goes. */
function close(seen: Mail, next: Mail): Changes {
  const text = seen.hasText ? [deleteText(seen.mailId)] : [];
  return mergeChanges({ writes: [changeMail(seen, next), ...text] }, leaveBox(seen));
}

/** Its owner wants a mail no more, in which nothing is left. */
export function remove(seen: Mail): Changes {
  return close(seen, ended(seen, 'DELETED'));
}

/** Why a mail has ended by itself. */
export type EndReason = 'expired' | 'recipient_gone' | 'sender_gone';

/**
 * A mail ends, with what is left in it; moving that to the sinks is the caller's part of the transaction. An audit row
 * says what it was.
 */
export function end(
  seen: Mail,
  reason: EndReason,
  facts: { readonly nowMs: number; readonly transactionId?: TransactionId | undefined },
): Changes {
  const next = withoutName(ended(seen, 'EXPIRED'), reason);
  const { mailId, owner, from } = seen;
  const items = attachmentsLeft(seen).map(itemOf);
  const money = moneyLeft(seen);
  const { nowMs, transactionId } = facts;
  const told = event(MAIL_EXPIRED, {
    aggregateId: mailId,
    aggregateSeq: next.version,
    data: {
      mailId,
      owner: refOf(owner),
      ...(from ? { from: refOf(from) } : {}),
      reason,
      items,
      ...amountOf('money', money),
      ...(transactionId ? { transactionId } : {}),
    },
  });
  const audit =
    items.length > 0 || money > 0n
      ? [
          putAudit({
            mailId,
            ownerId: owner.characterId,
            ownerAccountId: owner.accountId,
            fromId: from?.characterId,
            reason,
            items,
            money,
            transactionId,
            atMs: nowMs,
          }),
        ]
      : [];
  return mergeChanges(close(seen, next), { writes: audit, events: [told] });
}
