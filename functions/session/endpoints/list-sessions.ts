import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listSessions } from '../contract.ts';
import { listActiveSessions } from '../store.ts';
import { lastSeenOf } from '../store-beats.ts';
import { getPresence } from '../store-presence.ts';

export const handler = endpointHandler(listSessions, async ({ actor }) => {
  const [sessions, presence] = await Promise.all([listActiveSessions(actor.accountId), getPresence(actor.accountId)]);
  const beats = await lastSeenOf(sessions);
  // The session that plays is heard of through its player's presence.
  const seenAtMs = sessions.map(({ sessionId }, index) =>
    presence?.sessionId === sessionId ? Math.max(beats[index]!, presence.seenAtMs) : beats[index]!,
  );
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
