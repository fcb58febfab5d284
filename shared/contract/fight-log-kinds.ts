/**
 * What zones note of a fight, and its log tells. Zones number them by their place, and so do stored logs: new ones stand
 * at the end. What a shield takes is told twice: as `absorbed` with who struck, whose blow came to nothing by it, and as
 * `shield` with who made the shield, who is credited with it as with healing.
 */
export const logKinds = [
  'hit',
  'critical',
  'glancing',
  'miss',
  'dodge',
  'absorbed',
  'heal',
  'death',
  'interrupt',
  'shield',
] as const;

export type LogKind = (typeof logKinds)[number];
