import { mergeChanges } from '#shared/events/changes.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { goAway } from '../go-away.ts';
import { deleteInvites } from '../store-invites.ts';

/** Takes the player's characters out of their guilds, and forgets what they are invited to. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { characterIds } }, { part }) => {
  for (const characterId of characterIds) {
    await part(characterId, async (operation) => {
      const gone = await goAway(characterId, 'erased');
      await operation.commit(mergeChanges(gone, { writes: [deleteInvites(characterId)] }));
    });
  }
});
