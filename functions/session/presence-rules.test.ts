import { describe, expect, it } from 'vitest';
import { type AccountId, type CharacterId, createId, type SessionId } from '#shared/kernel/ids.ts';
import { begun } from './presence.ts';
import {
  afterBeat,
  judgeIdle,
  lastVisitMs,
  noPresence,
  type Presence,
  presenceLimits,
  stateAt,
  statusAt,
} from './presence-rules.ts';

const { leaseMs, graceMs, afkMs, afkLogoutMs } = presenceLimits;
const START = 1_000_000_000;
const online: Presence = {
  ...noPresence(createId('acc') as AccountId),
  state: 'ONLINE',
  version: 3,
  seenAtMs: START,
  activeAtMs: START,
};

describe('a presence', () => {
  it.each([
    [0, 'ONLINE', 'stay'],
    [leaseMs - 1, 'ONLINE', 'stay'],
    [leaseMs, 'DISCONNECTED', 'disconnected'],
    [leaseMs + graceMs - 1, 'DISCONNECTED', 'disconnected'],
    [leaseMs + graceMs, 'DISCONNECTED', 'expire'],
  ] as const)('%i ms after the last heart-beat is %s', (silentMs, state, verdict) => {
    expect(stateAt(online, START + silentMs)).toBe(state);
    expect(judgeIdle(online, START + silentMs)).toBe(verdict);
  });

  it.each([
    [afkMs - 1, 'ONLINE', 'stay'],
    [afkMs, 'AFK', 'afk'],
    [afkLogoutMs - 1, 'AFK', 'afk'],
    [afkLogoutMs, 'AFK', 'log_out'],
  ] as const)('that is heard of, %i ms after the last act, is %s', (idleMs, state, verdict) => {
    const heard = { ...online, seenAtMs: START + idleMs };
    expect(stateAt(heard, START + idleMs)).toBe(state);
    expect(judgeIdle(heard, START + idleMs)).toBe(verdict);
    expect(judgeIdle({ ...heard, exemptUntilMs: START + idleMs }, START + idleMs)).toBe('stay');
  });

  it('is judged once: what was told already stays', () => {
    expect(judgeIdle({ ...online, state: 'DISCONNECTED' }, START + leaseMs)).toBe('stay');
    expect(judgeIdle({ ...online, state: 'AFK', seenAtMs: START + afkMs }, START + afkMs)).toBe('stay');
  });

  it('is brought back by a heart-beat within the grace, and not after it', () => {
    const lost = { ...online, state: 'DISCONNECTED' as const };
    const nowMs = START + leaseMs + graceMs - 1;
    expect(afterBeat(lost, { active: true, nowMs })).toMatchObject({
      state: 'ONLINE',
      seenAtMs: nowMs,
      activeAtMs: nowMs,
    });
    expect(afterBeat(lost, { active: false, nowMs })).toMatchObject({ state: 'AFK', activeAtMs: START });
    expect(afterBeat(lost, { active: true, nowMs: nowMs + 1 })).toBeUndefined();
  });

  it('that is invisible is offline to others, whatever it does', () => {
    expect(statusAt(online, START)).toBe('online');
    expect(statusAt({ ...online, visibility: 'invisible' }, START)).toBe('offline');
    expect(statusAt(noPresence(online.accountId), START)).toBe('offline');
  });
});

describe('the visit before this one', () => {
  const accountId = createId('acc') as AccountId;
  const play = (seen: Presence, sessionId: SessionId, nowMs: number) =>
    begun(seen, { sessionId, characterId: createId('chr') as CharacterId }, nowMs);

  it('is nothing for who never played, the last one for who is away, and the one before for who plays', () => {
    expect(lastVisitMs(noPresence(accountId))).toBeUndefined();
    const first = play(noPresence(accountId), createId('ses') as SessionId, START);
    expect(lastVisitMs(first)).toBeUndefined();
    const away: Presence = { ...first, state: 'OFFLINE', seenAtMs: START + 500 };
    expect(lastVisitMs(away)).toBe(START + 500);
    expect(lastVisitMs(play(away, createId('ses') as SessionId, START + 9_000))).toBe(START + 500);
  });

  it('stays the same when the session takes another character', () => {
    const sessionId = createId('ses') as SessionId;
    const before: Presence = { ...online, state: 'OFFLINE', sessionId: createId('ses') as SessionId };
    const playing = play(before, sessionId, START + 1_000);
    expect(lastVisitMs(play(playing, sessionId, START + 2_000))).toBe(START);
  });
});
