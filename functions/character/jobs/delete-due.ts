import { GameError } from '#shared/contract/errors.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { deleteDue } from '../contract.ts';
import { deleteNow } from '../lifecycle.ts';
import { obligationsOf } from '../obligations.ts';
import { deletionRules, statusOf } from '../rules.ts';
import { type Character, DUE_SHARDS, getCharacter, listDue, saveCharacter } from '../store.ts';

/** Characters of one shard in one run; the rest waits for the next. */
const BATCH = 50;

/**
 * Deletes characters whose cool-off is over. One that has taken on obligations, or for which there is no room among the
 * kept, is looked at again later; one that changes meanwhile is left for the next run.
 */
export const handler = jobHandler(deleteDue, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    for (const characterId of await listDue('delete', shard, nowMs, BATCH)) {
      const character = await getCharacter(characterId);
      if (!character || statusOf(character) !== 'DELETING' || character.deletesAtMs! > nowMs) continue;
      try {
        const isFree = (await obligationsOf(character)).length === 0;
        const step = isFree ? await deleteNow(character, nowMs) : undefined;
        await operation(characterId).commit(step?.changes ?? { writes: [postponed(character, nowMs)] });
        if (step) processed += 1;
      } catch (error) {
        if (!(error instanceof GameError)) throw error;
        if (error.code === 'character.deleted_full') {
          await operation(characterId).commit({ writes: [postponed(character, nowMs)] });
        } else if (error.code !== 'request.conflict') throw error;
      }
    }
  }
  return { processed };
});

function postponed(character: Character, nowMs: number) {
  const deletesAtMs = nowMs + deletionRules.postponedMs;
  return saveCharacter({ ...character, deletesAtMs, version: character.version + 1 });
}
