import { describe, expect, it } from 'vitest';
import { AnswerWatch } from './answer-watch.ts';

describe('how long what was sent waits', () => {
  it('is known when the answer comes, and only at the next look', () => {
    const watch = new AnswerWatch(0xff);
    watch.sent(1, 1_000);
    watch.answered(1, 1_120);
    expect(watch.look(1_130)).toBe(120);
    expect(watch.look(1_180)).toBe(0);
  });

  it('grows while none comes', () => {
    const watch = new AnswerWatch(0xff);
    watch.sent(1, 1_000);
    watch.sent(2, 1_050);
    expect(watch.look(1_100)).toBe(100);
    expect(watch.look(1_400)).toBe(400);
  });

  it('counts from the oldest that an answer is for', () => {
    const watch = new AnswerWatch(0xff);
    for (const id of [1, 2, 3, 4]) watch.sent(id, 1_000 + id * 50);
    watch.answered(3, 1_350);
    expect(watch.look(1_350)).toBe(300);
    expect(watch.look(1_350)).toBe(150);
  });

  it('goes by what of a number comes back, also after that has begun anew', () => {
    const watch = new AnswerWatch(0xff);
    watch.sent(255, 1_000);
    watch.sent(256, 1_050);
    watch.answered(0, 1_200);
    expect(watch.look(1_500)).toBe(200);
  });

  it('leaves alone what is answered twice or was never sent', () => {
    const watch = new AnswerWatch(0xff);
    watch.sent(1, 1_000);
    watch.answered(1, 1_100);
    watch.answered(1, 1_300);
    watch.answered(9, 1_300);
    expect(watch.look(1_300)).toBe(100);
  });
});
