import type { CharacterId, DropId, MailId, TransactionId } from '#shared/kernel/ids.ts';

/**
 * Who or what has an item, as one scalar: a character's id, or one of the forms below. What an item came from before
 * it existed (`mint.loot`) stands in its first custody posting only.
 */
export type Holder = string;

/** In the hands of a settlement that is under way. */
export function escrowHolder(transactionId: TransactionId): Holder {
  return `esc.${transactionId}`;
}

/** Attached to a mail. */
export function mailHolder(mailId: MailId): Holder {
  return `mail.${mailId}`;
}

/** Sold, and still to be had back by this character. */
export function buybackHolder(characterId: CharacterId): Holder {
  return `buyback.${characterId}`;
}

/** Lying in the world. */
export function dropHolder(dropId: DropId): Holder {
  return `drop.${dropId}`;
}

/** Out of the game for good; the row stays, so that everything that was made stays countable. */
export function sinkHolder(reason: string): Holder {
  return `sink.${reason}`;
}

/** What brought an item into being: the giving side of its first posting. */
export function mintHolder(origin: string): Holder {
  return `mint.${origin}`;
}

/** The character that this holder is; undefined for every other kind of holder. */
export function characterOf(holder: Holder): CharacterId | undefined {
  return holder.startsWith('chr_') ? (holder as CharacterId) : undefined;
}

/** Whether a settlement that is under way has it. */
export function isEscrow(holder: Holder): boolean {
  return holder.startsWith('esc.');
}

/** The settlement in whose hands it is; undefined of every other holder. */
export function escrowedBy(holder: Holder): TransactionId | undefined {
  return isEscrow(holder) ? (holder.slice('esc.'.length) as TransactionId) : undefined;
}

/** The mail that it is attached to; undefined of every other holder. */
export function mailOf(holder: Holder): MailId | undefined {
  return holder.startsWith('mail.') ? (holder.slice('mail.'.length) as MailId) : undefined;
}

/** Whether it is out of the game. */
export function isSink(holder: Holder): boolean {
  return holder.startsWith('sink.');
}

/**
 * Whether its holder ends by itself and then says what becomes of what it has: until that nobody takes an item out of it
 * but by asking the holder, not even when the item's own time is over.
 */
export function endsByItself(holder: Holder): boolean {
  return holder.startsWith('mail.') || holder.startsWith('drop.');
}

/** Whether its holder's list shows an item: escrow and sinks have none. */
export function isListed(holder: Holder): boolean {
  return !isEscrow(holder) && !isSink(holder);
}
