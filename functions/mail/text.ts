import { isProfane } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';

/** Control characters, and those that turn the direction of what follows: neither is seen, both deceive. */
const UNSEEN = /[\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const UNSEEN_BUT_LINE_BREAKS = /(?!\n)[\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One line: what is not seen is left out, and every row of white space is one space. */
export function cleanSubject(text: string): string {
  return text.replace(/\s+/g, ' ').replace(UNSEEN, '').trim();
}

/** Line breaks stay, at most two in a row; what is not seen is left out. */
export function cleanBody(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(UNSEEN_BUT_LINE_BREAKS, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/**
 * What is left of a letter when it is cleaned.
 * @throws GameError `mail.text_empty` without a subject, `mail.text_refused` where a word of it is obscene.
 */
export function cleanLetter(letter: { readonly subject: string; readonly body: string }): typeof letter {
  const cleaned = { subject: cleanSubject(letter.subject), body: cleanBody(letter.body) };
  if (cleaned.subject === '') throw new GameError('mail.text_empty');
  const words = `${cleaned.subject} ${cleaned.body}`.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
  if (words.some(isProfane)) throw new GameError('mail.text_refused');
  return cleaned;
}
