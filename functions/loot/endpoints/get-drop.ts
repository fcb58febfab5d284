import { presenceOf } from '#functions/zone/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getDrop } from '../contract.ts';
import { mayBeDue } from '../drop.ts';
import { settleDrop } from '../settle-drop.ts';
import { readDrop } from '../store.ts';
import { dropView } from '../view.ts';

/** A drop of another zone and one that never was look alike. */
export const handler = endpointHandler(getDrop, async ({ input, actor, nowMs, fail }) => {
  const { dropId } = input.params;
  const { characterId } = actor;
  const [drop, presence] = await Promise.all([readDrop(dropId), presenceOf(characterId)]);
  if (!drop || drop.slots.length === 0 || presence?.zoneId !== drop.zoneId) throw fail('loot.drop_not_found');
  if (nowMs >= drop.expiresAtMs) throw fail('loot.expired');
  const settled = mayBeDue(drop, nowMs) ? await settleDrop(dropId) : drop;
  return dropView(settled ?? drop, characterId, nowMs);
});
