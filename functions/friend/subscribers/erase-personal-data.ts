import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { endRelation } from '../end-relation.ts';
import { deleteTally, getPair, listSides } from '../store.ts';
import { deleteBlock, deleteBlockTally, listBlocks } from '../store-blocks.ts';

/** Most rows that one transaction of this reaction forgets. */
const CHUNK = 50;

/**
 * Ends every relation of the player on both sides, one by one, forgets whom they had blocked, and how many there were.
 * Blocks of others name an id that is nobody's any more.
 */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { accountId } }, { part, commit }) => {
  for (const { otherId } of await listSides(accountId)) {
    await part(otherId, async (operation) => {
      await operation.commit({ writes: endRelation(await getPair(accountId, otherId)) });
    });
  }
  const blocks = await listBlocks(accountId);
  for (let start = 0; start < blocks.length; start += CHUNK) {
    const chunk = blocks.slice(start, start + CHUNK);
    await part(`blocks-${start}`, (operation) => operation.commit({ writes: chunk.map(deleteBlock) }));
  }
  await commit({ writes: [deleteTally(accountId), deleteBlockTally(accountId)] });
});
