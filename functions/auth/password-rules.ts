import { commonPasswords } from './data/common-passwords.ts';
import { passwordLimits } from './rules.ts';

/** Words that everybody who plays this game would think of first. */
const contextWords = ['necpgame', 'necropolis', 'cyberpunk', 'netrunner', 'nightcity'];

/** A password that is only a known word and this many characters more is as easy to guess as the word. */
const MAX_PADDING = 4;

export type PasswordWeakness = 'too_short' | 'too_long' | 'too_common' | 'too_simple' | 'too_obvious' | 'unchanged';

/**
 * What is wrong with a new password, or undefined when it is good enough. There are no composition rules: length and
 * not being what everybody else chose are what count (ASVS 5.0 6.2).
 */
export function weaknessOf(password: string, personal: readonly string[] = []): PasswordWeakness | undefined {
  const text = password.normalize('NFKC');
  const characters = [...text];
  if (characters.length < passwordLimits.minCharacters) return 'too_short';
  if (characters.length > passwordLimits.maxCharacters) return 'too_long';
  const folded = text.toLowerCase();
  const common = commonPasswords();
  if (common.has(folded) || common.has(folded.replace(/[\d!?.*#@$]+$/, ''))) return 'too_common';
  if (new Set(folded).size < 4 || isRun(folded)) return 'too_simple';
  const obvious = [...contextWords, ...personal.map((word) => word.toLowerCase()).filter((word) => word.length >= 4)];
  if (obvious.some((word) => folded.includes(word) && characters.length - [...word].length <= MAX_PADDING)) {
    return 'too_obvious';
  }
  return undefined;
}

/** `abcdefgh`, `87654321`: every character one step from the last, all in one direction. */
function isRun(text: string): boolean {
  const steps = new Set(
    [...text].slice(1).map((character, index) => character.codePointAt(0)! - text.codePointAt(index)!),
  );
  return steps.size === 1 && Math.abs([...steps][0]!) <= 1;
}
