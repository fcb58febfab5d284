import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { gapFrame } from './cold.ts';
import type { KeptMessages } from './kept-messages.ts';
import type { OwnCombat } from './own-combat.ts';
import type { TickFrames, View } from './tick-frames.ts';

/** The one frame of the common case: a list that no client keeps, instead of one per client and tick. */
const alone: Uint8Array[] = [];

/** What a zone asks of a connection. */
export interface ZoneClient {
  /** Writes ready WebSocket frames, all in one write. The list is the caller's: it is not kept. */
  write(frames: readonly Uint8Array[]): void;
  close(reason: CloseReason): void;
}

/** Beyond this many ticks behind, a client gets nothing more until it has caught up; then a fresh view. */
const STALL_TICKS = 2 * TICK_HZ;
/** Beyond this many, it is closed. */
const GIVE_UP_TICKS = 10 * TICK_HZ;

/** Where a client's view begins. */
export interface ViewStart {
  readonly slot: number;
  readonly tick: number;
  /** The last tick that it has seen of this body's fights; unset: none before now concern it. */
  readonly seenTick: number | undefined;
  readonly ownSeq: number;
  readonly zoneSeq: number;
}

/** One player's window on the zone: what it has been told, and how far it has followed. */
export class Viewer {
  readonly slot: number;
  readonly client: ZoneClient;
  private readonly own: KeptMessages;
  private readonly zone: KeptMessages;
  private readonly combat: OwnCombat;
  /** What it has been shown; undefined: nothing that still holds. */
  private view: View | undefined;
  /** The last tick's frame, when it was not this client's turn. */
  private held: Buffer | undefined;
  private seenTick: number;
  private sentTick: number;
  /** Blows at the own body up to this tick were seen before this window; later ones count by what it has confirmed. */
  private readonly combatTick: number;
  private stalled = false;
  private greeting: Uint8Array[];
  private ownSent: number;
  private zoneSent: number;
  /** When own messages were sent, oldest first: they have arrived once their tick has. */
  private readonly unconfirmed: { readonly tick: number; readonly seq: number }[] = [];

  constructor(
    client: ZoneClient,
    start: ViewStart,
    told: { readonly own: KeptMessages; readonly zone: KeptMessages; readonly combat: OwnCombat },
    greeting: Uint8Array,
  ) {
    this.client = client;
    this.slot = start.slot;
    this.seenTick = start.tick;
    this.sentTick = start.tick;
    this.combatTick = start.seenTick ?? start.tick;
    this.ownSent = start.ownSeq;
    this.zoneSent = start.zoneSeq;
    this.own = told.own;
    this.zone = told.zone;
    this.combat = told.combat;
    this.greeting = [greeting];
  }

  get isStalled(): boolean {
    return this.stalled;
  }

  /** Newest tick that the client says it has applied; claims beyond what was sent count for nothing. */
  saw(tick: number): void {
    if (tick <= this.seenTick || tick > this.sentTick) return;
    this.seenTick = tick;
    let arrived = 0;
    while (this.unconfirmed.length > 0 && this.unconfirmed[0]!.tick <= tick) arrived = this.unconfirmed.shift()!.seq;
    this.own.forget(arrived);
    this.combat.seen(tick);
  }

  /**
   * Writes this tick, all in one, or holds its frame back until the next when the load makes clients take turns. Answers
   * false when the client is too far behind to be kept: it never sees a gap, it is resynced with a fresh view or closed.
   * `aside` is a frame for it alone that may be left out when it is behind: a later one says more.
   */
  send(tick: number, cell: number, frames: TickFrames, aside?: Uint8Array): boolean {
    if (tick - this.seenTick > GIVE_UP_TICKS || this.ownSent < this.own.reach) return false;
    if (this.stalled) {
      if (this.seenTick < this.sentTick) return true;
      this.stalled = false;
      this.view = undefined;
    } else if (tick - this.seenTick > STALL_TICKS) {
      this.stalled = true;
      this.held = undefined;
      return true;
    }
    const before = this.view;
    const view = frames.viewFrom(cell);
    this.view = view;
    const isFollowing = before === view;
    const hasOwnNews = aside !== undefined || this.ownSent !== this.own.newest;
    const { held } = this;
    if (isFollowing && !hasOwnNews && !held && !frames.isDue(this.slot, view)) {
      this.held = frames.following(view);
      return true;
    }
    const hasNews = hasOwnNews || this.zoneSent !== this.zone.newest;
    if (isFollowing && !hasNews) {
      alone[0] = held ? frames.joined(held, view) : frames.following(view);
      this.write(tick, alone);
      return true;
    }
    const frame = before === undefined ? frames.fresh(view) : frames.following(view, before);
    this.write(tick, [
      ...(held ? [held] : []),
      ...this.news(tick, before === undefined),
      ...(aside ? [aside] : []),
      frame,
    ]);
    return true;
  }

  private write(tick: number, written: readonly Uint8Array[]): void {
    this.client.write(written);
    this.held = undefined;
    this.sentTick = tick;
  }

  /** What goes before this tick's view: it has arrived when the view has. */
  private news(tick: number, isFresh: boolean): Uint8Array[] {
    const { own, zone, greeting } = this;
    const news = greeting;
    this.greeting = [];
    // A fresh view shows how things are, not what was done to this body meanwhile.
    const missed = isFresh ? this.combat.between(this.combatTick, tick) : undefined;
    if (missed) news.push(missed);
    if (this.ownSent < own.newest) {
      news.push(...own.after(this.ownSent));
      this.ownSent = own.newest;
      this.unconfirmed.push({ tick, seq: this.ownSent });
    }
    if (this.zoneSent < zone.reach) news.push(gapFrame('zone', zone.reach));
    news.push(...zone.after(this.zoneSent));
    this.zoneSent = zone.newest;
    return news;
  }
}
