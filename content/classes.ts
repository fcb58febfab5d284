import { classRows } from './data/classes.ts';
import { lookup } from './lookup.ts';

/** Every character class. */
export const classes = lookup('class', classRows);
