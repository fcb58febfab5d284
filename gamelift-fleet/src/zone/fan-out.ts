import type { SimState } from '../sim/state.ts';
import { PartyFrames } from './party-frames.ts';
import type { TickFrames } from './tick-frames.ts';
import { STALL_TICKS } from './viewer.ts';
import type { Viewers } from './viewers.ts';
import type { ZoneTopics } from './zone-topics.ts';

interface FanOutContext {
  readonly state: SimState;
  readonly frames: TickFrames;
  readonly viewers: Viewers;
  readonly topics: ZoneTopics;
}

/**
 * Tells every client of the tick. Nearly all get the frame of their cell, and before it what is told to all;
 * {@link Viewer.send} has the other cases.
 */
export class FanOut {
  private readonly context: FanOutContext;
  private readonly partyFrames: PartyFrames;
  /** Newest message to all that every client was offered. */
  private topicsTold = 0;

  constructor(context: FanOutContext) {
    this.context = context;
    this.partyFrames = new PartyFrames(context.state, context.frames);
  }

  /** `giveUp` is told the slots of those who are too far behind to be kept. */
  send(giveUp: (slot: number) => void): void {
    const { state, frames, viewers } = this.context;
    const { tick, grid } = state;
    const { cell: cells, isApart, seenTick } = viewers.columns;
    const news = this.news();
    const isCommon = frames.showsAll && news !== 'lost';
    for (const slot of viewers.slots()) {
      const cell = grid.cellOf[slot]!;
      const aside = this.partyFrames.due(slot);
      const follows = isApart[slot] === 0 && cells[slot] === cell && tick - seenTick[slot]! <= STALL_TICKS;
      if (isCommon && follows && aside === undefined && this.follow(slot, cell, news)) continue;
      if (!viewers.get(slot)!.send(tick, cell, frames, aside)) giveUp(slot);
    }
  }

  /** What is told to all since the tick before, in one piece; lost: of that not everything is kept any more. */
  private news(): Uint8Array | 'lost' | undefined {
    const { messages } = this.context.topics;
    const { newest, reach } = messages;
    const told = this.topicsTold;
    this.topicsTold = newest;
    if (newest === told) return undefined;
    return told < reach ? 'lost' : Buffer.concat(messages.after(told));
  }

  /**
   * For one who has seen from this cell up to the tick before, and is to be told nothing else. Answers false when it is
   * to be told the news and takes turns with others.
   */
  private follow(slot: number, cell: number, news: Uint8Array | undefined): boolean {
    const { state, frames, viewers, topics } = this.context;
    const { client, held, sentTick, zoneSent } = viewers.columns;
    const before = held[slot];
    const isDue = before !== undefined || frames.isDue(slot, cell);
    if (news !== undefined) {
      if (before !== undefined || !isDue) return false;
      zoneSent[slot] = topics.messages.newest;
    } else if (!isDue) {
      held[slot] = frames.following(cell);
      return true;
    }
    sentTick[slot] = state.tick;
    if (before !== undefined) held[slot] = undefined;
    const first = before ?? news;
    viewers.outbox.add(client[slot]!, first === undefined ? frames.following(cell) : frames.joined(first, cell));
    return true;
  }
}
