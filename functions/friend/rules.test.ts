import { describe, expect, it } from 'vitest';
import { createId } from '#shared/kernel/ids.ts';
import { countTally, decideRequest, nextRevision, pairId, type RelationSide, relationAt } from './rules.ts';

const me = createId('acc');
const other = createId('acc');
const NOW = 1_800_000_000_000;

function side(relation: RelationSide['relation'], expiresAtMs?: number): RelationSide {
  return { accountId: me, otherId: other, relation, sinceMs: NOW - 1_000, expiresAtMs, revision: 7 };
}

describe('relationAt', () => {
  it('takes a request for gone from the instant of its expiry', () => {
    expect(relationAt(side('received', NOW + 1), NOW)).toBe('received');
    expect(relationAt(side('received', NOW), NOW)).toBe('none');
  });

  it('knows friendship without end', () => {
    expect(relationAt(side('friend'), NOW + 1e12)).toBe('friend');
    expect(relationAt(undefined, NOW)).toBe('none');
  });
});

describe('decideRequest', () => {
  it.each([
    ['none', 'send'],
    ['received', 'accept'],
    ['sent', 'stay'],
    ['friend', 'stay'],
  ] as const)('%s → %s', (relation, decision) => {
    expect(decideRequest(relation)).toBe(decision);
  });
});

describe('nextRevision', () => {
  it('rises above what either side has seen, even when the clock stands behind', () => {
    expect(nextRevision([{ ...side('friend'), revision: NOW + 50 }, side('friend')], NOW)).toBe(NOW + 51);
    expect(nextRevision([undefined, undefined], NOW)).toBe(NOW);
  });
});

describe('countTally', () => {
  it('counts what is live', () => {
    const sides = [side('friend'), side('sent', NOW + 1), side('sent', NOW), side('received', NOW - 1)];
    expect(countTally(sides, NOW)).toEqual({ friends: 1, sent: 1, received: 0 });
  });
});

describe('pairId', () => {
  it('is the same from both sides', () => {
    expect(pairId(me, other)).toBe(pairId(other, me));
  });
});
