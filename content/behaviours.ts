import { behaviourRows } from './data/behaviours.ts';
import { lookup } from './lookup.ts';

/** How NPCs fight. */
export const behaviours = lookup('behaviour', behaviourRows);
