import { items as itemTemplates } from '#content/items.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getDrop } from '../contract.ts';
import { isEligible } from '../rules.ts';
import { readDrop } from '../store.ts';

/** A drop of another zone and one that never was look alike. */
export const handler = endpointHandler(getDrop, async ({ input, actor, nowMs, fail }) => {
  const [drop, presence] = await Promise.all([readDrop(input.params.dropId), presenceOf(actor.characterId)]);
  if (!drop || drop.slots.length === 0 || presence?.zoneId !== drop.zoneId) throw fail('loot.drop_not_found');
  if (nowMs >= drop.expiresAtMs) throw fail('loot.expired');
  return {
    dropId: drop.dropId,
    zoneId: drop.zoneId,
    position: { x: drop.x, y: drop.y },
    npcKind: drop.npcKind,
    eligible: isEligible(drop, actor.characterId, nowMs),
    freeForAllAt: toIso(drop.freeForAllAtMs),
    expiresAt: toIso(drop.expiresAtMs),
    slots: drop.slots.map(({ templateId, count, state }, slotIndex) => ({
      slotIndex,
      templateId,
      quality: itemTemplates.get(templateId).quality,
      count,
      state,
    })),
  };
});
