import { requireActiveSession } from '#functions/session/public.ts';
import { type Presence, requireStay, watchPair } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { actionOf, guarded, type Write } from '#shared/table/write.ts';
import { opened, type Side, type Trade } from './negotiation.ts';
import { tradeLimits } from './rules.ts';
import { changed } from './standing.ts';
import { takePlace } from './store.ts';

export function notTogether(): GameError {
  return new GameError('trade.not_together');
}

/** Condition: this side is still in the stay in which it began to trade. */
export function stillThere({ characterId, stay }: Side, zoneId: Slug): Write {
  return requireStay({ characterId, zoneId, ver: stay }, notTogether());
}

/** Condition: this side's session is live and plays its character. */
export function stillPlaying({ sessionId, characterId }: Side): Write {
  return guarded(actionOf(requireActiveSession(sessionId, characterId)), notTogether());
}

/**
 * Opens a trade that was asked for: both are where they were, the second takes its place, and the zone watches them
 * from here on.
 */
export function open(
  trade: Trade,
  by: { readonly sessionId: Side['sessionId']; readonly presence: Presence | undefined },
  nowMs: number,
): { readonly next: Trade; readonly changes: Changes } {
  const { zoneId, tradeId } = trade;
  if (by.presence?.zoneId !== zoneId) throw notTogether();
  const next = opened(trade, { sessionId: by.sessionId, stay: by.presence.ver }, nowMs);
  const [asker, asked] = next.sides;
  const watched = watchPair({
    zoneId,
    tradeId,
    characterIds: [asker.characterId, asked.characterId],
    rangeM: tradeLimits.rangeM,
    untilMs: next.endsAtMs,
  });
  const conditions = [
    takePlace(asked.characterId, next, new GameError('trade.busy')),
    stillThere(asker, zoneId),
    stillThere(asked, zoneId),
    stillPlaying(asker),
  ];
  return { next, changes: mergeChanges(changed(next), { writes: conditions }, watched) };
}
