import fc from 'fast-check';
import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity';
import { describe, expect, it } from 'vitest';
import { profanePatterns } from './data/english-profanity.ts';
import { isProfane } from './profanity.ts';

const oracle = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });

/** Every pattern spelled out once, the optional parts left out and taken in. */
const spelled = profanePatterns.flatMap((pattern) => {
  const text = pattern.replaceAll('\\b', '');
  return [text.replace(/\(\?:(\w+)\)\?/g, ''), text.replace(/\(\?:(\w+)\)\?/g, '$1')].filter((word) =>
    /^[a-z]+$/.test(word),
  );
});

describe('profanity', () => {
  it('knows every word that the obscenity package knows', () => {
    expect(spelled.length).toBeGreaterThan(100);
    const missed = spelled.filter((word) => oracle.hasMatch(word) && !isProfane(word));
    expect(missed).toEqual([]);
  });

  it('agrees with the package on words embedded, stretched and cased at random', () => {
    const letters = fc.stringMatching(/^[a-z]{0,4}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...spelled),
        letters,
        letters,
        fc.nat(3),
        fc.boolean(),
        (word, before, after, at, upper) => {
          const stretched = word.slice(0, at + 1) + (word[at] ?? '') + word.slice(at + 1);
          const name = before + stretched + after;
          expect({ name, profane: isProfane(upper ? name.toUpperCase() : name) }).toEqual({
            name,
            profane: oracle.hasMatch(name),
          });
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('agrees with the package on random letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,12}$/), (name) => {
        expect(isProfane(name)).toBe(oracle.hasMatch(name));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['Assess', 'Dickens', 'Snigger', 'Cockney', 'Маша', 'Хулио'])('lets %s be', (name) => {
    expect(isProfane(name)).toBe(false);
  });

  it.each(['Fück', 'FUUUCK', 'Пиздец', 'ХУЙ'])('knows %s', (name) => {
    expect(isProfane(name)).toBe(true);
  });
});
