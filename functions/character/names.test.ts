import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameProblem, normalizeName } from './name-rules.ts';
import { skeletonOf } from './skeleton.ts';

describe('character names', () => {
  it.each(['Vesper', 'Jo', 'Ярость', 'Ёлка', 'Ångström', 'Mei', 'Классик', 'Xanthippeia'])('may be %s', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([
    ['V', 'length'],
    ['Thirteenchars', 'length'],
    ['', 'length'],
    ['Jo Mei', 'letters'],
    ['R2D2', 'letters'],
    ["O'Neil", 'letters'],
    ['Zed\u200b', 'letters'],
    ['Vеsper', 'scripts'],
    ['Ωmega', 'scripts'],
    ['武士', 'scripts'],
    ['Booooom', 'repetition'],
    ['GM', 'reserved'],
    ['Admin', 'reserved'],
    ['АДМИН', 'reserved'],
    ['AdminVesper', 'reserved'],
    ['Аdmіn', 'scripts'],
    ['Система', 'reserved'],
    ['NeCpGaMeOne', 'reserved'],
    ['Shitlord', 'profane'],
    ['FuCkEr', 'profane'],
    ['ПИЗДЕЦ', 'profane'],
  ])('may not be %s: %s', (name, problem) => {
    expect(nameProblem(name)).toBe(problem);
  });

  it('are composed before they are judged', () => {
    expect(nameProblem(normalizeName('В\u0306ера'))).toBe('letters');
    expect(nameProblem(normalizeName('Aйда'.replace('A', 'А').normalize('NFD')))).toBeUndefined();
  });

  it.each([
    ['Vesper', 'VESPER'],
    ['Ivan', 'lvan'],
    ['Barney', 'Bamey'],
    ['Ёжик', 'Ежик'],
    ['Zoë', 'Zoe'],
    ['Cope', 'Соре'],
    ['Max', 'Мах'],
    ['Straße', 'Strasse'],
  ])('%s and %s are one name', (one, other) => {
    expect(skeletonOf(one)).toBe(skeletonOf(other));
  });

  it.each([
    ['Vesper', 'Casper'],
    ['Nero', 'Zero'],
    ['Маша', 'Саша'],
  ])('%s and %s are two names', (one, other) => {
    expect(skeletonOf(one)).not.toBe(skeletonOf(other));
  });

  it('have a skeleton that keys can hold, and folding it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 14 }), (text) => {
        const name = normalizeName(text);
        if (nameProblem(name) !== undefined) return;
        const skeleton = skeletonOf(name);
        expect(skeleton).toMatch(/^\p{L}+$/u);
        expect(skeletonOf(name.toUpperCase())).toBe(skeleton);
      }),
      { numRuns: 2_000 },
    );
    const letters = fc.constantFrom(...'abcdefilmnorstuvwxyzабвгдеёийклмнопрстухшыьэюя');
    fc.assert(
      fc.property(fc.array(letters, { minLength: 2, maxLength: 12 }), (name) => {
        const skeleton = skeletonOf(name.join(''));
        expect(skeletonOf(skeleton.toUpperCase())).toBe(skeletonOf(skeleton));
      }),
    );
  });
});
