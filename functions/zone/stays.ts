import type * as z from 'zod';
import { PLAYER_IDLE, ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
import { requireActiveSession } from '#functions/session/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { AccountId, CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { layerLimits } from './layer-rules.ts';
import { zoneOperation } from './operation.ts';
import { evict } from './orders.ts';
import { hasGoneElsewhere } from './rules.ts';
import {
  enterWrite,
  type Journey,
  leaveWrite,
  type Presence,
  readPresence,
  type StayOf,
  setOutWrite,
} from './store.ts';
import { ownerCheck, type ZoneFence } from './store-leases.ts';
import type { Trip } from './store-orders.ts';
import { coolDownWrite } from './store-travel.ts';
import { teleportLimits } from './unit-rules.ts';

/** Who comes into a zone. */
export interface Newcomer {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  /** Version of its presence when it was let in; unset: it is let in wherever it is. */
  readonly presenceVer?: number | undefined;
}

/** Why a character is out of the world, as `ZONE_LEFT` tells. */
export type LeaveReason = z.infer<typeof ZONE_LEFT.detail>['reason'];

/**
 * Notes that a character is in this unit now, and answers the version that names this stay. Where it was in another unit,
 * that one is told to let it go. Repeating it changes nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone, `auth.session_ended` when the session does not play
 *   this character any more, `zone.elsewhere` when it has gone elsewhere since it was let in.
 */
export async function enterZone(fence: ZoneFence, who: Newcomer): Promise<number> {
  const { accountId, sessionId, characterId, presenceVer } = who;
  const { zoneId: unitId, epoch } = fence;
  return withConflictRetry(async () => {
    const before = await readPresence(characterId);
    if (before?.zoneId === unitId && before.epoch === epoch && before.sessionId === sessionId) return before.ver;
    const operation = zoneOperation(characterId);
    if (presenceVer !== undefined && hasGoneElsewhere(before, unitId, presenceVer, operation.nowMs)) {
      throw new GameError('zone.elsewhere', { zoneId: before!.lastZone ?? '' });
    }
    const zoneId = zoneOf(unitId);
    const visited = [...new Set([...(before?.visited ?? []), zoneId])];
    const ver = (before?.ver ?? 0) + 1;
    const next = { accountId, sessionId, characterId, zoneId: unitId, epoch, ver, lastZone: zoneId, visited };
    const entered: Changes = {
      writes: [ownerCheck(fence), requireActiveSession(sessionId, characterId), enterWrite(next)],
    };
    const cameFrom = before?.zoneId ?? before?.journey?.fromUnit;
    const moved: Changes =
      cameFrom === unitId
        ? {}
        : {
            events: [
              event(ZONE_CHANGED, {
                aggregateId: characterId,
                aggregateSeq: ver,
                data: {
                  accountId,
                  sessionId,
                  characterId,
                  ...shownUnit(unitId),
                  epoch,
                  ...(cameFrom ? { previousZoneId: zoneOf(cameFrom) } : {}),
                },
              }),
            ],
          };
    const left = before && before.zoneId !== unitId ? evict(before, 'moved', operation.nowMs) : {};
    await operation.commit(mergeChanges(entered, moved, left));
    return ver;
  });
}

/** A unit as events tell it. */
function shownUnit(unitId: Slug): { readonly zoneId: Slug; readonly unitId?: Slug } {
  const zoneId = zoneOf(unitId);
  return zoneId === unitId ? { zoneId } : { zoneId, unitId };
}

/**
 * Sets a character on its way to another unit, as a piece of the transaction that writes where it will arrive: it is in
 * no unit from here on, and the one to which it comes claims it by its next version. Void, as `request.conflict`, unless
 * the character is still in the stay that the caller names.
 */
export function setOut(
  fence: ZoneFence,
  stay: Pick<StayOf, 'characterId' | 'ver'>,
  to: Pick<Journey, 'toZone' | 'toUnit'> & Pick<Trip, 'use'>,
  nowMs: number,
): Changes {
  const { use, ...target } = to;
  const journey = { ...target, fromUnit: fence.zoneId, fromEpoch: fence.epoch, sinceMs: nowMs };
  const left = [ownerCheck(fence), setOutWrite({ ...stay, zoneId: fence.zoneId }, journey)];
  const { characterId } = stay;
  if (use === 'teleport') left.push(coolDownWrite(characterId, { teleportAtMs: nowMs + teleportLimits.coolDownMs }));
  if (use === 'swap') left.push(coolDownWrite(characterId, { swapAtMs: nowMs + layerLimits.swapCoolDownMs }));
  return { writes: left };
}

/** A character on its way comes into no unit: its session has ended. */
export function endJourney(presence: Presence & { readonly journey: Journey }, reason: LeaveReason): Changes {
  const { accountId, sessionId, characterId, ver, journey } = presence;
  const data = { accountId, sessionId, characterId, ...shownUnit(journey.fromUnit), epoch: journey.fromEpoch, reason };
  return {
    writes: [leaveWrite(presence)],
    events: [event(ZONE_LEFT, { aggregateId: characterId, aggregateSeq: ver + 1, data })],
  };
}

/** The end of a stay, for a joint transaction: the presence goes, and others are told. */
export function endStay(
  presence: Presence & { readonly zoneId: Slug; readonly epoch: number },
  { reason, idleMs }: { readonly reason: LeaveReason; readonly idleMs?: number | undefined },
): Changes {
  const { accountId, sessionId, characterId, epoch, ver } = presence;
  const { zoneId, ...unit } = shownUnit(presence.zoneId);
  const who = { accountId, sessionId, characterId, zoneId };
  const told = { aggregateId: characterId, aggregateSeq: ver + 1 };
  return {
    writes: [leaveWrite(presence)],
    events: [
      event(ZONE_LEFT, { ...told, data: { ...who, ...unit, epoch, reason } }),
      ...(idleMs === undefined ? [] : [event(PLAYER_IDLE, { ...told, data: { ...who, idleMs } })]),
    ],
  };
}

/**
 * The character is gone from this life of the zone: `ZONE_LEFT`, and `PLAYER_IDLE` when nobody had played it for
 * `idleMs`. A presence elsewhere stays and nothing is told; repeating it changes nothing.
 */
export async function leaveZone(
  fence: ZoneFence,
  { characterId }: Pick<Newcomer, 'characterId'>,
  { reason, idleMs }: { readonly reason: LeaveReason; readonly idleMs?: number | undefined } = { reason: 'left' },
): Promise<void> {
  const { zoneId, epoch } = fence;
  await withConflictRetry(async () => {
    const presence = await readPresence(characterId);
    if (presence?.zoneId !== zoneId || presence.epoch !== epoch) return;
    await zoneOperation(characterId).commit(endStay({ ...presence, zoneId, epoch }, { reason, idleMs }));
  });
}
