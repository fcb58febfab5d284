import { describe, expect, it } from 'vitest';
import { guildNameProblem, guildSkeletonOf } from './guild-name.ts';

describe('guild names', () => {
  it.each(['Chrome Saints', 'Ярость Доков', '47 Ronin', 'Vesper', 'Unit 731B', 'Клан Vesper'])('may be %s', (name) => {
    expect(guildNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['V', 'length'],
    ['A guild with a name that is long', 'length'],
    ['', 'length'],
    ['Chrome  Saints', 'characters'],
    [' Chrome', 'characters'],
    ['Chrome\u200bSaints', 'characters'],
    ['Chrome#Saints', 'characters'],
    ['4711', 'characters'],
    ['Chrоme Saints', 'scripts'],
    ['武士 Saints', 'scripts'],
    ['Booooom', 'repetition'],
    ['The Admins', 'reserved'],
    ['NECPGAME Staff', 'reserved'],
    ['Shitlord Saints', 'profane'],
    ['Пиздец Доков', 'profane'],
  ])('may not be %s: %s', (name, problem) => {
    expect(guildNameProblem(name)).toBe(problem);
  });

  it.each([
    ['Chrome Saints', 'CHROME SAINTS'],
    ['Chrome Saints', 'Chromesaints'],
    ['Cope', 'Соре'],
  ])('%s and %s are one name', (one, other) => {
    expect(guildSkeletonOf(one)).toBe(guildSkeletonOf(other));
  });

  it('of other words are others', () => {
    expect(guildSkeletonOf('Chrome Saints')).not.toBe(guildSkeletonOf('Chrome Sinners'));
    expect(guildSkeletonOf('Unit 7')).not.toBe(guildSkeletonOf('Unit 8'));
  });
});
