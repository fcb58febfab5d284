import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';

interface Claim {
  readonly seq: number;
  x: number;
  y: number;
}

const MAX_CLAIMS = 256;
/** What is left of the shown error after each client tick: gone from sight in a third of a second. */
const ERROR_KEPT_PER_TICK = 0.6;
const UNSEEN_METRES = 0.01;
/** A larger error is shown at once: gliding there would be a lie. */
const LARGEST_GLIDE_METRES = 3;

/**
 * The own place ahead of the server's answer. Every input claims a place; when the server's place for an acknowledged
 * input is another one, all later claims shift by the difference. What is shown glides there. Metres from the zone's
 * south-west corner.
 */
export class Prediction {
  x: number;
  y: number;
  private claims: Claim[] = [];
  /** The shown place less the predicted one. */
  private errorX = 0;
  private errorY = 0;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  /** Remembers that this input claims the present place. */
  claim(seq: number): void {
    this.claims.push({ seq, x: this.x, y: this.y });
    if (this.claims.length > MAX_CLAIMS) this.claims.shift();
  }

  /** The server says where the own body was after the input whose low byte is `ack`. Answers by how much that differs. */
  reconcile(ack: number, x: number, y: number): number {
    const index = this.claims.findLastIndex((claim) => (claim.seq & 0xff) === ack);
    if (index < 0) return 0;
    const claim = this.claims[index]!;
    const dx = x - claim.x;
    const dy = y - claim.y;
    this.claims = this.claims.slice(index);
    // Half a unit is what rounding to the wire costs.
    if (Math.abs(dx) <= METRES_PER_UNIT / 2 && Math.abs(dy) <= METRES_PER_UNIT / 2) return 0;
    for (const later of this.claims) {
      later.x += dx;
      later.y += dy;
    }
    return this.shift(dx, dy);
  }

  /** The server put the body elsewhere: everything claimed so far is void. Answers by how much the own place changed. */
  reset(x: number, y: number): number {
    this.claims = [];
    return this.shift(x - this.x, y - this.y);
  }

  private shift(dx: number, dy: number): number {
    this.x += dx;
    this.y += dy;
    this.errorX -= dx;
    this.errorY -= dy;
    if (Math.hypot(this.errorX, this.errorY) > LARGEST_GLIDE_METRES) this.showAsIs();
    return Math.hypot(dx, dy);
  }

  /** Shows the predicted place from here on. */
  showAsIs(): void {
    this.errorX = 0;
    this.errorY = 0;
  }

  /** One client tick: what is shown comes nearer to what is predicted. */
  settle(): void {
    this.errorX *= ERROR_KEPT_PER_TICK;
    this.errorY *= ERROR_KEPT_PER_TICK;
    if (Math.hypot(this.errorX, this.errorY) < UNSEEN_METRES) this.showAsIs();
  }

  /** Where to show the own body. */
  get shown(): { x: number; y: number } {
    return { x: this.x + this.errorX, y: this.y + this.errorY };
  }
}
