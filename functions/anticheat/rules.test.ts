import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheatChecks } from '#shared/contract/cheat-checks.ts';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { deriveId, type Slug } from '#shared/kernel/ids.ts';
import type { CheatCase, Noticed, Review, SuspicionReport, Verdict } from './case.ts';
import { checks, type Figures } from './checks.ts';
import { accuse, caseLimits, decide, longestUrgentMs, rankOf, scoreAt, withSamples } from './rules.ts';

const accountId = deriveId('acc', 'Mal');
const characterId = deriveId('chr', 'Mal');
const staffId = deriveId('acc', 'Boss');
const T0 = Date.UTC(2027, 0, 1);
const { scorePerLevel, urgentFromLevel, keptSamples, halfLifeMs } = caseLimits;

const report = (atMs: number, ...noticed: Noticed[]): SuspicionReport => {
  return { reportSeq: 1, accountId, characterId, atMs, noticed };
};
const speed = (weight: number, count = 1): Noticed => ({ check: 'speed', count, weight, samples: [] });
const caseOf = (reports: readonly SuspicionReport[], before?: CheatCase) =>
  reports.reduce<CheatCase | undefined>((known, one) => accuse(known, one).after, before);
const review = (verdict: Verdict, atMs: number): Review => ({ verdict, reason: 'Seen', by: staffId, atMs });

const weight = fc.double({ min: 0, max: 50, noNaN: true });
const anyNoticed = fc.record({
  check: fc.constantFrom(...cheatChecks),
  count: fc.integer({ min: 1, max: 100 }),
  weight,
  samples: fc.constant([]),
});
const anyReport = fc
  .tuple(
    fc.integer({ min: 0, max: 30 * DAY_MS }),
    fc.uniqueArray(anyNoticed, { minLength: 1, maxLength: 4, selector: ({ check }) => check }),
  )
  .map(([sinceMs, noticed]) => report(T0 + sinceMs, ...noticed));
const anyReports = fc.array(anyReport, { minLength: 1, maxLength: 12 });
const END = T0 + 40 * DAY_MS;

describe('the score', () => {
  it('is the same in whatever order reports come, and however they are divided', () => {
    fc.assert(
      fc.property(anyReports, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (reports, keys) => {
        const shuffled = reports
          .map((one, index) => ({ one, key: keys[index]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const divided = reports.flatMap((one) => one.noticed.map((noticed) => ({ ...one, noticed: [noticed] })));
        const halved = reports.flatMap(({ noticed, ...one }) => {
          const half = { ...one, noticed: noticed.map((each) => ({ ...each, weight: each.weight / 2 })) };
          return [half, half];
        });
        const score = scoreAt(caseOf(reports)!, END);
        for (const other of [shuffled, divided, halved]) expect(scoreAt(caseOf(other)!, END)).toBeCloseTo(score, 6);
      }),
    );
  });

  it('never falls by a report, only falls with time, and is never below zero', () => {
    fc.assert(
      fc.property(anyReports, anyReport, fc.integer({ min: 0, max: 400 * DAY_MS }), (reports, more, waitedMs) => {
        const known = caseOf(reports)!;
        const accused = accuse(known, more).after;
        const nowMs = Math.max(known.atMs, accused.atMs);
        expect(scoreAt(accused, nowMs)).toBeGreaterThanOrEqual(scoreAt(known, nowMs) - 1e-9);
        const later = scoreAt(accused, nowMs + waitedMs);
        expect(later).toBeLessThanOrEqual(scoreAt(accused, nowMs));
        expect(later).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('rises with the weight of what was noticed', () => {
    fc.assert(
      fc.property(anyReports, weight, weight, (reports, one, other) => {
        const known = caseOf(reports)!;
        const scoreWith = (added: number) => scoreAt(accuse(known, report(END, speed(added))).after, END);
        expect(scoreWith(Math.max(one, other))).toBeGreaterThanOrEqual(scoreWith(Math.min(one, other)));
      }),
    );
  });

  it('halves with every half-life, and is bounded', () => {
    const known = caseOf([report(T0, speed(20))])!;
    expect(scoreAt(known, T0 + halfLifeMs)).toBeCloseTo(10);
    expect(scoreAt(known, T0 + 2 * halfLifeMs)).toBeCloseTo(5);
    expect(scoreAt(caseOf([report(T0, speed(1e9))])!, T0)).toBe(caseLimits.maxWeight);
  });

  it('orders the queue as it will be at every later time', () => {
    fc.assert(
      fc.property(anyReports, anyReports, fc.double({ min: 2, max: 50, noNaN: true }), (some, others, last) => {
        const [a, b] = [some, others].map(
          (reports) => caseOf([...reports, report(reports[0]!.atMs + DAY_MS, speed(last))])!,
        );
        const [scoreA, scoreB] = [scoreAt(a!, END), scoreAt(b!, END)];
        if (Math.abs(Math.log2(scoreA / scoreB)) < 1e-6) return;
        // A case that weighs less than one needs no exact place.
        if (Math.min(scoreAt(a!, a!.atMs), scoreAt(b!, b!.atMs)) < 1) return;
        expect(rankOf(a!) > rankOf(b!)).toBe(scoreA > scoreB);
      }),
    );
  });
});

describe('a case', () => {
  it('is told of once for each level that it reaches, and again when it has calmed down in between', () => {
    const first = accuse(undefined, report(T0, speed(scorePerLevel - 1)));
    expect(first).toMatchObject({ isTold: false, wantsKick: false, after: { state: 'open', level: 0, revision: 1 } });
    const second = accuse(first.after, report(T0 + 1, speed(10)));
    expect(second).toMatchObject({ isTold: true, wantsKick: true, after: { level: 1, urgentSinceMs: undefined } });
    const third = accuse(second.after, report(T0 + 2, speed(10)));
    expect(third).toMatchObject({ isTold: false, wantsKick: false });
    const calm = T0 + 2 * halfLifeMs;
    const again = accuse(third.after, report(calm, speed(25)));
    expect(again).toMatchObject({ isTold: true, after: { level: 1 } });
  });

  it('becomes urgent and stays so until somebody decides', () => {
    const urgent = accuse(undefined, report(T0, speed(urgentFromLevel * scorePerLevel)));
    expect(urgent.after).toMatchObject({ urgentSinceMs: T0, level: urgentFromLevel });
    const later = accuse(urgent.after, report(T0 + 10 * halfLifeMs, speed(1)));
    expect(later.after.urgentSinceMs).toBe(T0);
    expect(longestUrgentMs([later.after, caseOf([report(T0, speed(1))])!], T0 + DAY_MS)).toBe(DAY_MS);
    const decided = decide(later.after, review('watch', END));
    expect(decided.urgentSinceMs).toBeUndefined();
    expect(longestUrgentMs([decided], END)).toBe(0);
  });

  it('asks for no kick while one is waiting', () => {
    const known = { ...caseOf([report(T0, speed(scorePerLevel))])!, kickAtMs: T0 + 60_000 };
    const more = (atMs: number) => accuse(known, report(atMs, speed(scorePerLevel + 1)));
    expect(more(T0 + 59_000)).toMatchObject({ isTold: true, wantsKick: false });
    expect(more(T0 + 60_000)).toMatchObject({ isTold: true, wantsKick: true });
  });

  it.each([
    ['watch', 'watching'],
    ['dismiss', 'dismissed'],
    ['kick', 'confirmed'],
    ['suspend', 'confirmed'],
  ] as const)('that is decided by %s is %s, with the next revision', (verdict, state) => {
    const known = caseOf([report(T0, speed(40))])!;
    const decided = decide(known, review(verdict, T0 + HOUR_MS));
    expect(decided).toMatchObject({ state, revision: 2, version: 2, review: { verdict, by: staffId } });
    expect(scoreAt(decided, T0 + HOUR_MS) > 0).toBe(verdict === 'watch');
  });

  it.each(['dismiss', 'suspend'] as const)(
    'that was decided by %s opens again when a level of new is there',
    (verdict) => {
      const decided = decide(caseOf([report(T0, speed(500))])!, review(verdict, T0 + 1));
      const little = accuse(decided, report(T0 + 2, speed(scorePerLevel - 1)));
      expect(little).toMatchObject({ isTold: false, wantsKick: false, after: { state: decided.state, revision: 2 } });
      const enough = accuse(little.after, report(T0 + 3, speed(2)));
      expect(enough).toMatchObject({
        isTold: true,
        after: { state: 'open', revision: 3, openedAtMs: T0 + 3, level: 1 },
      });
      expect(enough.after.review).toMatchObject({ verdict });
    },
  );

  it('that is watched goes on being watched', () => {
    const watched = decide(caseOf([report(T0, speed(40))])!, review('watch', T0 + 1));
    const more = accuse(watched, report(T0 + 2, speed(40)));
    expect(more).toMatchObject({ isTold: true, after: { state: 'watching', revision: 2, level: 2 } });
  });
});

describe('the evidence', () => {
  it('keeps the newest samples of each check, whatever comes, and in their order', () => {
    const sample = (atMs: number) => ({ atMs, figures: { metres: atMs - T0 } });
    const told = (atMs: number) => report(T0, { ...speed(1), samples: [sample(atMs), sample(atMs + 1)] });
    const kept = [T0 + 10, T0 + 30, T0 + 20, T0].reduce(
      (known, atMs) => withSamples(known, told(atMs), 'docks' as Slug),
      {},
    );
    expect(kept).toEqual({
      speed: [11, 20, 21, 30, 31].map((ms) => {
        return { atMs: T0 + ms, characterId, unitId: 'docks', figures: { metres: ms } };
      }),
    });
    expect(keptSamples).toBe(5);
  });

  it.each(cheatChecks)('of %s is told in words, whatever is missing', (check) => {
    const { about, say } = checks[check];
    expect(about.length).toBeGreaterThan(10);
    const huge: Figures = { metres: 1e9, fromX: -1e9, toX: 1e9, tick: 1e9, seenTick: 0.25 };
    for (const figures of [{}, huge]) {
      expect(say(figures)).not.toMatch(/undefined|NaN/);
      expect(say(figures).length).toBeLessThanOrEqual(400);
    }
  });
});
