/** Qualities of items from worst to best: the index is the rank. */
export const qualities = ['common', 'uncommon', 'rare', 'epic', 'legendary'] as const;

export type Quality = (typeof qualities)[number];

/** Position of a quality on the ladder: common is 0. */
export function qualityRank(quality: Quality): number {
  return qualities.indexOf(quality);
}
