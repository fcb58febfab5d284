/** The checks by which zones notice what an honest client does not do. A check that was once recorded keeps its name. */
export const cheatChecks = [
  'speed',
  'teleport',
  'wall',
  'out_of_bounds',
  'rapid_fire',
  'out_of_range',
  'line_of_sight',
  'clock_back',
  'clock_ahead',
  'clock_fast',
  'view_back',
  'stale_view',
] as const;

export type CheatCheck = (typeof cheatChecks)[number];
