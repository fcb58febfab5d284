import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listSessions } from '../contract.ts';
import { lastSeenOf, listActiveSessions } from '../store.ts';

export const handler = endpointHandler(listSessions, async ({ actor }) => {
  const sessions = await listActiveSessions(actor.accountId);
  const seenAtMs = await lastSeenOf(sessions);
  return {
    sessions: sessions.map(({ sessionId, device, startedAtMs, characterId }, index) => ({
      sessionId,
      device,
      startedAt: toIso(startedAtMs),
      lastSeenAt: toIso(seenAtMs[index]!),
      current: sessionId === actor.sessionId,
      ...(characterId ? { characterId } : {}),
    })),
  };
});
