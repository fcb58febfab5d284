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
const REPETITION = new RegExp(`(.)\\1{${nameLimits.sameInARow}}`, 'iu');

const staffSkeletons = staffNames.map(skeletonOf);
const reservedSkeletons = new Set(reservedNames.map(skeletonOf));

/** What is wrong with a normalized name, or undefined when a character may have it. */
export function nameProblem(name: string): NameProblem | undefined {
  const { length } = [...name];
  if (length < nameLimits.minLetters || length > nameLimits.maxLetters) return 'length';
  if (!/^\p{L}+$/u.test(name)) return 'letters';
  if (!SCRIPTS.some((script) => script.test(name))) return 'scripts';
  if (REPETITION.test(name)) return 'repetition';
  const skeleton = skeletonOf(name);
  if (reservedSkeletons.has(skeleton) || staffSkeletons.some((staff) => skeleton.startsWith(staff))) return 'reserved';
  if (isProfane(name)) return 'profane';
  return undefined;
}
