import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { listActiveSessions, listPastSessions } from './store.ts';
import { getPresence } from './store-presence.ts';

/** Closed sessions are kept 30 days; so many of them are told, the oldest first. */
const MAX_PAST = 500;

/** Everything that is known of an account's sessions, for their player. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const [active, past, presence] = await Promise.all([
    listActiveSessions(accountId),
    listPastSessions(accountId, MAX_PAST),
    getPresence(accountId),
  ]);
  return {
    sessions: [...past, ...active].map(({ sessionId, device, startedAtMs, closeReason, characterId }) => ({
      sessionId,
      device,
      startedAt: toIso(startedAtMs),
      ...(characterId ? { characterId } : {}),
      ...(closeReason ? { endedBy: closeReason } : {}),
    })),
    ...(presence
      ? {
          presence: {
            visibility: presence.visibility,
            ...(presence.seenAtMs > 0 ? { lastSeenAt: toIso(presence.seenAtMs) } : {}),
            ...(presence.zoneId ? { lastZoneId: presence.zoneId } : {}),
          },
        }
      : {}),
  };
}
