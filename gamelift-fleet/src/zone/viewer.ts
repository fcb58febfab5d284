import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { gapFrame } from './cold.ts';
import type { KeptMessages } from './kept-messages.ts';
import type { Outbox } from './outbox.ts';
import type { OwnCombat } from './own-combat.ts';
import type { TickFrames, View } from './tick-frames.ts';
import { NO_WHOLE_VIEW, type ViewerColumns } from './viewer-columns.ts';

/** What a zone asks of a connection. */
export interface ZoneClient {
  /** Writes one or more ready WebSocket frames, in one piece that never changes afterwards. */
  write(frames: Uint8Array): void;
  close(reason: CloseReason): void;
}

/** Beyond this many ticks behind, a client gets nothing more until it has caught up; then a fresh view. */
export const STALL_TICKS = 2 * TICK_HZ;
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

/** What a window tells of, beside the view. */
export interface Told {
  readonly own: KeptMessages;
  readonly zone: KeptMessages;
  readonly combat: OwnCombat;
}

/** One player's window on the zone: what it has been told, and how far it has followed. */
export class Viewer {
  readonly slot: number;
  readonly client: ZoneClient;
  private readonly columns: ViewerColumns;
  private readonly outbox: Outbox;
  private readonly told: Told;
  /** What it has been shown; undefined: nothing that still holds. */
  private view: View | undefined;
  /** Blows at the own body up to this tick were seen before this window; later ones count by what it has confirmed. */
  private readonly combatTick: number;
  private stalled = false;
  private greeting: Uint8Array[];
  private ownSent: number;
  /** When own messages were sent, oldest first: they have arrived once their tick has. */
  private readonly unconfirmed: { readonly tick: number; readonly seq: number }[] = [];

  constructor(
    { columns, outbox }: { readonly columns: ViewerColumns; readonly outbox: Outbox },
    client: ZoneClient,
    start: ViewStart,
    told: Told,
    greeting: Uint8Array,
  ) {
    const { slot, tick } = start;
    this.outbox = outbox;
    this.columns = columns;
    this.client = client;
    this.slot = slot;
    this.told = told;
    this.combatTick = start.seenTick ?? tick;
    this.ownSent = start.ownSeq;
    this.greeting = [greeting];
    columns.begin(slot, client, tick, start.zoneSeq);
    told.own.watch(() => {
      columns.isApart[slot] = 1;
    });
  }

  get isStalled(): boolean {
    return this.stalled;
  }

  /** Newest tick that the client says it has applied; claims beyond what was sent count for nothing. */
  saw(tick: number): void {
    const { columns, slot, unconfirmed } = this;
    if (tick <= columns.seenTick[slot]! || tick > columns.sentTick[slot]!) return;
    columns.seenTick[slot] = tick;
    let arrived = 0;
    while (unconfirmed.length > 0 && unconfirmed[0]!.tick <= tick) arrived = unconfirmed.shift()!.seq;
    this.told.own.forget(arrived);
    this.told.combat.seen(tick);
  }

  /**
   * Writes this tick, all in one, or holds its frame back until the next when the load makes clients take turns. Answers
   * false when the client is too far behind to be kept: it never sees a gap, it is resynced with a fresh view or closed.
   * `aside` is a frame for it alone that may be left out when it is behind: a later one says more.
   */
  send(tick: number, cell: number, frames: TickFrames, aside?: Uint8Array): boolean {
    const { columns, slot, told } = this;
    const behind = tick - columns.seenTick[slot]!;
    if (behind > GIVE_UP_TICKS || this.ownSent < told.own.reach) return false;
    if (this.stalled) {
      if (columns.seenTick[slot]! < columns.sentTick[slot]!) return true;
      this.stalled = false;
      this.view = undefined;
    } else if (behind > STALL_TICKS) {
      this.stalled = true;
      columns.isApart[slot] = 1;
      columns.held[slot] = undefined;
      return true;
    }
    const before = this.view;
    this.view = frames.viewFrom(cell);
    const isFollowing = before === this.view;
    const hasOwnNews = aside !== undefined || this.ownSent !== told.own.newest;
    const held = columns.held[slot];
    if (isFollowing && !hasOwnNews && !held && !frames.isDue(slot, cell)) columns.held[slot] = frames.following(cell);
    else {
      const first = held ? [held] : [];
      const news = [...this.news(tick, before === undefined), ...(aside ? [aside] : [])];
      const frame = isFollowing
        ? frames.following(cell)
        : before === undefined
          ? frames.fresh(cell)
          : frames.changing(before, cell);
      this.write(tick, first.length + news.length === 0 ? frame : Buffer.concat([...first, ...news, frame]));
    }
    columns.cell[slot] = frames.showsAll ? cell : NO_WHOLE_VIEW;
    columns.isApart[slot] = columns.zoneSent[slot] === told.zone.newest ? 0 : 1;
    return true;
  }

  private write(tick: number, written: Uint8Array): void {
    const { columns, slot } = this;
    this.outbox.add(this.client, written);
    columns.held[slot] = undefined;
    columns.sentTick[slot] = tick;
  }

  /** What goes before this tick's view: it has arrived when the view has. */
  private news(tick: number, isFresh: boolean): Uint8Array[] {
    const { greeting, columns, slot } = this;
    const { own, zone, combat } = this.told;
    const news = greeting;
    this.greeting = [];
    // A fresh view shows how things are, not what was done to this body meanwhile.
    const missed = isFresh ? combat.between(this.combatTick, tick) : undefined;
    if (missed) news.push(missed);
    if (this.ownSent < own.newest) {
      news.push(...own.after(this.ownSent));
      this.ownSent = own.newest;
      this.unconfirmed.push({ tick, seq: this.ownSent });
    }
    const zoneSent = columns.zoneSent[slot]!;
    if (zoneSent < zone.reach) news.push(gapFrame('zone', zone.reach));
    news.push(...zone.after(zoneSent));
    columns.zoneSent[slot] = zone.newest;
    return news;
  }
}
