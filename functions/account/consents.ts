import { GameError } from '#shared/contract/errors.ts';
import { type ConsentDocumentId, consentDocumentIds, consentDocuments } from './data/consent-documents.ts';

/** What a player has last said to a document. */
export interface Consent {
  readonly document: ConsentDocumentId;
  readonly version: string;
  readonly given: boolean;
  readonly atMs: number;
}

/** A player's consents: the newest of each document, and how many there ever were. */
export interface Consents {
  readonly current: Readonly<Partial<Record<ConsentDocumentId, Consent>>>;
  /** Counts every change: the position of the next one, and the version that a change is conditional on. */
  readonly changes: number;
}

export const noConsents: Consents = { current: {}, changes: 0 };

/** `missing`: never said anything; `outdated`: agreed to an older text. */
export type ConsentState = 'missing' | 'given' | 'outdated' | 'withdrawn';

export function consentStateOf(consent: Consent | undefined, currentVersion: string): ConsentState {
  if (!consent) return 'missing';
  if (!consent.given) return 'withdrawn';
  return consent.version === currentVersion ? 'given' : 'outdated';
}

/** Every document with what the player has said to it. */
export function consentOverview({ current }: Consents) {
  return consentDocumentIds.map((document) => {
    const { version: currentVersion, required } = consentDocuments[document];
    const consent = current[document];
    return { document, currentVersion, required, state: consentStateOf(consent, currentVersion), consent };
  });
}

/** Whether two of the answers are to the same document: then nobody can tell what is meant. */
export function repeatsDocument(answers: readonly { readonly document: ConsentDocumentId }[]): boolean {
  return new Set(answers.map(({ document }) => document)).size < answers.length;
}

/**
 * The consents after a player's answers, and which of them are news.
 * @throws GameError `account.consent_outdated` when an agreement is to another than the current text;
 *   `account.consent_required` when one that the account rests on would be withdrawn.
 */
export function applyConsents(
  before: Consents,
  answers: readonly { readonly document: ConsentDocumentId; readonly version: string; readonly given: boolean }[],
  nowMs: number,
): { readonly after: Consents; readonly changed: readonly Consent[] } {
  const changed = answers.flatMap((answer): Consent[] => {
    const { version, required } = consentDocuments[answer.document];
    if (answer.version !== version) {
      throw new GameError('account.consent_outdated', { document: answer.document, currentVersion: version });
    }
    if (required && !answer.given) throw new GameError('account.consent_required', { document: answer.document });
    const known = before.current[answer.document];
    return known?.given === answer.given && known.version === version ? [] : [{ ...answer, atMs: nowMs }];
  });
  const news = Object.fromEntries(changed.map((consent) => [consent.document, consent]));
  return { after: { current: { ...before.current, ...news }, changes: before.changes + changed.length }, changed };
}
