import type { CharacterId } from '#shared/kernel/ids.ts';

/** Characters named in a unit's notes for its events, of all of them together: an item of the table has its limit. */
export const MAX_NOTED_FOLLOWERS = 1_000;

/** An event of the world that is under way: the next owner of the unit lets it go on from here. */
export interface NotedEvent {
  readonly eventId: string;
  readonly startedAtMs: number;
  /** Counts from 0. */
  readonly phase: number;
  readonly phaseAtMs: number;
  /** Of those who came with it, how many were slain in this phase. */
  readonly slain: number;
  /** Who is brought along, and which point of its path it makes for. */
  readonly escort?: { readonly x: number; readonly y: number; readonly health: number; readonly waypoint: number };
  /** Whose failure it would be, if quests ask for it. */
  readonly followers: readonly CharacterId[];
}

/** An event that is over, while its quests may not have been told of it yet. */
export interface NotedEnd {
  readonly eventId: string;
  readonly isDone: boolean;
  readonly characterIds: readonly CharacterId[];
  readonly endedAtMs: number;
}

/** What a unit's owner notes down of the events of the world. */
export interface NotedEvents {
  readonly underWay: readonly NotedEvent[];
  readonly over: readonly NotedEnd[];
}
