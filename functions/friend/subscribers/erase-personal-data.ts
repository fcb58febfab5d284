import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { type Relation, type RelationSide, type TallyShift, tallyShifts } from '../rules.ts';
import { deleteSide, deleteTally, getPair, listSides, shiftTallies } from '../store.ts';

/** What ending a relation of each kind does to the tallies, seen from the player who leaves. */
const ends: Readonly<Record<Relation, TallyShift>> = {
  friend: tallyShifts.remove,
  received: tallyShifts.decline,
  sent: { mine: tallyShifts.decline.theirs, theirs: tallyShifts.decline.mine },
};

/** Ends every relation of the player on both sides, one by one, and forgets how many there were. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { accountId } }, { part, commit }) => {
  for (const { otherId } of await listSides(accountId)) {
    await part(otherId, async (operation) => {
      const { mine, theirs } = await getPair(accountId, otherId);
      const sides = [mine, theirs].filter((side): side is RelationSide => side !== undefined);
      const shifts = mine ? shiftTallies(mine, ends[mine.relation]) : [];
      await operation.commit({ writes: [...sides.map(deleteSide), ...shifts] });
    });
  }
  await commit({ writes: [deleteTally(accountId)] });
});
