import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { overloadLadder, type Rung } from './overload.ts';

/** What a tick consists of, in order. */
export const tickPhases = [
  'drain',
  'move',
  'ai',
  'combat',
  'world',
  'settle',
  'encode',
  'send',
  'housekeeping',
] as const;
export type TickPhase = (typeof tickPhases)[number];

const SMOOTHING = 0.05;
/** A step up shows its effect before the next; a step down waits longer, so that a load at a border does not swing. */
const STEP_UP_AFTER_TICKS = TICK_HZ;
const STEP_DOWN_AFTER_TICKS = 5 * TICK_HZ;

export interface TickMeterOptions {
  readonly ladder?: readonly Rung[] | undefined;
  /** The zone never stands below this rung: for trials. */
  readonly lowestLevel?: number | undefined;
  /** Told how long each tick took, without what was done between its slices. */
  readonly took?: ((ms: number) => void) | undefined;
}

/** Measures the phases of ticks with a clock that is handed in, and the load; never feeds back into the simulation. */
export class TickMeter {
  private readonly nowMs: () => number;
  private readonly ladder: readonly Rung[];
  private readonly lowestLevel: number;
  private readonly took: ((ms: number) => void) | undefined;
  private startMs = 0;
  private lapMs = 0;
  /** Of this tick so far: what is done between its slices is not its work. */
  private tookMs = 0;
  private smoothedMs = 0;
  private currentLevel: number;
  private levelSinceTick = 0;
  ticks = 0;
  /** Milliseconds spent in each phase since the start. */
  readonly totalMs: Record<TickPhase, number> = Object.fromEntries(tickPhases.map((phase) => [phase, 0])) as never;
  longestMs = 0;

  constructor(nowMs: () => number, { ladder = overloadLadder, lowestLevel = 0, took }: TickMeterOptions = {}) {
    this.nowMs = nowMs;
    this.ladder = ladder;
    this.lowestLevel = lowestLevel;
    this.took = took;
    this.currentLevel = lowestLevel;
  }

  begin(): void {
    this.startMs = this.nowMs();
    this.lapMs = this.startMs;
    this.tookMs = 0;
  }

  /** The tick goes on after a while in which others had their turn. */
  resume(): void {
    this.lapMs = this.nowMs();
  }

  finished(phase: TickPhase): void {
    const now = this.nowMs();
    const lapMs = now - this.lapMs;
    this.totalMs[phase] += lapMs;
    this.tookMs += lapMs;
    this.lapMs = now;
  }

  /** Milliseconds since the last tick began. */
  get sinceBeginMs(): number {
    return this.nowMs() - this.startMs;
  }

  end(): void {
    const { tookMs } = this;
    this.took?.(tookMs);
    this.ticks += 1;
    this.longestMs = Math.max(this.longestMs, tookMs);
    this.smoothedMs += (tookMs - this.smoothedMs) * SMOOTHING;
    this.step();
  }

  private step(): void {
    const { ladder, currentLevel: level, smoothedMs } = this;
    const sinceTicks = this.ticks - this.levelSinceTick;
    const above = ladder[level + 1];
    const goesUp = above !== undefined && smoothedMs >= above.fromMs && sinceTicks >= STEP_UP_AFTER_TICKS;
    const goesDown =
      level > this.lowestLevel && smoothedMs < ladder[level]!.untilMs && sinceTicks >= STEP_DOWN_AFTER_TICKS;
    if (!goesUp && !goesDown) return;
    this.currentLevel = level + (goesUp ? 1 : -1);
    this.levelSinceTick = this.ticks;
  }

  /** Rung of the ladder by the smoothed time of a tick, with hysteresis; 0: no trouble. */
  get level(): number {
    return this.currentLevel;
  }

  get rung(): Rung {
    return this.ladder[this.currentLevel]!;
  }
}
