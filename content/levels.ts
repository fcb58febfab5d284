import { levelRows } from './data/levels.ts';

/** The level curve: index 0 is level 1. */
export const levels = levelRows;

/** Nobody rises above this. */
export const MAX_LEVEL = levelRows.length;
