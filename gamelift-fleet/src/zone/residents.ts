import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Admission } from '../persist/ports.ts';
import type { PlayerSnapshot } from '../sim/outcome.ts';
import { ChatAllowance } from './chat.ts';
import type { ZoneClient } from './viewer.ts';

/** Somebody whose body is in the zone, or is about to be. */
export interface Resident {
  readonly who: Admission;
  readonly chat: ChatAllowance;
  client: ZoneClient | undefined;
  /** Slot of its body; 0 while it has none yet. */
  slot: number;
  /** The simulation has let this connection in. */
  entered: boolean;
  /** It plays elsewhere by now: its last state here must not hide the one from there. */
  movedOn: boolean;
  /** Tick of the last save, and what it said: equal means nothing to save. */
  savedTick: number;
  saved: string;
}

/** A newcomer, or the successor of a connection whose body is still here. */
export function newResident(who: Admission, client: ZoneClient, tick: number, before?: Resident): Resident {
  return {
    who,
    client,
    chat: before?.chat ?? new ChatAllowance(),
    slot: before?.slot ?? 0,
    entered: false,
    movedOn: false,
    savedTick: tick,
    saved: '',
  };
}

/** Lets others wait until a body is out. */
export class Departures {
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Resolves with the next {@link happened} of this character. */
  async next(characterId: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting.set(characterId, [...(this.waiting.get(characterId) ?? []), resolve]);
    });
  }

  happened(characterId: string): void {
    for (const resolve of this.waiting.get(characterId) ?? []) resolve();
    this.waiting.delete(characterId);
  }

  /** Nobody waits any longer. */
  giveUp(): void {
    for (const characterId of [...this.waiting.keys()]) this.happened(characterId);
  }
}

/** A ticket that was read from the store before a save got there is redeemed within this time. */
const AFTERGLOW_TICKS = 5 * TICK_HZ;
/** An evicted session is refused for this long, should its ticket be on the way. */
const REFUSE_TICKS = 60 * TICK_HZ;

/** What the zone knows better than the store for a short while. */
export class ShortMemory {
  private readonly states = new Map<string, { readonly state: PlayerSnapshot; savedTick: number | undefined }>();
  private readonly evictedSessions = new Map<string, number>();

  /** The last state of one who has just left; `saved` resolves when the store has it. */
  left(state: PlayerSnapshot, saved: Promise<void>, nowTick: () => number): void {
    const entry: { readonly state: PlayerSnapshot; savedTick: number | undefined } = { state, savedTick: undefined };
    this.states.set(state.characterId, entry);
    void saved.then(() => {
      entry.savedTick = nowTick();
    });
  }

  stateOf(characterId: string): PlayerSnapshot | undefined {
    return this.states.get(characterId)?.state;
  }

  evicted(sessionId: string, tick: number): void {
    this.evictedSessions.set(sessionId, tick);
  }

  isEvicted(sessionId: string): boolean {
    return this.evictedSessions.has(sessionId);
  }

  /** Forgets what is old. */
  fade(tick: number): void {
    for (const [id, at] of this.evictedSessions) if (tick - at > REFUSE_TICKS) this.evictedSessions.delete(id);
    for (const [id, { savedTick }] of this.states)
      if (savedTick !== undefined && tick - savedTick > AFTERGLOW_TICKS) this.states.delete(id);
  }
}
