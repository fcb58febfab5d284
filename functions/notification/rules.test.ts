import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId } from '#shared/kernel/ids.ts';
import { advanceMarker, notificationLimits, place } from './rules.ts';
import { noticeCodes, templates, textOf } from './templates.ts';

const notice = { accountId: createId('acc'), code: 'account.welcome', params: {} } as const;

describe('place', () => {
  it('never keeps more than the limit, nor two of one key, however notices come', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { maxLength: 700 }), (keys) => {
        const list = new Map<number, number | null>();
        const placeOfKey = new Map<number, number>();
        let last = 0;
        for (const key of keys) {
          const replacedAt = key === null ? undefined : placeOfKey.get(key);
          const replaced = replacedAt === undefined ? undefined : { position: replacedAt, times: 1 };
          const facts = { id: createId('ntf'), box: { last, readUpTo: 0 }, replaced, nowMs: 0 };
          const { stored, leaving } = place(notice, facts);
          expect(new Set(leaving).size).toBe(leaving.length);
          for (const gone of leaving) list.delete(gone);
          list.set(stored.position, key);
          if (key !== null) placeOfKey.set(key, stored.position);
          last = stored.position;
          expect(list.size).toBeLessThanOrEqual(notificationLimits.stored);
        }
        const kept = [...list.values()].filter((key) => key !== null);
        expect(new Set(kept).size).toBe(kept.length);
        expect(last).toBe(keys.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('advanceMarker', () => {
  it('never goes back and never ahead', () => {
    const box = { last: 10, readUpTo: 4 };
    expect([0, 4, 7, 10, 99].map((upTo) => advanceMarker(box, upTo))).toEqual([4, 4, 7, 10, 10]);
  });
});

describe('texts', () => {
  it.each(noticeCodes)('%s has a value for every placeholder that it names', (code) => {
    const names = [...templates[code].text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const params = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const text = textOf(code, params);
    for (const name of names) expect(text).toContain(`<${name}>`);
    expect(text).not.toMatch(/[{}]/);
  });
});
