import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listLockouts } from '../contract.ts';
import { listLockouts as readLockouts, resetsAtMs } from '../store-lockouts.ts';

export const handler = endpointHandler(listLockouts, async ({ actor, nowMs }) => {
  const lockouts = await readLockouts(actor.characterId, nowMs);
  return {
    lockouts: lockouts.map(({ npcKind, period, takenAtMs }) => ({
      npcKind,
      period,
      takenAt: toIso(takenAtMs),
      resetsAt: toIso(resetsAtMs(period, nowMs)),
    })),
  };
});
