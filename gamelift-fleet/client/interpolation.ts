import { MAX_REWIND_TICKS, SIXTEENTHS } from '#shared/contract/zone-protocol.ts';

/** A place that the server told, and when it was. */
export interface Sample {
  readonly tick: number;
  readonly x: number;
  readonly y: number;
}

const KEPT_FRAMES = 100;
const LOOK_EVERY_FRAMES = 5;
const START_DELAY_TICKS = 2;
const MIN_DELAY_TICKS = 1;
const MAX_DELAY_TICKS = 5;
/** So many of a hundred frames come in time to be drawn between two that are known. */
const IN_TIME_PERCENT = 95;
const MOST_PERCENT = 75;
/** How fast the delay follows what it should be: a hurry would be seen. */
const DELAY_STEP_TICKS = 0.02;
/** How far ahead of what is known others are drawn before they stand still. */
const MAX_AHEAD_TICKS = 1;
/** What is drawn may lag behind so much without being called held up. */
const HELD_UP_TICKS = 0.25;
/** The pace at which one goes on is that of so many ticks. */
const PACE_TICKS = 3;
/** Farther in one tick is no walk: there is nothing in between. */
const LARGEST_WALK_METRES = 2;

/**
 * Decides which moment of the server's time to draw the others at: so far behind the newest frame that most frames
 * come in time, and beyond one tick no farther than the server winds back for an act. Ticks with fractions; it never
 * runs backwards.
 */
export class DrawClock {
  private readonly tickMs: number;
  /** Arrival of the last frames less their server time: the least is the shortest way. */
  private readonly offsetsMs: number[] = [];
  private shortestMs = Number.POSITIVE_INFINITY;
  private newestTick = 0;
  private newestLateMs = 0;
  private frames = 0;
  private wantedTicks = START_DELAY_TICKS;
  private delayTicks = START_DELAY_TICKS;
  private drawn = Number.NEGATIVE_INFINITY;

  constructor(tickHz: number) {
    this.tickMs = 1_000 / tickHz;
  }

  /** A frame has come. `roundTripMs` is the way there and back, once it is known. */
  arrived(tick: number, nowMs: number, roundTripMs: number | undefined): void {
    this.newestTick = tick;
    const offsetMs = nowMs - tick * this.tickMs;
    this.offsetsMs.push(offsetMs);
    this.shortestMs = Math.min(this.shortestMs, offsetMs);
    this.newestLateMs = offsetMs - this.shortestMs;
    if (this.offsetsMs.length > KEPT_FRAMES) this.offsetsMs.shift();
    this.frames += 1;
    if (this.frames % LOOK_EVERY_FRAMES === 0 || roundTripMs === undefined) this.look(roundTripMs);
    const change = this.wantedTicks - this.delayTicks;
    this.delayTicks += Math.sign(change) * Math.min(DELAY_STEP_TICKS, Math.abs(change));
  }

  /** Looks at how the last frames came. */
  private look(roundTripMs: number | undefined): void {
    const inOrder = [...this.offsetsMs].sort((a, b) => a - b);
    this.shortestMs = inOrder[0]!;
    const latenessTicks = (percent: number) =>
      (inOrder[Math.ceil((inOrder.length * percent) / 100) - 1]! - this.shortestMs) / this.tickMs;
    const smooth = Math.min(MAX_DELAY_TICKS, MIN_DELAY_TICKS + latenessTicks(IN_TIME_PERCENT));
    // What is drawn is older by the whole way when the server judges it, and the way there is as uneven as the one here.
    const fair =
      roundTripMs === undefined
        ? START_DELAY_TICKS
        : MAX_REWIND_TICKS - roundTripMs / this.tickMs - latenessTicks(MOST_PERCENT);
    this.wantedTicks = Math.max(MIN_DELAY_TICKS, Math.min(smooth, fair));
  }

  /** How far behind the newest frame, come by the shortest way, one draws. */
  get delay(): number {
    return this.delayTicks;
  }

  /** How much later than by the shortest way the newest frame has come. */
  get lateMs(): number {
    return this.newestLateMs;
  }

  /** The moment to draw now: one that an act can tell, so that it is judged by what was drawn and nothing near it. */
  tickAt(nowMs: number): number {
    if (this.frames === 0) return 0;
    const wanted = Math.min(this.wantedAt(nowMs), this.newestTick + MAX_AHEAD_TICKS);
    this.drawn = Math.max(this.drawn, Math.round(wanted * SIXTEENTHS) / SIXTEENTHS);
    return this.drawn;
  }

  private wantedAt(nowMs: number): number {
    return (nowMs - this.shortestMs) / this.tickMs - this.delayTicks;
  }

  /**
   * Whether what is drawn stands still for want of frames, and an act on it would come later than the server winds back
   * for it: what was aimed at is not what will be judged.
   */
  isHeldUp(nowMs: number, roundTripMs: number | undefined): boolean {
    const behind = this.wantedAt(nowMs) - this.tickAt(nowMs);
    const spare = MAX_REWIND_TICKS - (roundTripMs ?? 0) / this.tickMs - this.delayTicks;
    return behind > Math.max(HELD_UP_TICKS, spare);
  }
}

/**
 * Where one was at a moment, from its last places, oldest first; `knownTick` is the newest frame's. Between two it is
 * on the straight way. After the newest frame it goes on as it went of late on average: the server hears of its steps
 * unevenly, two in one tick and none in the next.
 */
export function placeOnTrail(trail: readonly Sample[], knownTick: number, tick: number): { x: number; y: number } {
  const known = placeUntil(trail, tick);
  if (tick <= knownTick) return known;
  const before = placeUntil(trail, knownTick - PACE_TICKS);
  const metres = Math.hypot(known.x - before.x, known.y - before.y);
  if (metres > LARGEST_WALK_METRES * PACE_TICKS) return known;
  const share = (tick - knownTick) / PACE_TICKS;
  return { x: known.x + (known.x - before.x) * share, y: known.y + (known.y - before.y) * share };
}

/** The same, without going on after the last place. */
function placeUntil(trail: readonly Sample[], tick: number): { x: number; y: number } {
  const newest = trail[trail.length - 1]!;
  if (tick >= newest.tick) return { x: newest.x, y: newest.y };
  for (let i = trail.length - 2; i >= 0; i--) {
    const from = trail[i]!;
    if (tick < from.tick) continue;
    const to = trail[i + 1]!;
    return isWalk(from, to) ? between(from, to, tick) : { x: from.x, y: from.y };
  }
  return { x: trail[0]!.x, y: trail[0]!.y };
}

function isWalk(from: Sample, to: Sample): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) <= LARGEST_WALK_METRES * (to.tick - from.tick);
}

function between(from: Sample, to: Sample, tick: number): { x: number; y: number } {
  const share = (tick - from.tick) / (to.tick - from.tick);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
