import { describe, expect, it } from 'vitest';
import { createAdmission } from './admission.ts';

function admissionAt() {
  let nowMs = 0;
  const admission = createAdmission(() => nowMs);
  const held: PromiseWithResolvers<number>[] = [];
  return {
    admission,
    held,
    /** Begins calls until so many are under way, and answers what they come to. */
    begin: (count: number): Promise<number>[] =>
      Array.from({ length: count - held.length }, () => {
        const call = Promise.withResolvers<number>();
        held.push(call);
        return admission.track(call.promise);
      }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    admits: () => [admission.admitsRequest(), admission.admitsSocket()],
  };
}

describe('admission', () => {
  it('lets in as much as the machine keeps up with, sockets a little longer than requests', () => {
    const { begin, admits } = admissionAt();
    begin(63);
    expect(admits()).toEqual([true, true]);
    begin(64);
    expect(admits()).toEqual([false, true]);
    begin(96);
    expect(admits()).toEqual([false, false]);
  });

  it('lets in less once the oldest call takes long, but never nothing', () => {
    const { begin, admits, pass } = admissionAt();
    begin(15);
    pass(60_000);
    expect(admits()).toEqual([true, true]);
    begin(16);
    expect(admits()).toEqual([false, true]);
    begin(24);
    expect(admits()).toEqual([false, false]);
  });

  it('is as before once the work has ended, whether it went well or not', async () => {
    const { admission, begin, held, admits, pass } = admissionAt();
    const works = begin(96);
    pass(10_000);
    held[0]!.reject(new Error('no'));
    for (const [index, { resolve }] of held.entries()) resolve(index);
    const results = await Promise.allSettled(works);
    expect(results[0]!.status).toBe('rejected');
    expect(results.at(-1)).toEqual({ status: 'fulfilled', value: 95 });
    expect(admits()).toEqual([true, true]);
    expect(await admission.track(Promise.resolve('x'))).toBe('x');
  });
});
