import { BOSS_SPAWNED } from '#events/zone.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { deriveId, type Slug } from '#shared/kernel/ids.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { zoneOperation } from './operation.ts';
import { appearWrite, type BossState, fallWrite, readBoss, readBosses } from './store-bosses.ts';
import { ownerCheck, type ZoneFence } from './store-leases.ts';

/** A boss has appeared: its `life`th time, counted over all lives of its unit. */
export interface BossAppearance {
  readonly spawnId: string;
  readonly life: number;
  readonly npcKind: Slug;
  readonly npcLevel: number;
  readonly x: number;
  readonly y: number;
}

/** A boss is dead until then. */
export interface BossFall {
  readonly spawnId: string;
  readonly life: number;
  readonly dueAtMs: number;
}

/** How it is with the bosses of a unit, for whoever has just claimed it; one that never appeared is not among them. */
export async function bossesOf(fence: ZoneFence): Promise<readonly BossState[]> {
  return readBosses(fence.zoneId);
}

/**
 * Notes that a boss lives and tells BOSS_SPAWNED, once for each of its lives. Repeating it changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordBossSpawn(fence: ZoneFence, boss: BossAppearance): Promise<void> {
  const { zoneId: unitId, epoch } = fence;
  const { zoneId, instanceId } = unitParts(unitId);
  const { spawnId, life, npcKind, npcLevel, x, y } = boss;
  await withConflictRetry(async () => {
    const before = await readBoss(unitId, spawnId);
    const isKnown = before !== undefined && before.life >= life;
    const cause = `${unitId}.${epoch}.${spawnId}.${life}`;
    const operation = createOperation({
      id: deriveId('opr', unitId, epoch, spawnId, life),
      actor: { origin: 'fleet' },
      correlationId: cause,
      causationId: cause,
    });
    const spawned = event(BOSS_SPAWNED, {
      aggregateId: `${unitId}.${spawnId}`,
      aggregateSeq: life,
      data: { zoneId, epoch, ...(instanceId ? { instanceId } : {}), spawnId, npcKind, npcLevel, position: { x, y } },
    });
    const appeared = isKnown ? {} : { writes: [appearWrite(unitId, boss, operation.nowMs)], events: [spawned] };
    await operation.commit(mergeChanges({ writes: [ownerCheck(fence)] }, appeared));
  });
}

/** A boss's death, as a piece of the transaction that records the kill: whoever runs the unit next knows of it. */
export function bossFell(unitId: Slug, fall: BossFall): Changes {
  return { writes: [fallWrite(unitId, fall)] };
}

/**
 * Notes the death of a boss that nobody has a claim on.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordBossFall(fence: ZoneFence, fall: BossFall): Promise<void> {
  const cause = `${fence.zoneId}.${fence.epoch}.${fall.spawnId}.${fall.life}`;
  const operation = zoneOperation(cause);
  await operation.commit(mergeChanges({ writes: [ownerCheck(fence)] }, bossFell(fence.zoneId, fall)));
}
