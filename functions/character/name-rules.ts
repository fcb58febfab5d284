import { reservedNames, staffNames } from './data/refused-names.ts';
import { isProfane } from './profanity.ts';
import { skeletonOf } from './skeleton.ts';

export const nameLimits = { minLetters: 2, maxLetters: 12, sameInARow: 2 } as const;

export type NameProblem = 'length' | 'letters' | 'scripts' | 'repetition' | 'reserved' | 'profane';

/** The form in which a name is stored and shown. */
export function normalizeName(name: string): string {
  return name.normalize('NFC');
}

const SCRIPTS = [/^\p{Script=Latin}+$/u, /^\p{Script=Cyrillic}+$/u];

/** Made when the first name is judged: most functions that carry these rules judge none. */
let refused: { readonly repetition: RegExp; readonly staff: readonly string[]; readonly reserved: ReadonlySet<string> };

function refusals(): typeof refused {
  refused ??= {
    repetition: new RegExp(`(.)\\1{${nameLimits.sameInARow}}`, 'iu'),
    staff: staffNames.map(skeletonOf),
    reserved: new Set(reservedNames.map(skeletonOf)),
  };
  return refused;
}

/** What is wrong with a normalized name, or undefined when a character may have it. */
export function nameProblem(name: string): NameProblem | undefined {
  const { length } = [...name];
  if (length < nameLimits.minLetters || length > nameLimits.maxLetters) return 'length';
  if (!/^\p{L}+$/u.test(name)) return 'letters';
  return wordProblem(name);
}

/** What is wrong with a word of letters in a name that players see, whatever has that name. */
export function wordProblem(word: string): Exclude<NameProblem, 'length' | 'letters'> | undefined {
  if (!SCRIPTS.some((script) => script.test(word))) return 'scripts';
  const { repetition, staff, reserved } = refusals();
  if (repetition.test(word)) return 'repetition';
  const skeleton = skeletonOf(word);
  if (reserved.has(skeleton) || staff.some((name) => skeleton.startsWith(name))) return 'reserved';
  return isProfane(word) ? 'profane' : undefined;
}
