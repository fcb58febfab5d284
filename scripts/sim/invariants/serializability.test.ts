import { describe, expect, it } from 'vitest';
import { History } from '../history.ts';
import { orderComplaints } from './serializability.ts';

/** `w` made a version, `r` read one. */
function history(...accesses: readonly (readonly [string, 'r' | 'w', string, number])[]): History {
  const made = new History();
  for (const [who, what, object, version] of accesses) {
    if (what === 'w') made.wrote(who, object, version);
    else made.read(who, object, version);
  }
  return made;
}

describe('an order of transactions', () => {
  it('is found where one follows the other', () => {
    expect(
      orderComplaints(history(['a', 'w', 'x', 1], ['b', 'w', 'x', 2], ['b', 'w', 'y', 1], ['c', 'r', 'y', 1])),
    ).toEqual([]);
    expect(orderComplaints(history(['a', 'w', 'x', 1], ['a', 'w', 'x', 2], ['b', 'r', 'x', 0]))).toEqual([]);
  });

  it('is none where two have written over each other', () => {
    const [complaint] = orderComplaints(
      history(['a', 'w', 'x', 1], ['b', 'w', 'x', 2], ['b', 'w', 'y', 1], ['a', 'w', 'y', 2]),
    );
    expect(complaint).toContain('a wrote x@1 before b');
    expect(complaint).toContain('b wrote y@1 before a');
  });

  it('is none where each has read what the other wrote over: a skew of writes', () => {
    const skew = history(
      ['a', 'r', 'x', 0],
      ['a', 'r', 'y', 0],
      ['a', 'w', 'x', 1],
      ['b', 'r', 'x', 0],
      ['b', 'r', 'y', 0],
      ['b', 'w', 'y', 1],
    );
    expect(orderComplaints(skew)).toHaveLength(1);
  });

  it('is none where a read is torn: one thing before a transaction, another after it', () => {
    expect(
      orderComplaints(history(['a', 'w', 'x', 1], ['a', 'w', 'y', 1], ['b', 'r', 'x', 1], ['b', 'r', 'y', 0])),
    ).toHaveLength(1);
  });

  it('is none where somebody in the middle is written over by both parts of another', () => {
    expect(orderComplaints(history(['a', 'w', 'x', 1], ['b', 'w', 'x', 2], ['a', 'w', 'x', 3]))).toHaveLength(1);
  });

  it('is none where one that was answered comes after one that was asked for later', () => {
    const late = history(['first', 'w', 'x', 2], ['second', 'w', 'x', 1]);
    late.lasted('first', 1, 5);
    late.lasted('second', 3, 9);
    expect(orderComplaints(late)).toEqual([]);
    const lying = history(['first', 'w', 'x', 2], ['second', 'w', 'x', 1]);
    lying.lasted('first', 1, 5);
    lying.lasted('second', 6, 9);
    expect(orderComplaints(lying)).toHaveLength(1);
  });
});
