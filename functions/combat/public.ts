import type * as z from 'zod';
import { NPC_DIED } from '#events/combat.ts';
import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { deathEvent, deathIdOf, eventsOf } from './fight-events.ts';
import type { FightLog } from './fight-log.ts';
import { deathPush, fightPushes } from './pushes.ts';
import { type CombatSummary, type Death, type Fight, loggedFights, type Participant, type PvpFight } from './rules.ts';
import { deathWrite, fightWrites, hasDeath, listFights, readFight } from './store.ts';
import { logWrites } from './store-log.ts';
import { readStatistics, statisticsWrites } from './store-statistics.ts';
import { statisticsViewOf, viewOf } from './view.ts';

export type { CombatSummary, Death, FightLog, Participant, PvpFight };

/** The fact that an NPC was killed, as a piece of the transaction that records the kill. */
export function npcDied(data: z.input<typeof NPC_DIED.detail>): Changes {
  return { events: [event(NPC_DIED, { aggregateId: data.killId, aggregateSeq: 1, data })] };
}

/**
 * Stores a finished fight in the logs of all who fought, with what happened in it, counts it in their statistics and
 * tells everything of it, in one commit. Handing in the same fight again changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordFight(fence: ZoneFence, fight: Fight): Promise<void> {
  const [first] = fight.participants;
  if (!first) throw new RangeError(`fight ${fight.combatId} has no participants`);
  const zone = { zoneId: zoneOf(fence.zoneId), epoch: fence.epoch };
  const logged = loggedFights(zone.zoneId, fight);
  await withConflictRetry(async () => {
    const counted = await statisticsWrites(fight);
    try {
      await zoneOperation(fight.combatId).commit({
        writes: [requireOwner(fence), ...fightWrites(logged), ...logWrites(fight), ...counted],
        events: eventsOf(zone, fight),
        pushes: fightPushes(logged),
      });
    } catch (error) {
      if (!(error instanceof GameError) || error.code !== 'request.conflict') throw error;
      if (!(await readFight(first.characterId, fight.combatId))) throw error;
    }
  });
}

/**
 * Tells that a character died, in one commit. Handing in the same death again changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordDeath(fence: ZoneFence, death: Death): Promise<void> {
  const deathId = deathIdOf(fence, death.deathSeq);
  const operation = zoneOperation(deathId);
  try {
    await operation.commit({
      writes: [requireOwner(fence), deathWrite(deathId, death, operation.nowMs)],
      events: [deathEvent(deathId, { zoneId: zoneOf(fence.zoneId), epoch: fence.epoch }, death)],
      pushes: [deathPush(zoneOf(fence.zoneId), death, operation.nowMs)],
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== 'request.conflict') throw error;
    if (!(await hasDeath(death.characterId, deathId))) throw error;
  }
}

/** Fights of one character in an export. */
const EXPORTED_FIGHTS = 100;

/** The latest fights and the totals of an account's characters, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const logs = characterIds.map(async (characterId) => {
    const [{ fights }, statistics] = await Promise.all([
      listFights(characterId, { limit: EXPORTED_FIGHTS, before: undefined }),
      readStatistics(characterId),
    ]);
    return { characterId, statistics: statisticsViewOf(statistics), fights: fights.map(viewOf) };
  });
  return { characters: await Promise.all(logs) };
}
