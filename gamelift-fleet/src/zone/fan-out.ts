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

/** Tells every client of the tick. Nearly all get the frame of their cell and nothing else; {@link Viewer.send} has the other cases. */
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
    const { state, frames, viewers, topics } = this.context;
    const { tick, grid } = state;
    const { cell: cells, isApart, seenTick } = viewers.columns;
    const { newest } = topics.messages;
    const isQuiet = frames.showsAll && newest === this.topicsTold;
    this.topicsTold = newest;
    for (const slot of viewers.slots()) {
      const cell = grid.cellOf[slot]!;
      const aside = this.partyFrames.due(slot);
      const follows = isApart[slot] === 0 && cells[slot] === cell && tick - seenTick[slot]! <= STALL_TICKS;
      if (isQuiet && follows && aside === undefined) this.follow(slot, cell);
      else if (!viewers.get(slot)!.send(tick, cell, frames, aside)) giveUp(slot);
    }
  }

  /** For one who has seen from this cell up to the tick before, and is to be told nothing else. */
  private follow(slot: number, cell: number): void {
    const { state, frames, viewers } = this.context;
    const { client, held, sentTick } = viewers.columns;
    const before = held[slot];
    if (before === undefined && !frames.isDue(slot, cell)) {
      held[slot] = frames.following(cell);
      return;
    }
    sentTick[slot] = state.tick;
    if (before !== undefined) held[slot] = undefined;
    client[slot]!.write(before === undefined ? frames.following(cell) : frames.joined(before, cell));
  }
}
