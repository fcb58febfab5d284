import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { depart } from '../membership.ts';
import { memberOf } from '../rules.ts';
import { deleteInvites, readPartyOf } from '../store.ts';

/** Takes the player's characters out of their parties, and forgets what they are invited to. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { characterIds } }, { part }) => {
  for (const characterId of characterIds) {
    await part(characterId, async (operation) => {
      const party = await readPartyOf(characterId);
      const departed = party && depart(party, memberOf(party, characterId)!, 'erased');
      await operation.commit({
        ...departed?.changes,
        writes: [...(departed?.changes.writes ?? []), deleteInvites(characterId)],
      });
    });
  }
});
