import { PRESENCE_CHANGED, SESSION_AFK, SESSION_DISCONNECTED, SESSION_RESUMED } from '#events/session.ts';
import { type Changes, type DomainEvent, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import {
  graceUntilMs,
  lastVisitMs,
  leaseUntilMs,
  noPresence,
  type Presence,
  type PresenceStatus,
  presenceLimits,
  statusAt,
  toldStatus,
} from './presence-rules.ts';
import { getPresence, listPresences, PRESENCE_BATCH, putPresence } from './store-presence.ts';

/** The changes that take a presence from what was read to what comes next, with all that has to be told of it. */
export function changePresence(seen: Presence, next: Presence): Changes {
  return { writes: [putPresence(next, seen)], events: tell(seen, next) };
}

function tell(seen: Presence, next: Presence): readonly DomainEvent[] {
  const { accountId, sessionId, characterId } = next;
  const aggregateSeq = seen.version + 1;
  const events: DomainEvent[] = [];
  if (sessionId && characterId && sessionId === seen.sessionId) {
    const playing = { accountId, sessionId, characterId };
    const fact = { aggregateId: sessionId, aggregateSeq };
    if (next.state === 'DISCONNECTED' && seen.state !== 'DISCONNECTED') {
      const data = { ...playing, lastSeenAt: toIso(next.seenAtMs), graceEndsAt: toIso(graceUntilMs(next)) };
      events.push(event(SESSION_DISCONNECTED, { ...fact, data }));
    }
    const isHeard = next.state === 'ONLINE' || next.state === 'AFK';
    if (isHeard && seen.state === 'DISCONNECTED') events.push(event(SESSION_RESUMED, { ...fact, data: playing }));
    if (next.state === 'AFK' && seen.state === 'ONLINE') {
      events.push(event(SESSION_AFK, { ...fact, data: { ...playing, activeAt: toIso(next.activeAtMs) } }));
    }
  }
  const status = toldStatus(next);
  if (status !== toldStatus(seen)) {
    events.push(event(PRESENCE_CHANGED, { aggregateId: accountId, aggregateSeq, data: { accountId, status } }));
  }
  return events;
}

/** The player's presence begins, or goes over to another session or character. */
export async function beginPresence(
  playing: { readonly accountId: AccountId; readonly sessionId: SessionId; readonly characterId: CharacterId },
  nowMs: number,
): Promise<Changes> {
  const seen = (await getPresence(playing.accountId)) ?? noPresence(playing.accountId);
  return changePresence(seen, begun(seen, playing, nowMs));
}

/** A presence as it is when a session begins to play a character. */
export function begun(
  seen: Presence,
  playing: { readonly sessionId: SessionId; readonly characterId: CharacterId },
  nowMs: number,
): Presence {
  const { accountId, visibility, version, zoneId, zoneSeq } = seen;
  // Its body may still stand where it was left.
  const place = seen.characterId === playing.characterId ? { zoneId, zoneSeq } : {};
  // Another character of the same session is the same visit.
  const earlierMs = seen.sessionId === playing.sessionId ? seen.previousSeenAtMs : seen.seenAtMs;
  const visit = { seenAtMs: nowMs, activeAtMs: nowMs, ...(earlierMs ? { previousSeenAtMs: earlierMs } : {}) };
  return { accountId, visibility, version, ...playing, ...place, ...visit, state: 'ONLINE' };
}

/** The player is gone. Where and with whom they were stays until they come back; nobody is shown it. */
export function endPresence(seen: Presence): Changes {
  const { exemptUntilMs: _over, matchId: _left, ...rest } = seen;
  return changePresence(seen, { ...rest, state: 'OFFLINE' });
}

/** A player as others see them. */
export interface ShownPresence {
  readonly accountId: AccountId;
  readonly status: PresenceStatus;
  /** Of those who are not offline: the zone that they are in. */
  readonly zoneId?: string | undefined;
  /** Of those who are not offline: the match that they play. */
  readonly matchId?: string | undefined;
}

/**
 * How others see these players at this moment, in their order; at most 200 accounts. Who is invisible, has never played
 * or is not heard of any more is offline. May lag by a second.
 */
export async function presencesOf(accountIds: readonly AccountId[], nowMs: number): Promise<readonly ShownPresence[]> {
  const found = await presencesAmong(accountIds);
  const byAccount = new Map(found.map((presence) => [presence.accountId, presence]));
  return accountIds.map((accountId) => shown(byAccount.get(accountId) ?? noPresence(accountId), nowMs));
}

async function presencesAmong(accountIds: readonly AccountId[]): Promise<readonly Presence[]> {
  if (accountIds.length > 2 * PRESENCE_BATCH) throw new RangeError(`${accountIds.length} presences asked for at once`);
  const wanted = [...new Set(accountIds)];
  const pages = [wanted.slice(0, PRESENCE_BATCH), wanted.slice(PRESENCE_BATCH)];
  return (await Promise.all(pages.map((page) => listPresences(page)))).flat();
}

/** A presence as others see it. */
function shown(presence: Presence, nowMs: number): ShownPresence {
  const { accountId, zoneId, matchId } = presence;
  const status = statusAt(presence, nowMs);
  if (status === 'offline') return { accountId, status };
  return { accountId, status, ...(zoneId ? { zoneId } : {}), ...(matchId ? { matchId } : {}) };
}

/** Longest time for which somebody may be spared from being taken for away at once. */
const MAX_EXEMPTION_MS = 6 * presenceLimits.afkLogoutMs;

/**
 * Nobody takes this player for away until the given time, at most two hours ahead: they wait in a queue, or play where
 * there is nothing to do with one's hands. Empty when they do not play.
 */
export async function exemptFromAfk(accountId: AccountId, untilMs: number, nowMs: number): Promise<Changes> {
  const seen = await getPresence(accountId);
  if (!seen || seen.state === 'OFFLINE') return {};
  return changePresence(seen, { ...seen, exemptUntilMs: Math.min(untilMs, nowMs + MAX_EXEMPTION_MS) });
}

/** Notes the match that a player is in, or that they are in none. Empty when they do not play. */
export async function setMatch(accountId: AccountId, matchId: string | undefined): Promise<Changes> {
  const seen = await getPresence(accountId);
  if (!seen || seen.state === 'OFFLINE' || seen.matchId === matchId) return {};
  return changePresence(seen, { ...seen, matchId });
}

/** How others see this player at this moment, strongly consistent. */
export async function presenceNow(accountId: AccountId, nowMs: number): Promise<ShownPresence> {
  return shown((await getPresence(accountId)) ?? noPresence(accountId), nowMs);
}

/** When this player last played, before the visit that is going on; undefined for who never has. Strongly consistent. */
export async function lastVisitMsOf(accountId: AccountId): Promise<number | undefined> {
  return lastVisitMs((await getPresence(accountId)) ?? noPresence(accountId));
}

/** Who of these, at most 200, plays at this moment, invisible or not: whom it is worth telling something at once. */
export async function playingAmong(accountIds: readonly AccountId[], nowMs: number): Promise<ReadonlySet<AccountId>> {
  const found = await presencesAmong(accountIds);
  return new Set(found.filter((presence) => isHeard(presence, nowMs)).map(({ accountId }) => accountId));
}

/** What those of these accounts, at most 200, play that play at this moment; may lag by a moment. */
export async function playedAmong(
  accountIds: readonly AccountId[],
  nowMs: number,
): Promise<readonly Pick<Played, 'accountId' | 'characterId'>[]> {
  const found = await presencesAmong(accountIds);
  return found.flatMap((presence) => {
    const { accountId, characterId } = presence;
    return characterId && isHeard(presence, nowMs) ? [{ accountId, characterId }] : [];
  });
}

function isHeard(presence: Presence, nowMs: number): boolean {
  return presence.state !== 'OFFLINE' && leaseUntilMs(presence) > nowMs;
}

/** What an account plays, seen or unseen by others. */
export interface Played {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  /** False once the lease has run out: then it was last heard of at `seenAtMs`. */
  readonly isHeard: boolean;
  readonly seenAtMs: number;
}

/** What these accounts, a handful, play at this moment; those that play nothing are left out. Strongly consistent. */
export async function playedBy(accountIds: readonly AccountId[], nowMs: number): Promise<readonly Played[]> {
  const presences = await Promise.all(accountIds.map(getPresence));
  return presences.flatMap((presence) => {
    if (!presence?.sessionId || !presence.characterId || presence.state === 'OFFLINE') return [];
    const { accountId, sessionId, characterId, seenAtMs } = presence;
    return [{ accountId, sessionId, characterId, isHeard: isHeard(presence, nowMs), seenAtMs }];
  });
}
