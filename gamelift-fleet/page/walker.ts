import type { ZoneClient } from '#fleet/client/zone-client.ts';
import type { Heading } from './keyboard.ts';

/** How far ahead a held key leads; it is renewed long before that is reached. */
const AHEAD_METRES = 20;
/** A last short step, so that the body keeps facing where it went. */
const HALT_METRES = 0.05;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Moves the own body by headings, one client tick at a time, and says where to draw it between ticks. */
export class Walker {
  private readonly client: ZoneClient;
  private last: Heading | undefined;
  private before: Place;
  private steppedMs = 0;

  constructor(client: ZoneClient) {
    this.client = client;
    this.before = client.place;
  }

  /** One client tick. */
  step(heading: Heading | undefined, nowMs: number): void {
    if (heading) this.head(heading, AHEAD_METRES);
    else if (this.last) this.head(this.last, HALT_METRES);
    this.last = heading;
    this.before = this.client.place;
    this.client.step();
    this.steppedMs = nowMs;
  }

  /** The predicted place between the last two ticks. */
  placeAt(nowMs: number): Place {
    const { x, y } = this.client.place;
    const share = Math.min(1, ((nowMs - this.steppedMs) * this.client.welcome.tickHz) / 1_000);
    return { x: this.before.x + (x - this.before.x) * share, y: this.before.y + (y - this.before.y) * share };
  }

  private head({ east, north }: Heading, metres: number): void {
    const { place, welcome } = this.client;
    const { originX, originY, width, height } = welcome;
    const x = Math.min(originX + width, Math.max(originX, place.x + east * metres));
    const y = Math.min(originY + height, Math.max(originY, place.y + north * metres));
    // Another key, a respawn or the end of the connection may come first.
    this.client.walkTo(x, y).catch(() => {});
  }
}
