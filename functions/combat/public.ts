import type * as z from 'zod';
import { NPC_DIED } from '#events/combat.ts';
import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { deathEvent, deathIdOf, eventsOf, pvpFightEvent } from './fight-events.ts';
import type { CombatSummary, Death, PvpFight } from './rules.ts';
import { deathWrite, fightWrites, hasDeath, listFights, pvpFightWrites, readFight } from './store.ts';
import { viewOf } from './view.ts';

export type { CombatSummary, Death, PvpFight };

/** The fact that an NPC was killed, as a piece of the transaction that records the kill. */
export function npcDied(data: z.input<typeof NPC_DIED.detail>): Changes {
  return { events: [event(NPC_DIED, { aggregateId: data.killId, aggregateSeq: 1, data })] };
}

/**
 * Stores a finished fight in the logs of all who fought, with everything that it tells, in one commit. Handing in the
 * same fight again changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordCombatSummary(fence: ZoneFence, summary: CombatSummary): Promise<void> {
  const writes = fightWrites(zoneOf(fence.zoneId), summary);
  const first = summary.participants[0];
  if (!first) throw new RangeError(`fight ${summary.combatId} has no participants`);
  try {
    await zoneOperation(summary.combatId).commit({
      writes: [requireOwner(fence), ...writes],
      events: eventsOf({ zoneId: zoneOf(fence.zoneId), epoch: fence.epoch }, summary),
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== 'request.conflict') throw error;
    const recorded = await readFight(first.characterId, summary.combatId);
    if (!recorded) throw error;
  }
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
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== 'request.conflict') throw error;
    if (!(await hasDeath(death.characterId, deathId))) throw error;
  }
}

/**
 * Stores a fight or duel of two characters in the logs of both, and tells it, in one commit. Handing in the same fight
 * again changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function recordPvpFight(fence: ZoneFence, fight: PvpFight): Promise<void> {
  try {
    await zoneOperation(fight.combatId).commit({
      writes: [requireOwner(fence), ...pvpFightWrites(zoneOf(fence.zoneId), fight)],
      events: [pvpFightEvent({ zoneId: zoneOf(fence.zoneId), epoch: fence.epoch }, fight)],
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== 'request.conflict') throw error;
    if (!(await readFight(fight.participants[0].characterId, fight.combatId))) throw error;
  }
}

/** Fights of one character in an export. */
const EXPORTED_FIGHTS = 100;

/** The latest fights of an account's characters, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const logs = characterIds.map(async (characterId) => {
    const { fights } = await listFights(characterId, { limit: EXPORTED_FIGHTS, before: undefined });
    return { characterId, fights: fights.map(viewOf) };
  });
  return { characters: await Promise.all(logs) };
}
