import { randomUUID } from 'node:crypto';

/** Mails kept; the oldest go first. */
export const MOST_MAILS = 1_000;

export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Rises by one with every mail. */
  readonly seq: number;
}

export type NewMail = Omit<Mail, 'id' | 'receivedAt' | 'seq'>;

export interface MailQuery {
  /** Exact address, case-insensitive. */
  readonly to?: string | undefined;
  /** Only mails with a higher `seq`. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The mails that were sent, in memory. */
export class Mailbox {
  readonly #nowMs: () => number;
  #mails: Mail[] = [];
  #seq = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(mail: NewMail): Mail {
    this.#seq += 1;
    const kept: Mail = { ...mail, id: randomUUID(), receivedAt: new Date(this.#nowMs()).toISOString(), seq: this.#seq };
    this.#mails.push(kept);
    if (this.#mails.length > MOST_MAILS) this.#mails.shift();
    return kept;
  }

  /** Newest first. */
  find(query: MailQuery): Mail[] {
    const to = query.to?.toLowerCase();
    return this.#mails
      .filter(
        (mail) =>
          mail.seq > (query.after ?? 0) &&
          (to === undefined || mail.to.some((address) => address.toLowerCase() === to)),
      )
      .slice(-query.limit)
      .reverse();
  }

  clear(): void {
    this.#mails = [];
  }
}
