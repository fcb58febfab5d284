import { balance } from './balance.ts';

const UNITS_PER_METRE = 256;

/** `late`: more than the budget has, yet no more than one can have walked whose messages were held up on the way. */
export type Spending = 'fine' | 'late' | 'too_fast';

/**
 * How far one player went in the last second and the last ten, in server time. A cap per message alone would let many
 * small hops add up; the two sliding windows bound the sum, however the way is cut into messages. A window may also hold
 * what was walked before it began and was held up on the way: inputs are numbered by the ticks of their client, so that
 * it is known how many of these a window spans. One who pretends to be held up gains nothing by it in the long run.
 */
export class MovementBudget {
  private readonly perTick = new Uint16Array(balance.movement.longWindowTicks);
  private shortSum = 0;
  private longSum = 0;
  private tick: number;
  /** At each of the last ticks: the client's tick by the newest input until then, in ticks of the server. */
  private readonly clientTick = new Uint32Array(balance.movement.longWindowTicks + 1);
  private newestClientTick: number;
  /** When the newest input came. */
  private arrivalTick: number;
  /** The client's tick 0, in ticks of the server. */
  private originTick: number;
  private grantMetres = 0;
  private grantUntilTick = 0;

  constructor(tick: number) {
    this.tick = tick;
    this.newestClientTick = tick;
    this.arrivalTick = tick;
    this.originTick = tick;
    this.clientTick.fill(tick);
  }

  /** Another connection, whose client counts its ticks anew: since the last input of the one before, nothing was on its way. */
  reconnected(tick: number): void {
    this.advance(tick);
    const { length } = this.clientTick;
    const since = Math.max(this.arrivalTick + 1, tick - length + 1);
    for (let silent = since; silent <= tick; silent++) this.clientTick[silent % length] = silent;
    this.newestClientTick = tick;
    this.arrivalTick = tick;
    this.originTick = tick;
  }

  /** An input of this tick of the client has come. No client is ahead of the server. */
  hear(clientTick: number, tick: number): void {
    this.advance(tick);
    this.newestClientTick = Math.max(this.newestClientTick, Math.min(tick, this.originTick + clientTick));
    this.clientTick[tick % this.clientTick.length] = this.newestClientTick;
    this.arrivalTick = tick;
  }

  /** Takes the way from the budget, or refuses and takes nothing. `speed` is in metres per tick. */
  spend(metres: number, speed: number, tick: number): Spending {
    this.advance(tick);
    const units = Math.ceil(metres * UNITS_PER_METRE);
    const { shortWindowTicks, longWindowTicks, longestHoldUpTicks, longestExcuseTicks } = balance.movement;
    const heldUpShort = this.heldUpSince(shortWindowTicks);
    const heldUpLong = this.heldUpSince(longWindowTicks);
    const granted = tick < this.grantUntilTick ? this.grantMetres * UNITS_PER_METRE : 0;
    const isWithin = (longest: number) =>
      this.shortSum + units - granted <= allowance(speed, shortWindowTicks + Math.min(longest, heldUpShort)) &&
      this.longSum + units - granted <= allowance(speed, longWindowTicks + Math.min(longest, heldUpLong));
    if (!isWithin(longestHoldUpTicks)) return isWithin(longestExcuseTicks) ? 'late' : 'too_fast';
    // A column holds 255 m; more in one tick comes of a jump that no allowance covers.
    this.perTick[tick % longWindowTicks]! += units;
    this.shortSum += units;
    this.longSum += units;
    return 'fine';
  }

  /** Gives so much beyond the speed, for as long as a long window. */
  grant(metres: number, tick: number): void {
    this.advance(tick);
    const left = tick < this.grantUntilTick ? this.grantMetres : 0;
    this.grantMetres = left + metres;
    this.grantUntilTick = tick + balance.movement.longWindowTicks;
  }

  /** So many more ticks than the server has the client lived since a tick: their steps were held up then. */
  private heldUpSince(windowTicks: number): number {
    const begin = this.clientTick[Math.max(0, this.tick - windowTicks) % this.clientTick.length]!;
    return Math.max(0, this.newestClientTick - begin - windowTicks);
  }

  private advance(tick: number): void {
    const { shortWindowTicks, longWindowTicks } = balance.movement;
    if (tick - this.tick >= longWindowTicks) {
      this.perTick.fill(0);
      this.clientTick.fill(this.newestClientTick);
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
      this.clientTick[this.tick % this.clientTick.length] = this.newestClientTick;
    }
  }
}

function allowance(speed: number, windowTicks: number): number {
  const { speedFactor, slackMetres } = balance.movement;
  return (speed * windowTicks * speedFactor + slackMetres) * UNITS_PER_METRE;
}
