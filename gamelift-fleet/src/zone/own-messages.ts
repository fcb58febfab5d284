import { serverFrames } from '#fleet/protocol/messages.ts';
import { correctionReasons, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { RecordedDrop } from '../persist/record-ports.ts';
import type { DuelNews } from '../sim/abilities/duels.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { TickOutcome, Vitals } from '../sim/outcome.ts';
import type { PlayerBody } from '../sim/players.ts';
import type { SimState } from '../sim/state.ts';
import { coldMessage, knownAbilities } from './cold.ts';

/** Tells a player where the server has put it. */
export function correctionMessage(zone: ZoneDefinition, put: TickOutcome['corrections'][number]): Uint8Array {
  const fields = {
    correction: put.correction,
    reason: correctionReasons[put.reason],
    x: put.x - zone.originX,
    y: put.y - zone.originY,
  };
  return serverFrames.encode({ name: 'correction', fields });
}

/** Answers a player's action. */
export function actionResultMessage({ actionSeq, result }: TickOutcome['actionResults'][number]): Uint8Array {
  return serverFrames.encode({ name: 'actionResult', fields: { actionSeq, result } });
}

/** Answers a ping with the zone's time, as a ready frame: it waits for no tick. */
export function pongFrame(
  clientMs: number,
  { sim, meter }: { readonly sim: { readonly tick: number }; readonly meter: { readonly sinceBeginMs: number } },
): Uint8Array {
  const sinceTickMs = Math.min(255, Math.max(0, meter.sinceBeginMs));
  return binaryFrame(serverFrames.encode({ name: 'pong', fields: { clientMs, tick: sim.tick, sinceTickMs } }));
}

/** Answers who asks for side lines, at once. */
export function lineKeyFrame(key: Uint8Array): Uint8Array {
  return binaryFrame(serverFrames.encode({ name: 'lineKey', fields: { key } }));
}

/** Tells a side line behind which tick it begins. */
export function lineFromFrame(tick: number): Uint8Array {
  return binaryFrame(serverFrames.encode({ name: 'lineFrom', fields: { tick } }));
}

/** Tells a player how its body fares. */
export function vitalsMessage(tick: number, vitals: Vitals): Uint8Array {
  const { energy, maxEnergy, energyPerSecond, pacePermille, attackRange, attackTicks } = vitals;
  const fields = { tick, energy, maxEnergy, energyPerSecond, pacePermille, attackRange, attackTicks };
  return serverFrames.encode({ name: 'vitals', fields });
}

/** Tells a player that it has reached a level, and what it can do by now. */
export function levelMessage(state: SimState, body: PlayerBody): Uint8Array {
  return coldMessage({ type: 'level', level: body.level, abilities: knownAbilities(state, body) });
}

/** Tells one of two how their duel goes. */
export function duelMessage({ opponent, what }: DuelNews, name: string): Uint8Array {
  return coldMessage({ type: 'duel', what, opponent, name });
}

export function duelRefusedMessage({ reason }: TickOutcome['refusedDuels'][number]): Uint8Array {
  return coldMessage({ type: 'refused', what: 'duel', reason, retryAfterMs: 0 });
}

/** Offers a dead player to stand up. */
export function offerMessage({ by, name, ticks }: TickOutcome['offers'][number]): Uint8Array {
  return coldMessage({ type: 'offer', by, name, forMs: (ticks * 1_000) / TICK_HZ });
}

/** Tells a player that it is about to leave the world. */
export function leavingMessage({ ticks, isShift }: TickOutcome['leaving'][number]): Uint8Array {
  return coldMessage({
    type: 'leaving',
    afterMs: (ticks * 1_000) / TICK_HZ,
    ...(isShift ? { merging: true as const } : {}),
  });
}

/** Tells a player that it does not leave after all. */
export function stayedMessage({ reason }: TickOutcome['stayed'][number]): Uint8Array {
  return coldMessage({ type: 'stayed', reason });
}

/** Tells a player that what lies behind a gate is too much for it. */
export function turnedBackMessage(): Uint8Array {
  return coldMessage({ type: 'refused', what: 'gate', reason: 'level_too_low', retryAfterMs: 0 });
}

/** What has left or held a drop, and where. */
export interface DropSource {
  readonly entity: number;
  readonly x: number;
  readonly y: number;
  readonly npcKind?: string;
  readonly objectId?: string;
}

/** Tells those who have earned it what a kill has left, or an object has held. */
export function dropMessage({ entity, ...source }: DropSource, drop: RecordedDrop): Uint8Array {
  return coldMessage({
    type: 'drop',
    dropId: drop.dropId,
    npcEntityId: entity,
    ...source,
    method: drop.method,
    expiresAt: toIso(drop.expiresAtMs),
    slots: drop.slots.map(({ slotIndex, templateId, count, reservedFor, rollId }) => ({
      slotIndex,
      templateId,
      count,
      ...(reservedFor ? { reservedFor } : {}),
      ...(rollId ? { rollId } : {}),
    })),
  });
}
