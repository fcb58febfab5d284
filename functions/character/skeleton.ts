import { lookAlikePairs, lookAlikes } from './data/look-alikes.ts';

/**
 * What two names have in common when a player could take one for the other: case, accents and look-alike letters are
 * folded away. A name is unique by this, not by its spelling.
 */
export function skeletonOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const letters = [...plain].map((letter) => lookAlikes[letter] ?? letter).join('');
  return lookAlikePairs.reduce((text, [pair, letter]) => text.replaceAll(pair, letter), letters);
}
