import { presenceOf, requirePresence } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pickUpAll } from '../contract.ts';
import { giveSlots } from '../deliver.ts';
import type { Drop, Looter } from '../drop.ts';
import { readDrop } from '../store.ts';
import { refusalOf, requireReach } from '../taking.ts';

/** Everything that may be taken and has room, in one transaction. A slot that is lost in a race is looked at anew. */
export const handler = endpointHandler(pickUpAll, async ({ input, actor, nowMs, commit, fail }) => {
  const { characterId } = actor;
  return withConflictRetry(async () => {
    const [drop, presence] = await Promise.all([readDrop(input.params.dropId), presenceOf(characterId)]);
    if (!drop || drop.slots.length === 0) throw fail('loot.drop_not_found');
    requireReach(drop, { characterId, presentIn: presence?.zoneId, nowMs });
    const refusals = drop.slots.map((slot) => refusalOf(drop, slot, { characterId, nowMs }));
    const wanted = refusals.flatMap((refusal, slotIndex) => (refusal ? [] : [slotIndex]));
    if (wanted.length === 0) throw firstWorthTelling(refusals);
    const given = await giveWhatFits(drop, wanted, actor, nowMs);
    const taken = new Set(given.items.map(({ slotIndex }) => slotIndex));
    const left = drop.slots.flatMap((_slot, slotIndex) =>
      taken.has(slotIndex) ? [] : [{ slotIndex, reason: refusals[slotIndex]?.code ?? 'inventory.full' }],
    );
    const here = requirePresence(characterId, drop.zoneId, fail('loot.wrong_zone', { zoneId: drop.zoneId }));
    try {
      return await commit(mergeChanges(given.changes, { writes: [here] }), { items: [...given.items], left });
    } catch (error) {
      const isLost = error instanceof GameError && error.code === 'loot.already_taken';
      throw isLost ? new GameError('request.conflict', {}, { cause: error }) : error;
    }
  });
});

/** Of reasons why nothing can be taken: one that may pass, if there is any. */
function firstWorthTelling(refusals: readonly (GameError | undefined)[]): GameError {
  return refusals.find((refusal) => refusal?.code !== 'loot.already_taken') ?? refusals[0]!;
}

/** As many of these slots, the first before, as the bag has room for. */
async function giveWhatFits(drop: Drop, slotIndexes: readonly number[], looter: Looter, nowMs: number) {
  try {
    return await giveSlots(drop, slotIndexes, looter, { overflow: 'refuse', nowMs });
  } catch (error) {
    const free = error instanceof GameError && error.code === 'inventory.full' ? Number(error.facts.free) : 0;
    if (free < 1) throw error;
    return giveSlots(drop, slotIndexes.slice(0, free), looter, { overflow: 'refuse', nowMs });
  }
}
