import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';

interface Claim {
  readonly seq: number;
  x: number;
  y: number;
}

const MAX_CLAIMS = 128;

/**
 * The own place ahead of the server's answer. Every input claims a place; when the server's place for an acknowledged
 * input is another one, all later claims shift by the difference. Metres from the zone's south-west corner.
 */
export class Prediction {
  x: number;
  y: number;
  private claims: Claim[] = [];

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  /** Remembers that this input claims the present place. */
  claim(seq: number): void {
    this.claims.push({ seq, x: this.x, y: this.y });
    if (this.claims.length > MAX_CLAIMS) this.claims.shift();
  }

  /** The server says where the own body was after the input whose low byte is `ack`. */
  reconcile(ack: number, x: number, y: number): void {
    const index = this.claims.findLastIndex((claim) => (claim.seq & 0xff) === ack);
    if (index < 0) return;
    const claim = this.claims[index]!;
    const dx = x - claim.x;
    const dy = y - claim.y;
    this.claims = this.claims.slice(index);
    // Half a unit is what rounding to the wire costs.
    if (Math.abs(dx) <= METRES_PER_UNIT / 2 && Math.abs(dy) <= METRES_PER_UNIT / 2) return;
    this.x += dx;
    this.y += dy;
    for (const later of this.claims) {
      later.x += dx;
      later.y += dy;
    }
  }

  /** The server put the body elsewhere: everything claimed so far is void. */
  reset(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.claims = [];
  }
}
