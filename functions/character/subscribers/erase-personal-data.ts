import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { purge } from '../lifecycle.ts';
import { getCharacter } from '../store.ts';
import { deleteBar, listBars } from '../store-names.ts';
import { deleteRoster, deleteSlots, getRosters } from '../store-slots.ts';

/** Names that moderators took from one account: more than anybody has; what is left tells nothing of a person. */
const MAX_BARS = 50;

/** All characters of the account become tombstones and their names anybody's; `CHARACTER_PURGED` tells of each. */
export const handler = subscriberHandler(erasePersonalData, async ({ data }, { nowMs, commit, part }) => {
  const { accountId } = data;
  const rosters = await getRosters(accountId);
  for (const characterId of rosters.flatMap((roster) => [...roster.characterIds, ...roster.deletedIds])) {
    await part(characterId, async (operation) => {
      const character = await getCharacter(characterId);
      if (character) await operation.commit(await purge(character, nowMs));
    });
  }
  const bars = await listBars(accountId, MAX_BARS);
  await commit({ writes: [...bars.map(deleteBar), ...rosters.map(deleteRoster), deleteSlots(accountId)] });
});
