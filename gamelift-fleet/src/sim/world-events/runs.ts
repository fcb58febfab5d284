/** One event that is under way. */
export interface EventRun {
  /** Index in the zone's `events`. */
  readonly event: number;
  readonly startTick: number;
  phase: number;
  phaseTick: number;
  /** Of those who came with it, how many were slain in this phase. */
  slain: number;
  /** When somebody alive was last near. */
  seenTick: number;
  /** Slot of whom it is about; 0: nobody. */
  escort: number;
  /** The point of its path that the escort makes for, and until when it rests before. */
  waypoint: number;
  restTick: number;
  /** Characters who were near in its first phase: its failure is theirs. */
  readonly followers: Set<string>;
}

/** An event that is under way when a simulation begins. Ticks are of this one: those of its past are below 0. */
export interface EventAtFirst extends Pick<EventRun, 'startTick' | 'phase' | 'phaseTick' | 'slain'> {
  readonly eventId: string;
  readonly followers: readonly string[];
  /** Unset: there is nobody to be brought along. */
  readonly escort?: { readonly x: number; readonly y: number; readonly health: number; readonly waypoint: number };
}

/** The events of a zone that are under way, each at most once, and when those begin that come by themselves. */
export class WorldEvents {
  /** By the event's index, in the order of their beginning. */
  readonly runs = new Map<number, EventRun>();
  /** By the event's index; 0: it does not come by itself. */
  readonly dueTick: number[];

  constructor(events: readonly { readonly everyTicks?: number | undefined }[]) {
    this.dueTick = events.map(({ everyTicks = 0 }) => everyTicks);
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([
      [...this.runs.values()].map((run) => ({ ...run, followers: [...run.followers] })),
      this.dueTick,
    ]);
  }
}
