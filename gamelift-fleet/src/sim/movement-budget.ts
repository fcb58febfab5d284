import { balance } from './balance.ts';

const UNITS_PER_METRE = 256;

/**
 * How far one player went in the last second and the last ten, in server time. A cap per message alone would let many
 * small hops add up; the two sliding windows bound the sum, however the way is cut into messages.
 */
export class MovementBudget {
  private readonly perTick = new Uint16Array(balance.movement.longWindowTicks);
  private shortSum = 0;
  private longSum = 0;
  private tick: number;

  constructor(tick: number) {
    this.tick = tick;
  }

  /** Takes the way from the budget, or refuses and takes nothing. `speed` is in metres per tick. */
  spend(metres: number, speed: number, tick: number): boolean {
    this.advance(tick);
    const units = Math.ceil(metres * UNITS_PER_METRE);
    const { shortWindowTicks, longWindowTicks } = balance.movement;
    if (this.shortSum + units > allowance(speed, shortWindowTicks)) return false;
    if (this.longSum + units > allowance(speed, longWindowTicks)) return false;
    this.perTick[tick % longWindowTicks]! += units;
    this.shortSum += units;
    this.longSum += units;
    return true;
  }

  private advance(tick: number): void {
    const { shortWindowTicks, longWindowTicks } = balance.movement;
    if (tick - this.tick >= longWindowTicks) {
      this.perTick.fill(0);
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
    }
  }
}

function allowance(speed: number, windowTicks: number): number {
  const { speedFactor, slackMetres } = balance.movement;
  return (speed * windowTicks * speedFactor + slackMetres) * UNITS_PER_METRE;
}
