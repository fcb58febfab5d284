import type { Row } from './value-stores.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A call as it was answered, and what the stores hold of it. */
export interface Remembered {
  readonly path: string;
  readonly key: string;
  readonly answer: Answer;
}

/** Refusals that nobody but the ledger, or the giving up of a settlement, gives. */
const OF_VALUE = /^(ledger\.(insufficient_funds|balance_limit)|settlement\.aborted)$/;

/** What names a single request and nothing of its outcome. */
const plain = (text: string): string => text.replace(/,?"requestId":"[^"]*"/g, '');
const shown = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`;

/** Whether two answers are the same but for what names each request. */
export function isSame(one: Answer, other: Answer): boolean {
  return one.status === other.status && plain(one.text) === plain(other.text);
}

/**
 * What is wrong with an answer, by the settlement that its call has begun: one that was delivered was answered with
 * success, and one that was returned with the refusal that is stored. Where there is none, nothing has begun: then the
 * call was refused before anything changed, which is not remembered, unless the refusal is one of the ledger's own.
 */
export function answerComplaints({ path, key, answer }: Remembered, settlement: Row | undefined): readonly string[] {
  const what = `${path} by key ${key} was answered ${shown(answer)}`;
  const code = answer.status >= 400 ? codeOf(answer) : undefined;
  if (settlement === undefined) {
    return code !== undefined && OF_VALUE.test(code) ? [`${what}, and no settlement says so`] : [];
  }
  if (settlement.state === 'DELIVERED') return code === undefined ? [] : [`${what}, and its settlement is DELIVERED`];
  if (settlement.state !== 'RETURNED') return [];
  const stored = (JSON.parse(String(settlement.outcome)) as { code: string }).code;
  return code === stored ? [] : [`${what}, and its settlement is RETURNED for ${stored}`];
}

function codeOf({ text }: Answer): string {
  try {
    return String((JSON.parse(text) as { code?: unknown }).code ?? '');
  } catch {
    return '';
  }
}

/** Whether every repetition must be answered as this was: a success, and a refusal that a settlement has recorded. */
export function mustStay({ status }: Answer, settlement: Row | undefined): boolean {
  return status < 300 || settlement?.state === 'RETURNED';
}
