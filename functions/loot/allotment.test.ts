import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import { qualities, qualityRank } from '#content/quality.ts';
import { lootMethods } from '#functions/party/shapes.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { allot, nextServed, type Sharing } from './allotment.ts';

const who = (index: number) => deriveId('chr', index);
/** Templates whose name says what they are: `rare.weapon`, `common.quest`. */
const templateOf = (id: string) => {
  const [quality, kind] = id.split('.');
  return { quality: quality as 'common', kind: kind! };
};

const anyEntries = fc.array(
  fc.record({
    templateId: fc
      .tuple(fc.constantFrom(...qualities), fc.constantFrom('weapon', 'material', 'quest'))
      .map((parts) => parts.join('.')),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: MAX_LOOT_SLOTS },
);

/** 1 to 12 who earned it, of whom the first 0 or 2 to 5 are the party's. */
const anySharing: fc.Arbitrary<Sharing> = fc
  .record({
    earners: fc.integer({ min: 1, max: 12 }),
    members: fc.integer({ min: 0, max: 5 }),
    method: fc.constantFrom(...lootMethods),
    threshold: fc.constantFrom(...qualities),
    last: fc.option(fc.nat(6), { nil: undefined }),
  })
  .map(({ earners, members, method, threshold, last }) => {
    const eligible = Array.from({ length: earners }, (_none, index) => who(index));
    const partyIds = members >= 2 && earners >= 2 ? eligible.slice(0, members) : [];
    return {
      eligible,
      partyIds,
      method: partyIds.length > 0 ? method : 'solo',
      threshold,
      lastServedId: last === undefined ? undefined : who(last),
    };
  });

describe('an allotment', () => {
  it('leaves nothing out, fits a corpse, and reserves nothing for who has not earned it', () => {
    fc.assert(
      fc.property(anyEntries, anySharing, (entries, sharing) => {
        const { slots } = allot(entries, sharing, templateOf, systemRandom);
        expect(slots.length).toBeLessThanOrEqual(MAX_LOOT_SLOTS);
        expect(slots.every(({ state }) => state === 'OPEN')).toBe(true);
        for (const { reservedFor } of slots) if (reservedFor) expect(sharing.eligible).toContain(reservedFor);
        const kinds = slots.map(({ templateId, count }) => `${templateId}×${count}`);
        for (const { templateId, count } of entries) expect(kinds).toContain(`${templateId}×${count}`);
        const plain = (list: readonly { readonly templateId: string }[]) =>
          list.filter(({ templateId }) => !templateId.endsWith('.quest')).length;
        expect(plain(slots)).toBe(plain(entries));
      }),
    );
  });

  it('contests what reaches the threshold, and only that, with group loot and with a master looter', () => {
    fc.assert(
      fc.property(anyEntries, anySharing, (entries, sharing) => {
        const { slots } = allot(entries, sharing, templateOf, systemRandom);
        const contested = sharing.method === 'group' ? 'roll' : sharing.method === 'master' ? 'master' : undefined;
        for (const { templateId, claim } of slots) {
          const { quality, kind } = templateOf(templateId);
          const isAbove = qualityRank(quality) >= qualityRank(sharing.threshold);
          const isContested = claim === 'roll' || claim === 'master';
          const mayBe = contested !== undefined && isAbove && kind !== 'quest' && sharing.eligible.length > 1;
          expect(isContested).toBe(mayBe);
          if (isContested) expect(claim).toBe(contested);
        }
      }),
    );
  });

  it('gives all that goes by turns to one, whose turn it then was', () => {
    fc.assert(
      fc.property(anyEntries, anySharing, (entries, sharing) => {
        const { slots, servedId } = allot(entries, sharing, templateOf, systemRandom);
        const turns = slots.filter(({ claim }) => claim === 'turn');
        expect(servedId !== undefined).toBe(turns.length > 0);
        for (const { reservedFor } of turns) expect(reservedFor).toBe(servedId);
        if (servedId) expect(sharing.partyIds).toContain(servedId);
      }),
    );
  });

  it('makes pieces for quests everybody’s own, as far as there are slots', () => {
    const eligible = [who(0), who(1), who(2)];
    const sharing: Sharing = { method: 'group', threshold: 'uncommon', eligible, partyIds: eligible };
    const quest = { templateId: 'common.quest', count: 2 };
    const { slots } = allot([quest], sharing, templateOf, systemRandom);
    expect(slots.map(({ claim, reservedFor }) => [claim, reservedFor])).toEqual(eligible.map((id) => ['own', id]));
    const full = Array.from({ length: MAX_LOOT_SLOTS - 1 }, () => ({ templateId: 'common.weapon', count: 1 }));
    expect(allot([...full, quest], sharing, templateOf, systemRandom).slots).toHaveLength(MAX_LOOT_SLOTS);
  });

  it('is free to the only one who earned it', () => {
    const sharing: Sharing = { method: 'master', threshold: 'common', eligible: [who(0)], partyIds: [] };
    const { slots } = allot([{ templateId: 'epic.weapon', count: 1 }], sharing, templateOf, systemRandom);
    expect(slots).toEqual([{ templateId: 'epic.weapon', count: 1, state: 'OPEN', claim: 'free' }]);
  });

  it('gives each piece of personal loot to somebody by chance', () => {
    const eligible = [who(0), who(1), who(2)];
    const sharing: Sharing = { method: 'personal', threshold: 'common', eligible, partyIds: eligible };
    const entries = Array.from({ length: 3 }, () => ({ templateId: 'rare.weapon', count: 1 }));
    let draw = 0;
    const { slots } = allot(entries, sharing, templateOf, { int: () => draw++ });
    expect(slots.map(({ claim, reservedFor }) => [claim, reservedFor])).toEqual(eligible.map((id) => ['own', id]));
  });
});

describe('turns', () => {
  it('go round all who are there, each once before anybody twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (size, rounds) => {
        const order = Array.from({ length: size }, (_none, index) => who(index));
        let last: (typeof order)[number] | undefined;
        const served = Array.from({ length: size * rounds }, () => {
          last = nextServed(order, order, last);
          return last;
        });
        for (let round = 0; round < rounds; round += 1) {
          expect(served.slice(round * size, (round + 1) * size)).toEqual(order);
        }
      }),
    );
  });

  it('pass by who is not there, and begin anew after somebody who has left', () => {
    const order = [who(0), who(1), who(2)];
    expect(nextServed(order, [who(0), who(2)], who(0))).toBe(who(2));
    expect(nextServed(order, order, who(9))).toBe(who(0));
    expect(nextServed(order, [], who(0))).toBeUndefined();
  });
});
