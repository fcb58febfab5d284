/** What zones note of a fight, and its log tells. Zones number them by their place. */
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
] as const;

export type LogKind = (typeof logKinds)[number];
