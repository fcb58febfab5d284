import { presenceOf, requirePresence } from '#functions/zone/public.ts';
import { push } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { releaseDrop } from '../contract.ts';
import { changeWrite, readDrop } from '../store.ts';
import { requireReach } from '../taking.ts';
import { lootTopic } from '../topics.ts';

export const handler = endpointHandler(releaseDrop, async ({ input, actor, nowMs, commit, fail }) => {
  const { dropId } = input.params;
  const { characterId } = actor;
  await withConflictRetry(async () => {
    const [drop, presence] = await Promise.all([readDrop(dropId), presenceOf(characterId)]);
    if (!drop || drop.slots.length === 0) throw fail('loot.drop_not_found');
    requireReach(drop, { characterId, presentIn: presence?.zoneId, nowMs });
    const isTheirs = drop.slots.some(({ claim, reservedFor }) => claim === 'turn' && reservedFor === characterId);
    if (!isTheirs) throw fail('loot.not_your_turn');
    if (drop.releasedAtMs !== undefined) return;
    const { partyId, zoneId } = drop;
    await commit({
      writes: [
        changeWrite(dropId, { releasedAtMs: nowMs }, fail('request.conflict')),
        requirePresence(characterId, zoneId, fail('loot.wrong_zone', { zoneId })),
      ],
      pushes: partyId ? [push(lootTopic, { partyId }, { type: 'released', dropId, byId: characterId })] : [],
    });
  });
});
