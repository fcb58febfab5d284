import type { Level } from '../schema/level.ts';

/** Experience from each level to the next: level 1 takes one quest and a few kills, level 29 several evenings. */
const xpToNext = [
  400, 900, 1_400, 2_100, 2_800, 3_600, 4_500, 5_400, 6_500, 7_600, 8_700, 9_800, 11_000, 12_300, 13_600, 15_000,
  16_400, 17_800, 19_300, 20_800, 22_400, 24_000, 25_500, 27_200, 28_900, 30_500, 32_200, 33_900, 36_300,
];

export const levelRows: readonly Level[] = [...xpToNext, null].map((xp, index) => ({
  level: index + 1,
  xpToNext: xp,
  attributePoints: index === 0 ? 0 : 2,
  skillPoints: index === 0 ? 0 : 3,
}));
