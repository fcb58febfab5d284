import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const RATE_LIMITED = 429;
const IN_DOUBT = 202;
const TRIES = 60;

/** Sends a request again when the rate limit or a store's silence asks for it; any other answer is given as it is. */
export async function patiently(url: URL, request: RequestInit): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(url, request);
    const text = await response.text();
    const mustWait = response.status === RATE_LIMITED || response.status === IN_DOUBT;
    if (!mustWait || tries === TRIES) return { status: response.status, text };
    await delay(1_000 * Number(response.headers.get('retry-after') ?? 1) * (0.5 + Math.random()));
  }
}

/** The code of a refusal; empty for a success. */
export function codeOf({ text }: Answer): string {
  return text.startsWith('{') ? String((JSON.parse(text) as { code?: unknown }).code ?? '') : '';
}

/** What was answered, how often: by status and code. */
export function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const name = [answer.status, codeOf(answer)].join(' ').trim();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The different answers, apart from what names each single request. */
export function distinct(answers: readonly Answer[]): readonly string[] {
  const texts = answers.map(({ status, text }) => `${status} ${text.replace(/"requestId":"[^"]*"/, '')}`);
  return [...new Set(texts)];
}

export const isDone = ({ status }: Answer): boolean => status < 300 && status !== IN_DOUBT;

/** Answers that no call may get, whatever was sent. */
export const brokenOf = (answers: readonly Answer[]): readonly Answer[] =>
  answers.filter(({ status }) => status >= 500);
