import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GameError } from '#shared/contract/errors.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { type Drop, type DropSlot, slotClaims } from './drop.ts';
import { dropTimes } from './rules.ts';
import { mayTakeFrom, openSlotFor, refusalOf } from './taking.ts';

const START = 1_000_000;
const [first, second, third, fourth, stranger] = Array.from({ length: 5 }, () => createId('chr')) as [
  CharacterId,
  CharacterId,
  CharacterId,
  CharacterId,
  CharacterId,
];

function dropOf(change: Partial<Drop> = {}): Drop {
  return {
    dropId: createId('drp'),
    killId: 'docks.1.1',
    zoneId: 'docks',
    epoch: 1,
    npcKind: 'drone',
    x: 0,
    y: 0,
    method: 'solo',
    eligible: [first, second, third, fourth].map((characterId) => ({ accountId: createId('acc'), characterId })),
    startedAtMs: START,
    ...dropTimes({ decaySeconds: 60 }, START),
    slots: [
      { templateId: 'scrap', count: 1, state: 'OPEN', claim: 'free' },
      { templateId: 'scrap', count: 1, state: 'AWARDED', claim: 'free', awardedTo: stranger },
    ],
    ...change,
  };
}

const slotOf = (claim: DropSlot['claim'], reservedFor?: CharacterId): DropSlot => ({
  templateId: 'scrap',
  count: 1,
  state: 'OPEN',
  claim,
  reservedFor,
});
const codeFor = (drop: Drop, slot: DropSlot, characterId: CharacterId, afterMs = 0) =>
  refusalOf(drop, slot, { characterId, nowMs: START + afterMs })?.code;

describe('without a party', () => {
  it('lets those who did most damage in first: one at once, two after 3 s, three after 4, all after 5', () => {
    const drop = dropOf();
    const admitted = (afterMs: number) =>
      [first, second, third, fourth].filter((id) => mayTakeFrom(drop, id, START + afterMs)).length;
    expect([0, 2_999, 3_000, 3_999, 4_000, 4_999, 5_000].map(admitted)).toEqual([1, 1, 2, 2, 3, 3, 4]);
  });

  it('lets everybody in when half of its life is over', () => {
    const drop = dropOf();
    expect([29_999, 30_000].map((ms) => mayTakeFrom(drop, stranger, START + ms))).toEqual([false, true]);
  });

  it('says how long to wait', () => {
    const drop = dropOf();
    const waits = (who: CharacterId, afterMs: number) =>
      refusalOf(drop, drop.slots[0]!, { characterId: who, nowMs: START + afterMs })?.retryAfterSeconds;
    expect([waits(second, 0), waits(fourth, 1_500), waits(stranger, 10_500)]).toEqual([3, 4, 20]);
  });
});

describe('the claim on a slot', () => {
  const drop = dropOf({ method: 'group' });
  const half = 30_000;

  it('`turn` is one’s until they release it, then all’s who earned it', () => {
    const slot = slotOf('turn', second);
    expect(codeFor(drop, slot, second)).toBeUndefined();
    expect(codeFor(drop, slot, first)).toBe('loot.reserved');
    const released = dropOf({ method: 'group', releasedAtMs: START });
    expect(codeFor(released, slot, first)).toBeUndefined();
    expect(codeFor(released, slot, stranger)).toBe('loot.not_eligible');
    expect(codeFor(drop, slot, stranger, half)).toBeUndefined();
  });

  it('`own` is one’s until the drop is free for all', () => {
    const slot = slotOf('own', second);
    expect([first, stranger, second].map((id) => codeFor(drop, slot, id))).toEqual([
      'loot.reserved',
      'loot.reserved',
      undefined,
    ]);
    expect(codeFor(drop, slot, stranger, half)).toBeUndefined();
    const personal = dropOf({ freeForAllAtMs: START + 60_000 });
    expect(codeFor(personal, slot, stranger, 59_999)).toBe('loot.reserved');
  });

  it('`roll` and `master` let nobody take, however late it is', () => {
    for (const afterMs of [0, half, 59_999]) {
      expect(codeFor(drop, slotOf('roll'), first, afterMs)).toBe('loot.being_rolled');
      expect(codeFor(drop, slotOf('master'), first, afterMs)).toBe('loot.awaits_master');
    }
  });

  it('lets nobody outside of those who earned it take before it is free for all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...slotClaims),
        fc.constantFrom('solo' as const, 'free_for_all' as const, 'group' as const, 'master' as const),
        fc.boolean(),
        fc.nat(29_999),
        (claim, method, isReleased, afterMs) => {
          const one = dropOf({ method, ...(isReleased ? { releasedAtMs: START } : {}) });
          expect(codeFor(one, slotOf(claim, first), stranger, afterMs)).toBeDefined();
        },
      ),
    );
  });
});

describe('openSlotFor', () => {
  const drop = dropOf();
  const ask =
    (request: { characterId?: CharacterId; slotIndex?: number; presentIn?: string | undefined; afterMs?: number }) =>
    () =>
      openSlotFor(drop, request.slotIndex ?? 0, {
        characterId: request.characterId ?? first,
        presentIn: 'presentIn' in request ? request.presentIn : 'docks',
        nowMs: START + (request.afterMs ?? 0),
      });

  it('answers the open slot', () => {
    expect(ask({})()).toBe(drop.slots[0]);
    expect(ask({ characterId: stranger, afterMs: 30_000 })()).toBe(drop.slots[0]);
  });

  it.each([
    ['loot.not_eligible', { characterId: stranger, afterMs: 29_999 }],
    ['loot.not_eligible', { characterId: second, afterMs: 2_999 }],
    ['loot.already_taken', { slotIndex: 1 }],
    ['loot.slot_not_found', { slotIndex: 2 }],
    ['loot.wrong_zone', { presentIn: 'terraces' }],
    ['loot.wrong_zone', { presentIn: undefined }],
    ['loot.expired', { afterMs: 60_000 }],
    ['loot.expired', { slotIndex: 1, characterId: stranger, afterMs: 60_000 }],
    ['loot.drop_not_found', { characterId: stranger, presentIn: 'terraces' }],
    ['loot.drop_not_found', { characterId: stranger, presentIn: undefined, slotIndex: 2, afterMs: 60_000 }],
  ] as const)('answers %s to %j', (code, request) => {
    expect(ask(request)).toThrow(expect.objectContaining({ code }) as GameError);
  });
});
