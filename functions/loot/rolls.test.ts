import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CharacterId, createId, deriveId } from '#shared/kernel/ids.ts';
import {
  type Choice,
  chancesOf,
  choices,
  commitmentOf,
  decideRoll,
  isDue,
  mayNeed,
  type RollFacts,
  rollOf,
} from './rolls.ts';

const who = (index: number) => ({ accountId: deriveId('acc', index), characterId: deriveId('chr', index) });

const anyRoll: fc.Arbitrary<RollFacts> = fc
  .record({
    seed: fc.string({ minLength: 1, maxLength: 30 }),
    roll: fc.nat(1_000),
    votes: fc.array(fc.option(fc.constantFrom(...choices), { nil: undefined }), { minLength: 1, maxLength: 40 }),
  })
  .map(({ seed, roll, votes }) => ({
    rollId: deriveId('lrl', roll),
    seed,
    eligible: votes.map((_vote, index) => who(index)),
    votes: new Map(
      votes.flatMap((choice, index): [CharacterId, Choice][] => (choice ? [[who(index).characterId, choice]] : [])),
    ),
  }));

describe('a roll', () => {
  it('is what the documented recipe computes, without any of this code', () => {
    const [seed, rollId, characterId] = ['c2VlZA', createId('lrl'), createId('chr')];
    expect(commitmentOf(seed)).toBe(createHash('sha256').update('c2VlZA', 'utf8').digest('base64url'));
    const mac = createHmac('sha256', Buffer.from('c2VlZA')).update(`${rollId}.${characterId}`).digest('hex');
    expect(rollOf(seed, rollId, characterId)).toBe((Number.parseInt(mac.slice(0, 12), 16) % 100) + 1);
  });

  it('never changes: what was published can be checked for ever', () => {
    const rollId = 'lrl_01KTPQK9FGVVMJQJNJR5KHC62N' as never;
    const characterId = 'chr_01KRKYNEKN9N8FNXB23BENAZ9B' as never;
    expect(rollOf('Zk3mB0rT8yQ1vXw2LrN5pA', rollId, characterId)).toBe(68);
    expect(commitmentOf('Zk3mB0rT8yQ1vXw2LrN5pA')).toBe('YuuelYtEMnHLoKQuVZ9nb1A5Ul2rIKrGXMaIdXPb2k4');
  });

  it('lies between 1 and 100, and every face comes up about as often', () => {
    const counts = new Array<number>(101).fill(0);
    const rollId = createId('lrl');
    const rolls = 20_000;
    for (let seed = 0; seed < rolls; seed += 1) counts[rollOf(String(seed), rollId, who(0).characterId)]! += 1;
    expect(counts[0]).toBe(0);
    const expected = rolls / 100;
    const chiSquare = counts.slice(1).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99 degrees of freedom: above 160 once in ten thousand such samples. The seeds are fixed, so this never wavers.
    expect(chiSquare).toBeLessThan(160);
  });
});

describe('the decision', () => {
  it('has one winner exactly when somebody wants it, who is one of those who may have it', () => {
    fc.assert(
      fc.property(anyRoll, (facts) => {
        const { winner, votes } = decideRoll(facts);
        expect(votes.map(({ characterId }) => characterId)).toEqual(facts.eligible.map((one) => one.characterId));
        const wanting = votes.filter(({ choice }) => choice !== 'pass');
        expect(winner !== undefined).toBe(wanting.length > 0);
        if (winner) expect(wanting.map(({ characterId }) => characterId)).toContain(winner.characterId);
        for (const { choice, roll } of votes) expect(roll === undefined).toBe(choice === 'pass');
      }),
    );
  });

  it('puts need before greed, the higher roll before the lower, and the first in the order before the second', () => {
    fc.assert(
      fc.property(anyRoll, (facts) => {
        const { winner, votes } = decideRoll(facts);
        if (!winner) return;
        const place = (id: CharacterId) => votes.findIndex(({ characterId }) => characterId === id);
        const best = votes[place(winner.characterId)]!;
        for (const other of votes) {
          if (other === best || other.choice === 'pass') continue;
          if (best.choice === 'greed') expect(other.choice).toBe('greed');
          if (other.choice !== best.choice) continue;
          expect(other.roll!).toBeLessThanOrEqual(best.roll!);
          if (other.roll === best.roll) expect(place(best.characterId)).toBeLessThan(place(other.characterId));
        }
      }),
    );
  });

  it('is the same for whoever computes it, and does not hear votes of strangers', () => {
    fc.assert(
      fc.property(anyRoll, (facts) => {
        const loud = { ...facts, votes: new Map([...facts.votes, [createId('chr'), 'need' as const]]) };
        expect(decideRoll(loud)).toEqual(decideRoll(facts));
      }),
    );
  });

  it('takes those who may not have it after all for having passed', () => {
    fc.assert(
      fc.property(anyRoll, (facts) => {
        const first = decideRoll(facts).winner;
        if (!first) return;
        const { winner, votes } = decideRoll(facts, new Set([first.characterId]));
        expect(winner?.characterId).not.toBe(first.characterId);
        expect(votes.find(({ characterId }) => characterId === first.characterId)?.choice).toBe('pass');
      }),
    );
  });

  it('is due when all have voted, or when the time is over', () => {
    const roll = {
      eligible: [who(0), who(1)],
      closesAtMs: 100,
      votes: new Map([[who(0).characterId, 'pass' as const]]),
    };
    expect(isDue(roll, 99)).toBe(false);
    expect(isDue(roll, 100)).toBe(true);
    expect(isDue({ ...roll, votes: new Map([...roll.votes, [who(1).characterId, 'need']]) }, 0)).toBe(true);
  });
});

describe('chances', () => {
  it('sum up to one when anybody wants it, and are nobody’s who has not voted or is outbid', () => {
    fc.assert(
      fc.property(anyRoll, (facts) => {
        const chances = chancesOf(facts);
        const wanted = [...facts.votes.values()].some((choice) => choice !== 'pass');
        expect(chances.reduce((sum, one) => sum + one, 0)).toBeCloseTo(wanted ? 1 : 0, 9);
        const needed = [...facts.votes.values()].includes('need');
        facts.eligible.forEach(({ characterId }, index) => {
          const choice = facts.votes.get(characterId) ?? 'pass';
          expect(chances[index]! > 0).toBe(choice === 'need' || (choice === 'greed' && !needed));
        });
      }),
    );
  });

  it('are as often right as they say', () => {
    const eligible = [who(0), who(1)];
    const votes = new Map(eligible.map(({ characterId }) => [characterId, 'greed' as const]));
    const [first] = chancesOf({ eligible, votes });
    expect(first).toBeCloseTo(0.505, 9);
    const rollId = createId('lrl');
    const rounds = 5_000;
    const won = Array.from({ length: rounds }, (_none, seed) =>
      decideRoll({ rollId, seed: `s${seed}`, eligible, votes }),
    ).filter(({ winner }) => winner?.characterId === eligible[0]!.characterId).length;
    expect(Math.abs(won / rounds - first!)).toBeLessThan(0.03);
  });
});

describe('need', () => {
  it('is for what one’s class can wear', () => {
    expect(mayNeed({ slot: 'weapon', classes: [] }, 'gunhand')).toBe(true);
    expect(mayNeed({ slot: 'weapon', classes: ['gunhand', 'breaker'] }, 'gunhand')).toBe(true);
    expect(mayNeed({ slot: 'weapon', classes: ['breaker'] }, 'gunhand')).toBe(false);
    expect(mayNeed({ slot: null, classes: [] }, 'gunhand')).toBe(false);
  });
});
