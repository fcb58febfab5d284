import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicCursor } from './topic-cursor.ts';

describe('the cursor of a topic', () => {
  it('begins where the first RECEIPT says, whatever has come live before it', () => {
    const cursor = new TopicCursor();
    expect(cursor.lastSeq).toBeUndefined();
    expect(cursor.take(8)).toBe(true);
    cursor.begin(7);
    expect(cursor.lastSeq).toBe(8);
    cursor.begin(20);
    expect(cursor.lastSeq).toBe(8);
  });

  it('waits for what is missing', () => {
    const cursor = new TopicCursor(3);
    for (const seq of [6, 5]) cursor.take(seq);
    expect(cursor.lastSeq).toBe(3);
    cursor.take(4);
    expect(cursor.lastSeq).toBe(6);
  });

  it('goes on behind a gap', () => {
    const cursor = new TopicCursor(3);
    cursor.skipTo(10);
    expect(cursor.lastSeq).toBe(9);
    cursor.take(10);
    expect(cursor.lastSeq).toBe(10);
  });

  it('takes each number once, and knows the gapless part, in any order and with any repetitions', () => {
    const arrivals = fc
      .integer({ min: 1, max: 60 })
      .chain((last) => fc.shuffledSubarray(Array.from({ length: 3 * last }, (_none, at) => (at % last) + 1)));
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const cursor = new TopicCursor(0);
        const taken = seqs.filter((seq) => cursor.take(seq));
        expect(taken).toEqual([...new Set(seqs)]);
        const had = new Set(seqs);
        let gapless = 0;
        while (had.has(gapless + 1)) gapless += 1;
        expect(cursor.lastSeq).toBe(gapless);
      }),
    );
  });

  it('stays small however much comes, and still knows what came lately', () => {
    const cursor = new TopicCursor(0);
    for (let seq = 1; seq <= 10_000; seq += 1) cursor.take(seq);
    expect(cursor.lastSeq).toBe(10_000);
    for (let seq = 9_800; seq <= 10_000; seq += 1) expect(cursor.take(seq)).toBe(false);
  });
});
