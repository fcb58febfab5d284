import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { periodEndMs, periodKey } from '#shared/kernel/period-key.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { zoneNamed } from './standing.ts';
import { deadBossesWrite, putLock, readInstance, readLock } from './store-instances.ts';

/**
 * A boss is done in an instance, as a piece of the transaction that records its kill: it is dead for whoever comes in
 * later, and those who had a part in it or were there do not meet it again in this period. Nothing in other units.
 */
export async function bossDone(
  unitId: Slug,
  { npcKind, characterIds, nowMs }: { npcKind: Slug; characterIds: readonly CharacterId[]; nowMs: number },
): Promise<Changes> {
  const { instanceId } = unitParts(unitId);
  const instance = instanceId && (await readInstance(instanceId));
  const reset = instance && zoneNamed(instance.zoneId).instance?.reset;
  if (!instance || !reset) return {};
  const period = periodKey(reset, REALM_TIME_ZONE, nowMs);
  const endsAtMs = periodEndMs(reset, REALM_TIME_ZONE, nowMs);
  const locks = characterIds.map(async (characterId) => {
    const seen = await readLock(characterId, instance);
    const done = seen?.period === period ? seen.bosses : [];
    const lock = { period, instanceId: instance.instanceId, bosses: [...new Set([...done, npcKind])] };
    return putLock(characterId, instance, lock, { version: seen?.version ?? 0, endsAtMs });
  });
  const dead = deadBossesWrite(instance.instanceId, [...new Set([...instance.deadBosses, npcKind])]);
  return { writes: [dead, ...(await Promise.all(locks))] };
}
