import type { Pong } from '#fleet/protocol/generated-codec.ts';

const KEPT_SAMPLES = 8;
const WRAP = 2 ** 32;

interface Sample {
  readonly roundTripMs: number;
  /** Server time less client time. */
  readonly offsetMs: number;
}

/** Estimates the server's time: of the last pings the one with the shortest way has the smallest error, half of its way. */
export class ClockSync {
  private readonly tickMs: number;
  private samples: Sample[] = [];

  constructor(tickHz: number) {
    this.tickMs = 1_000 / tickHz;
  }

  /** What a ping at this moment carries. */
  static stamp(nowMs: number): number {
    return Math.floor(nowMs) % WRAP;
  }

  take({ clientMs, tick, sinceTickMs }: Pong, nowMs: number): void {
    const roundTripMs = (ClockSync.stamp(nowMs) - clientMs + WRAP) % WRAP;
    const offsetMs = tick * this.tickMs + sinceTickMs + roundTripMs / 2 - nowMs;
    this.samples = [...this.samples.slice(1 - KEPT_SAMPLES), { roundTripMs, offsetMs }];
  }

  private get best(): Sample | undefined {
    return this.samples.reduce<Sample | undefined>(
      (best, one) => (best && best.roundTripMs <= one.roundTripMs ? best : one),
      undefined,
    );
  }

  /** Shortest way there and back of the last pings; undefined before the first answer. */
  get roundTripMs(): number | undefined {
    return this.best?.roundTripMs;
  }

  /** The server's tick at a moment of the client's clock, with its fraction; undefined before the first answer. */
  tickAt(nowMs: number): number | undefined {
    const { best } = this;
    return best && (nowMs + best.offsetMs) / this.tickMs;
  }
}
