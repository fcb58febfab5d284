import type { CheatCheck } from '#shared/contract/cheat-checks.ts';

/** What the server has measured at one moment: by name, in metres, ticks (50 ms) or numbers of messages. */
export type Figures = Readonly<Record<string, number>>;

interface Check {
  /** What the check looks for. */
  readonly about: string;
  /** One thing that it has noticed, in a sentence. */
  readonly say: (figures: Figures) => string;
}

const number = (value: number | undefined) => (value ?? 0).toFixed(1).replace(/\.0$/, '');
const from = ({ fromX, fromY }: Figures) => `(${number(fromX)}, ${number(fromY)})`;
const to = ({ toX, toY }: Figures) => `(${number(toX)}, ${number(toY)})`;
const step = (figures: Figures) => `a step of ${number(figures.metres)} m from ${from(figures)} to ${to(figures)}`;

/** The checks in words that staff understand. Places are metres in the zone. */
export const checks: Readonly<Record<CheatCheck, Check>> = {
  speed: {
    about: 'Walks faster than its speed allows within 1 s and within 10 s, however its messages were held up.',
    say: (figures) => `Claimed ${step(figures)}, with nothing left of what its speed allows.`,
  },
  teleport: {
    about: 'Claims to be somewhere else at once, without a gate, a journey or anything else that puts it there.',
    say: (figures) => `Claimed ${step(figures)} at once.`,
  },
  wall: {
    about: 'Walks through what nobody walks through.',
    say: (figures) => `Claimed ${step(figures)}, through a wall.`,
  },
  out_of_bounds: {
    about: 'Walks out of the zone.',
    say: (figures) => `Claimed ${step(figures)}, outside of the zone.`,
  },
  rapid_fire: {
    about: 'Goes on acting before it can, far oftener than a hand does.',
    say: ({ actionSeq, tick }) => `Act ${number(actionSeq)} at tick ${number(tick)} was one of many before their time.`,
  },
  out_of_range: {
    about: 'Goes on acting at those who are too far away, far oftener than a hand does.',
    say: ({ actionSeq, tick }) => `Act ${number(actionSeq)} at tick ${number(tick)} was one of many from too far away.`,
  },
  line_of_sight: {
    about: 'Goes on acting at one after the other who is hidden from it, far oftener than a player does.',
    say: (figures) =>
      `Acted from ${from(figures)} at somebody hidden at ${to(figures)}, ${number(figures.metres)} m away, after many others.`,
  },
  clock_back: {
    about: 'Says that it has seen less of the zone than it has said before.',
    say: ({ seenTick, before }) =>
      `Said to have seen up to tick ${number(seenTick)}, and before up to ${number(before)}.`,
  },
  clock_ahead: {
    about: 'Says that it has seen what has not happened yet.',
    say: ({ seenTick, viewTick, tick }) =>
      `Said to have seen tick ${number(seenTick ?? viewTick)} when the server was at ${number(tick)}.`,
  },
  clock_fast: {
    about: 'Takes more steps than there is time for, beyond what a slow line can have held up.',
    say: ({ seq, passed }) => `With step ${number(seq)}, ${number(passed)} more, it had taken more than time allows.`,
  },
  view_back: {
    about: 'Acts on an older view than it has acted on before.',
    say: ({ viewTick, before }) =>
      `Acted on what it saw at tick ${number(viewTick)}, after a view of ${number(before)}.`,
  },
  stale_view: {
    about: 'Acts on the past though it has seen what came after: farther back than any client draws.',
    say: ({ viewTick, seenTick, tick }) =>
      `Acted at tick ${number(tick)} on what it saw at ${number(viewTick)}, though it had seen ${number(seenTick)}.`,
  },
};
