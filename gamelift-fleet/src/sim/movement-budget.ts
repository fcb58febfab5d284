import { balance } from './balance.ts';

const UNITS_PER_METRE = 256;

/** `late`: more than the budget has, yet no more than one can have walked whose messages were held up on the way. */
export type Spending = 'fine' | 'late' | 'too_fast';

/**
 * How far one player went in the last second and the last ten, in server time. A cap per message alone would let many
 * small hops add up; the two sliding windows bound the sum, however the way is cut into messages. When nothing came for
 * a while, a window may also hold what was walked before it began and was held up: as much as the silence over its
 * beginning explains.
 */
export class MovementBudget {
  private readonly perTick = new Uint16Array(balance.movement.longWindowTicks);
  /** At each of the last ticks: the last tick until then in which something came. */
  private readonly heardTick = new Uint32Array(balance.movement.longWindowTicks + 1);
  private shortSum = 0;
  private longSum = 0;
  private tick: number;
  private heard: number;

  constructor(tick: number) {
    this.tick = tick;
    this.heard = tick;
    this.heardTick.fill(tick);
  }

  /** Takes the way from the budget, or refuses and takes nothing. `speed` is in metres per tick. */
  spend(metres: number, speed: number, tick: number): Spending {
    this.advance(tick);
    this.heard = tick;
    this.heardTick[tick % this.heardTick.length] = tick;
    const units = Math.ceil(metres * UNITS_PER_METRE);
    const { shortWindowTicks, longWindowTicks, longestSilenceTicks } = balance.movement;
    const shortSilence = this.silenceAt(tick - shortWindowTicks);
    const longSilence = this.silenceAt(tick - longWindowTicks);
    const isWithin = (longest: number) =>
      this.shortSum + units <= allowance(speed, shortWindowTicks + Math.min(longest, shortSilence)) &&
      this.longSum + units <= allowance(speed, longWindowTicks + Math.min(longest, longSilence));
    if (!isWithin(longestSilenceTicks)) return isWithin(Number.POSITIVE_INFINITY) ? 'late' : 'too_fast';
    // A column holds 255 m; more in one tick comes of a jump that no allowance covers.
    this.perTick[tick % longWindowTicks]! += units;
    this.shortSum += units;
    this.longSum += units;
    return 'fine';
  }

  /** For how many ticks nothing had come at a tick. */
  private silenceAt(tick: number): number {
    return Math.max(0, tick - this.heardTick[Math.max(0, tick) % this.heardTick.length]!);
  }

  private advance(tick: number): void {
    const { shortWindowTicks, longWindowTicks } = balance.movement;
    if (tick - this.tick >= longWindowTicks) {
      this.perTick.fill(0);
      this.heardTick.fill(this.heard);
      this.shortSum = 0;
      this.longSum = 0;
      this.tick = tick;
    }
    while (this.tick < tick) {
      this.tick += 1;
      const leavesShort = (this.tick - shortWindowTicks + longWindowTicks) % longWindowTicks;
      const leavesLong = this.tick % longWindowTicks;
      this.shortSum -= this.perTick[leavesShort]!;
      this.longSum -= this.perTick[leavesLong]!;
      this.perTick[leavesLong] = 0;
      this.heardTick[this.tick % this.heardTick.length] = this.heard;
    }
  }
}

function allowance(speed: number, windowTicks: number): number {
  const { speedFactor, slackMetres } = balance.movement;
  return (speed * windowTicks * speedFactor + slackMetres) * UNITS_PER_METRE;
}
