import { describe, expect, it } from 'vitest';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import {
  afterBeat,
  judgeIdle,
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
