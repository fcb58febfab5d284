import type { Write } from '#shared/table/write.ts';
import { endShifts, type RelationSide } from './rules.ts';
import { deleteSide, type Pair, shiftTallies } from './store.ts';

/** Ends whatever there is between a pair, on both sides, and gives the places back. */
export function endRelation({ mine, theirs }: Pair): readonly Write[] {
  const sides = [mine, theirs].filter((side): side is RelationSide => side !== undefined);
  return [...sides.map(deleteSide), ...(mine ? shiftTallies(mine, endShifts[mine.relation]) : [])];
}
