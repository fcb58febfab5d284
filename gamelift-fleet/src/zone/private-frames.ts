import { serverFrames } from '#fleet/protocol/messages.ts';
import { correctionReasons } from '#shared/contract/zone-protocol.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { RecordedDrop } from '../persist/ports.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { KillOutcome, TickOutcome } from '../sim/outcome.ts';
import { coldFrame } from './cold.ts';

/** Tells a player where the server has put it. */
export function correctionFrame(zone: ZoneDefinition, put: TickOutcome['corrections'][number]): Uint8Array {
  const fields = {
    correction: put.correction,
    reason: correctionReasons[put.reason],
    x: put.x - zone.originX,
    y: put.y - zone.originY,
  };
  return binaryFrame(serverFrames.encode({ name: 'correction', fields }));
}

/** Answers a player's action. */
export function actionResultFrame({ actionSeq, result }: TickOutcome['actionResults'][number]): Uint8Array {
  return binaryFrame(serverFrames.encode({ name: 'actionResult', fields: { actionSeq, result } }));
}

/** Tells those who may loot what a kill has left. */
export function dropFrame(npcKind: string, kill: KillOutcome, drop: RecordedDrop): Uint8Array {
  return coldFrame({
    type: 'drop',
    dropId: drop.dropId,
    npcEntityId: kill.npcSlot,
    npcKind,
    x: kill.x,
    y: kill.y,
    expiresAt: toIso(drop.expiresAtMs),
    slots: drop.slots.map(({ slotIndex, templateId, count, reservedFor }) => ({
      slotIndex,
      templateId,
      count,
      ...(reservedFor ? { reservedFor } : {}),
    })),
  });
}
