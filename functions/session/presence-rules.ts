import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';

export const presenceLimits = {
  /** How often a session that plays should be heard of. */
  beatMs: 30 * SECOND_MS,
  /** Two beats may get lost: then the player counts as disconnected. */
  leaseMs: 75 * SECOND_MS,
  /** How long a disconnected player may come back to the same session. */
  graceMs: 5 * MINUTE_MS,
  /** Without a sign of the player themselves: shown as away. */
  afkMs: 5 * MINUTE_MS,
  /** And after this long their session ends. */
  afkLogoutMs: 20 * MINUTE_MS,
} as const;

/** What was last told of a player; what holds at this moment follows from the lease. */
export type PresenceState = 'ONLINE' | 'AFK' | 'DISCONNECTED' | 'OFFLINE';
export type Visibility = 'visible' | 'invisible';
/** A player as others see them. */
export type PresenceStatus = 'online' | 'afk' | 'offline';

/** A player's presence: kept alive by the heart-beats of the session that plays, and over by itself without them. */
export interface Presence {
  readonly accountId: AccountId;
  readonly state: PresenceState;
  readonly visibility: Visibility;
  /** Rises with all changes but those of plain heart-beats. */
  readonly version: number;
  /** Of the session that plays; unset while none does. */
  readonly sessionId?: SessionId | undefined;
  readonly characterId?: CharacterId | undefined;
  readonly seenAtMs: number;
  /** When the player was last heard of before the session that plays, or has played last, began to. */
  readonly previousSeenAtMs?: number | undefined;
  /** When the player last did something. */
  readonly activeAtMs: number;
  /** Until then nobody is taken for away: they wait for something that they have paid for. */
  readonly exemptUntilMs?: number | undefined;
  readonly zoneId?: Slug | undefined;
  /** Number of the zone change that set the zone: an older one that comes late changes nothing. */
  readonly zoneSeq?: number | undefined;
  readonly matchId?: string | undefined;
}

/** The presence of who never played. */
export function noPresence(accountId: AccountId): Presence {
  return { accountId, state: 'OFFLINE', visibility: 'visible', version: 0, seenAtMs: 0, activeAtMs: 0 };
}

export function leaseUntilMs({ seenAtMs }: Presence): number {
  return seenAtMs + presenceLimits.leaseMs;
}

export function graceUntilMs(presence: Presence): number {
  return leaseUntilMs(presence) + presenceLimits.graceMs;
}

function idleSinceMs({ activeAtMs, exemptUntilMs = 0 }: Presence): number {
  return Math.max(activeAtMs, exemptUntilMs);
}

/** What holds at this moment, whatever was told. */
export function stateAt(presence: Presence, nowMs: number): PresenceState {
  if (presence.state === 'OFFLINE') return 'OFFLINE';
  if (leaseUntilMs(presence) <= nowMs) return 'DISCONNECTED';
  return idleSinceMs(presence) + presenceLimits.afkMs <= nowMs ? 'AFK' : 'ONLINE';
}

function statusOf(state: PresenceState, visibility: Visibility): PresenceStatus {
  if (visibility === 'invisible') return 'offline';
  return ({ ONLINE: 'online', AFK: 'afk', DISCONNECTED: 'offline', OFFLINE: 'offline' } as const)[state];
}

/** When the player last played, before the visit that is going on; undefined for who never has. */
export function lastVisitMs(presence: Presence): number | undefined {
  if (presence.seenAtMs === 0) return undefined;
  return presence.state === 'OFFLINE' ? presence.seenAtMs : presence.previousSeenAtMs;
}

/** What others see at this moment. */
export function statusAt(presence: Presence, nowMs: number): PresenceStatus {
  return statusOf(stateAt(presence, nowMs), presence.visibility);
}

/** What others were last told. */
export function toldStatus({ state, visibility }: Presence): PresenceStatus {
  return statusOf(state, visibility);
}

/** What the look at a playing session comes to; the first that holds. */
export type IdleVerdict = 'expire' | 'log_out' | 'disconnected' | 'afk' | 'stay';

export function judgeIdle(presence: Presence, nowMs: number): IdleVerdict {
  if (graceUntilMs(presence) <= nowMs) return 'expire';
  const state = stateAt(presence, nowMs);
  if (state === 'DISCONNECTED') return presence.state === 'DISCONNECTED' ? 'stay' : 'disconnected';
  if (idleSinceMs(presence) + presenceLimits.afkLogoutMs <= nowMs) return 'log_out';
  return state === 'AFK' && presence.state !== 'AFK' ? 'afk' : 'stay';
}

/** The presence after a heart-beat; undefined when it comes after the grace. */
export function afterBeat(
  presence: Presence,
  beat: { readonly active: boolean; readonly visibility?: Visibility | undefined; readonly nowMs: number },
): Presence | undefined {
  const { active, visibility = presence.visibility, nowMs } = beat;
  if (graceUntilMs(presence) <= nowMs) return undefined;
  const heard = { ...presence, visibility, seenAtMs: nowMs, ...(active ? { activeAtMs: nowMs } : {}) };
  return { ...heard, state: stateAt(heard, nowMs) };
}
