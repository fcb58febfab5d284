import { holdBugs } from './hold-bugs.ts';
import { busBugs, gatewayBugs, ledgerBugs } from './other-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { staleBugs } from './stale-bugs.ts';
import { tableBugs } from './table-bugs.ts';

/** Every planted bug: the simulator has to find each of them. */
export const plantedBugs: readonly PlantedBug[] = [
  ...tableBugs,
  ...staleBugs,
  ...ledgerBugs,
  ...holdBugs,
  ...gatewayBugs,
  ...busBugs,
];
