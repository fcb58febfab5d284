import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeIds, skillIds } from '#content/attributes.ts';
import { classes } from '#content/classes.ts';
import { levels, MAX_LEVEL } from '#content/levels.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import {
  balance,
  beginningOf,
  gainXp,
  killXp,
  levelAt,
  levelProgress,
  type Progression,
  raiseAttribute,
  raiseSkill,
  respec,
  respecPrice,
  sharedKillXp,
  skillCap,
} from './rules.ts';

const breaker = classes.get('breaker');
const owner = { characterId: createId('chr'), accountId: createId('acc') };
const fresh = beginningOf(owner, breaker);
const plain = (level: number) => ({ level, xpPercent: 100 });
const xpOfAllLevels = levels.reduce((sum, level) => sum + (level.xpToNext ?? 0), 0);

describe('the level curve', () => {
  it('begins at level 1 and rises exactly at each threshold', () => {
    expect(levelAt(0)).toBe(1);
    let threshold = 0;
    for (const { level, xpToNext } of levels) {
      expect(levelAt(threshold)).toBe(level);
      if (threshold > 0) expect(levelAt(threshold - 1)).toBe(level - 1);
      threshold += xpToNext ?? 0;
    }
  });

  it('never falls with more experience', () => {
    const anyXp = fc.integer({ min: 0, max: 2 * xpOfAllLevels });
    fc.assert(fc.property(anyXp, anyXp, (a, b) => levelAt(a) <= levelAt(a + b)));
  });

  it('splits experience into what is done and what is missing of the level', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: xpOfAllLevels }), (xp) => {
        const { xpIntoLevel, xpToNext } = levelProgress(xp);
        const cost = levels[levelAt(xp) - 1]!.xpToNext;
        expect(xpIntoLevel).toBeGreaterThanOrEqual(0);
        expect(xpToNext === null ? null : xpIntoLevel + xpToNext).toBe(cost);
      }),
    );
  });
});

describe('experience of a kill', () => {
  it('is 5 × level + 45 among equals', () => {
    expect(killXp(1, plain(1))).toBe(50);
    expect(killXp(20, plain(20))).toBe(145);
  });

  it('adds 5 % for each level above, up to four', () => {
    expect(killXp(11, plain(13))).toBe(110);
    expect(killXp(11, plain(15))).toBe(120);
    expect(killXp(11, plain(30))).toBe(120);
  });

  it('shrinks with each level below until nothing is left', () => {
    expect(killXp(10, plain(9))).toBe(81);
    expect(killXp(10, plain(3))).toBe(0);
    expect(killXp(30, plain(1))).toBe(0);
  });

  it('doubles for an elite', () => {
    expect(killXp(8, { level: 8, xpPercent: 200 })).toBe(170);
  });

  it('never falls with a stronger NPC and is never negative', () => {
    const anyLevel = fc.integer({ min: 1, max: MAX_LEVEL });
    fc.assert(
      fc.property(anyLevel, anyLevel, (mine, its) => {
        const xp = killXp(mine, plain(its));
        expect(xp).toBeGreaterThanOrEqual(0);
        expect(killXp(mine, plain(its + 1))).toBeGreaterThanOrEqual(xp);
      }),
    );
  });

  it('is shared by level, and nobody earns more in a group than alone', () => {
    const earner = fc.record({ characterId: fc.uuid(), level: fc.integer({ min: 1, max: MAX_LEVEL }) });
    const group = fc.uniqueArray(earner, { minLength: 1, maxLength: 40, selector: (one) => one.characterId });
    fc.assert(
      fc.property(group, fc.integer({ min: 1, max: 33 }), (earners, level) => {
        const shares = sharedKillXp(earners, plain(level));
        for (const one of earners) {
          expect(shares.get(one.characterId)).toBeLessThanOrEqual(killXp(one.level, plain(level)));
          expect(shares.get(one.characterId)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('is all for one who was alone, and carries the bonus of three', () => {
    const three = ['a', 'b', 'c'].map((characterId) => ({ characterId, level: 10 }));
    expect(sharedKillXp(three.slice(0, 1), plain(10)).get('a')).toBe(95);
    expect(sharedKillXp(three, plain(10)).get('b')).toBe(Math.floor((95 * 1.166) / 3));
  });
});

describe('earning experience', () => {
  it('raises the level with its points and what the class gains by itself', () => {
    const after = gainXp(fresh, 400, breaker);
    expect(after.level).toBe(2);
    expect(after.attributePoints).toBe(levels[1]!.attributePoints);
    expect(after.skillPoints).toBe(levels[1]!.skillPoints);
    expect(after.attributes.body).toBe(breaker.attributes.body + breaker.attributesPerLevel.body);
    expect(after.version).toBe(2);
  });

  it('gives the same character whether it comes at once or in parts', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(parts, (gains) => {
        const stepwise = gains.reduce<Progression>((state, xp) => gainXp(state, xp, breaker), fresh);
        const atOnce = gainXp(
          fresh,
          gains.reduce((sum, xp) => sum + xp, 0),
          breaker,
        );
        expect({ ...stepwise, version: 0 }).toEqual({ ...atOnce, version: 0 });
      }),
    );
  });

  it('stops at the last level', () => {
    const top = gainXp(fresh, 10 * xpOfAllLevels, breaker);
    expect(top.level).toBe(MAX_LEVEL);
    expect(top.xp).toBe(xpOfAllLevels);
    expect(gainXp(top, 1_000, breaker)).toBe(top);
  });
});

describe('spending points', () => {
  const risen = gainXp(fresh, 400 + 900, breaker);

  it('moves points into the attribute and loses none', () => {
    const after = raiseAttribute(risen, 'reflex', 3);
    expect(after.attributes.reflex).toBe(risen.attributes.reflex + 3);
    expect(after.attributePoints).toBe(risen.attributePoints - 3);
  });

  it('refuses more points than there are', () => {
    expect(() => raiseAttribute(risen, 'reflex', risen.attributePoints + 1)).toThrow('progression.not_enough_points');
    expect(() => raiseSkill(risen, 'melee', risen.skillPoints + 1)).toThrow('progression.not_enough_points');
  });

  it('refuses to raise a skill or an attribute above its cap', () => {
    const rich = { ...risen, skillPoints: 1_000, attributePoints: 1_000 };
    const room = skillCap(rich.level) - rich.skills.melee;
    expect(raiseSkill(rich, 'melee', room).skills.melee).toBe(skillCap(rich.level));
    expect(() => raiseSkill(rich, 'melee', room + 1)).toThrow('progression.cap_reached');
    expect(() => raiseAttribute(rich, 'body', balance.maxAttribute)).toThrow('progression.cap_reached');
  });
});

describe('a respec', () => {
  const NOW = Date.UTC(2026, 10, 22);
  const atLevel = (level: number, intoLevel = 0) =>
    gainXp(
      fresh,
      levels.slice(0, level - 1).reduce((sum, row) => sum + row.xpToNext!, intoLevel),
      breaker,
    );

  it('gives back exactly what was spent, however it was spent', () => {
    const spending = fc.array(
      fc.record({ skill: fc.boolean(), which: fc.nat(), points: fc.integer({ min: 1, max: 6 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: MAX_LEVEL }), spending, (level, steps) => {
        const unspent = atLevel(level);
        const spent = steps.reduce((state, { skill, which, points }) => {
          try {
            return skill
              ? raiseSkill(state, skillIds[which % skillIds.length]!, points)
              : raiseAttribute(state, attributeIds[which % attributeIds.length]!, points);
          } catch {
            return state;
          }
        }, unspent);
        if (spent === unspent) {
          expect(() => respec(spent, 'all', breaker, NOW)).toThrow('progression.nothing_to_respec');
          return;
        }
        const { after, cost } = respec(spent, 'all', breaker, NOW);
        expect(cost).toBe(0);
        expect({ ...after, version: 0, respecSteps: 0, respecAtMs: 0 }).toEqual({
          ...unspent,
          version: 0,
          respecSteps: 0,
          respecAtMs: 0,
        });
      }),
    );
  });

  it('rises in price from nothing to half a level, and is forgiven a step each 30 days', () => {
    const span = levels[9]!.xpToNext!;
    let state = atLevel(10, span - 1);
    const costs = Array.from({ length: 7 }, () => {
      state = raiseAttribute({ ...state, xp: atLevel(10, span - 1).xp }, 'body', 1);
      const { after, cost } = respec(state, 'attributes', breaker, NOW);
      state = after;
      return cost;
    });
    expect(costs).toEqual([0, 5, 10, 20, 40, 50, 50].map((percent) => Math.ceil((span * percent) / 100)));
    const priceAfter = (days: number) => respecPrice(state, NOW + days * DAY_MS);
    expect(priceAfter(29).cheaperAtMs).toBe(NOW + 30 * DAY_MS);
    expect(priceAfter(30)).toMatchObject({ cost: Math.ceil(span * 0.4), cheaperAtMs: NOW + 60 * DAY_MS });
    expect(priceAfter(150)).toMatchObject({ cost: 0, cheaperAtMs: undefined });
    expect(priceAfter(10_000).cost).toBe(0);
  });

  it('never costs a level', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: xpOfAllLevels }),
        fc.integer({ min: 0, max: balance.respec.percent.length - 1 }),
        (xp, respecSteps) => {
          const character = gainXp(fresh, xp, breaker);
          if (character.attributePoints === 0) return;
          const spent = { ...raiseAttribute(character, 'body', 1), respecSteps, respecAtMs: NOW };
          const { isAffordable, cost } = respecPrice(spent, NOW);
          if (!isAffordable) {
            expect(() => respec(spent, 'all', breaker, NOW)).toThrow('progression.respec_unaffordable');
            return;
          }
          const { after } = respec(spent, 'all', breaker, NOW);
          expect(after.xp).toBe(spent.xp - cost);
          expect(levelAt(after.xp)).toBe(spent.level);
        },
      ),
    );
  });

  it('at the last level is possible whenever it is free', () => {
    const last = raiseAttribute(atLevel(MAX_LEVEL), 'body', 1);
    const { after } = respec(last, 'all', breaker, NOW);
    const again = raiseAttribute(after, 'body', 1);
    expect(() => respec(again, 'all', breaker, NOW + 29 * DAY_MS)).toThrow('progression.respec_unaffordable');
    expect(respec(again, 'all', breaker, NOW + 30 * DAY_MS).cost).toBe(0);
  });
});
