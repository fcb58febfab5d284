/** What a tick consists of, in order. */
export const tickPhases = ['drain', 'move', 'ai', 'combat', 'world', 'encode', 'send', 'housekeeping'] as const;
export type TickPhase = (typeof tickPhases)[number];

/** Load levels: the first is no trouble, at the last nobody new is admitted. */
const levelFromMs = [25, 35, 42, 47] as const;
export const ADMISSION_CLOSED_LEVEL = levelFromMs.length;
const SMOOTHING = 0.05;

/** Measures the phases of ticks with a clock that is handed in; never feeds back into the simulation. */
export class TickMeter {
  private readonly nowMs: () => number;
  private startMs = 0;
  private lapMs = 0;
  private smoothedMs = 0;
  ticks = 0;
  /** Milliseconds spent in each phase since the start. */
  readonly totalMs: Record<TickPhase, number> = Object.fromEntries(tickPhases.map((phase) => [phase, 0])) as never;
  longestMs = 0;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  begin(): void {
    this.startMs = this.nowMs();
    this.lapMs = this.startMs;
  }

  finished(phase: TickPhase): void {
    const now = this.nowMs();
    this.totalMs[phase] += now - this.lapMs;
    this.lapMs = now;
  }

  /** Milliseconds since the last tick began. */
  get sinceBeginMs(): number {
    return this.nowMs() - this.startMs;
  }

  end(): void {
    const tookMs = this.nowMs() - this.startMs;
    this.ticks += 1;
    this.longestMs = Math.max(this.longestMs, tookMs);
    this.smoothedMs += (tookMs - this.smoothedMs) * SMOOTHING;
  }

  /** 0 to {@link ADMISSION_CLOSED_LEVEL}, by the smoothed time of a tick. */
  get level(): number {
    return levelFromMs.filter((ms) => this.smoothedMs >= ms).length;
  }
}
