import { items as itemTemplates } from '#content/items.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges, push } from '#shared/events/changes.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pieceOf } from '../begin-rolls.ts';
import { assignSlot } from '../contract.ts';
import { giveSlots } from '../deliver.ts';
import { looterOf } from '../drop.ts';
import { readDrop } from '../store.ts';
import { lootTopic } from '../topics.ts';

/** The master looter of a drop is who held the office at the kill; giving out needs no presence on the spot. */
export const handler = endpointHandler(assignSlot, async ({ input, actor, nowMs, commit, fail }) => {
  const { dropId } = input.params;
  const slotIndex = Number(input.params.slotIndex);
  const toId = input.body.characterId;

  return withConflictRetry(async () => {
    const drop = await readDrop(dropId);
    // A drop that is none of theirs and one that never was look alike.
    if (!drop || drop.slots.length === 0) throw fail('loot.drop_not_found');
    if (drop.masterLooterId !== actor.characterId) {
      throw fail(looterOf(drop, actor.characterId) ? 'loot.not_master' : 'loot.drop_not_found');
    }
    if (nowMs >= drop.expiresAtMs) throw fail('loot.expired');
    const slot = drop.slots[slotIndex];
    if (!slot) throw fail('loot.slot_not_found');
    if (slot.state !== 'OPEN') throw fail('loot.already_taken');
    if (slot.claim !== 'master' || nowMs >= (drop.masterUntilMs ?? 0)) throw fail('loot.not_assignable');
    const target = looterOf(drop, toId);
    if (!target) throw fail('loot.target_not_eligible');
    if (await hasUnique(toId, slot.templateId)) throw fail('loot.unique_clash');

    try {
      const given = await giveSlots(drop, [slotIndex], target, { overflow: 'refuse', nowMs });
      const { slotIndex: _same, ...item } = given.items[0]!;
      const { partyId } = drop;
      const shown = { type: 'assigned' as const, dropId, slotIndex, ...pieceOf(slot), toId, byId: actor.characterId };
      const told = partyId ? { pushes: [push(lootTopic, { partyId }, shown)] } : {};
      return await commit(mergeChanges(given.changes, told), { characterId: toId, item });
    } catch (error) {
      throw ofTarget(error);
    }
  });
});

/** Whether a character carries one already of what can be worn once only. */
async function hasUnique(characterId: CharacterId, templateId: Slug): Promise<boolean> {
  if (!itemTemplates.get(templateId).uniqueEquipped) return false;
  return (await itemsOf(characterId)).some((item) => item.templateId === templateId);
}

/** What stands in the way of the one who is to get it is not the master's own. */
function ofTarget(error: unknown): unknown {
  if (!(error instanceof GameError)) return error;
  if (error.code === 'inventory.full') return new GameError('loot.target_full', error.facts);
  return error.code === 'loot.locked_out' ? new GameError('loot.target_locked_out', error.facts) : error;
}
