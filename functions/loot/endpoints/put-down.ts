import { zones } from '#content/zones.ts';
import { ITEM_DROPPED } from '#events/loot.ts';
import { loadCharacterForZone } from '#functions/character/public.ts';
import { transferItems } from '#functions/inventory/public.ts';
import { presenceOf, requirePresence } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { putDown } from '../contract.ts';
import type { Drop } from '../drop.ts';
import { lootLimits } from '../rules.ts';
import { createWrite } from '../store.ts';

/** One transaction: the item leaves the bag and lies in the world as a drop, ITEM_DROPPED is told. */
export const handler = endpointHandler(putDown, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const { itemId, count } = input.body;
  const { accountId, characterId } = actor;
  const dropId = deriveId('drp', operation.id);

  return withConflictRetry(async () => {
    const presence = await presenceOf(characterId);
    const { zoneId, epoch } = presence ?? {};
    if (zoneId === undefined || epoch === undefined) throw fail('loot.not_in_zone');
    const { x, y } = (await loadCharacterForZone(characterId, zoneId))?.state ?? zones.get(zoneId).spawn;
    const { items, changes } = await transferItems(
      [{ kind: 'move', itemId, count, from: characterId, destination: { to: 'drop', dropId } }],
      { reason: 'drop', cause: operation.id, atMs: nowMs },
    );
    const { place: _place, ...item } = items[0]!;
    const drop: Drop = {
      dropId,
      killId: operation.id,
      zoneId,
      epoch,
      x,
      y,
      method: 'solo',
      eligible: [{ accountId, characterId }],
      startedAtMs: nowMs,
      freeForAllAtMs: nowMs,
      expiresAtMs: nowMs + lootLimits.putDownLifeMs,
      slots: [{ templateId: item.templateId, count: item.count, state: 'OPEN', claim: 'free', itemId: item.itemId }],
    };
    const dropped = event(ITEM_DROPPED, {
      aggregateId: dropId,
      aggregateSeq: 1,
      data: {
        itemId: item.itemId,
        templateId: item.templateId,
        count: item.count,
        accountId,
        characterId,
        zoneId,
        dropId,
        position: { x, y },
      },
    });
    return commit(
      mergeChanges(changes, {
        writes: [
          createWrite(drop, fail('request.conflict')),
          requirePresence(characterId, zoneId, fail('loot.wrong_zone', { zoneId })),
        ],
        events: [dropped],
      }),
      { dropId, zoneId, item, expiresAt: toIso(drop.expiresAtMs) },
    );
  });
});
