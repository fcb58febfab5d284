export const npcModes = { idle: 0, wander: 1, chase: 2, evade: 3, corpse: 4 } as const;

/** What an NPC has beyond the columns that every entity has, in columns by slot. */
export class NpcMinds {
  readonly mode: Uint8Array;
  readonly spawnPoint: Uint16Array;
  readonly homeX: Float64Array;
  readonly homeY: Float64Array;
  readonly goalX: Float64Array;
  readonly goalY: Float64Array;
  /** Next tick at which an idle NPC takes a walk. */
  readonly wanderTick: Uint32Array;
  readonly attackTick: Uint32Array;
  /** When a corpse vanishes. */
  readonly decayTick: Uint32Array;

  constructor(capacity: number) {
    const size = capacity + 1;
    this.mode = new Uint8Array(size);
    this.spawnPoint = new Uint16Array(size);
    this.homeX = new Float64Array(size);
    this.homeY = new Float64Array(size);
    this.goalX = new Float64Array(size);
    this.goalY = new Float64Array(size);
    this.wanderTick = new Uint32Array(size);
    this.attackTick = new Uint32Array(size);
    this.decayTick = new Uint32Array(size);
  }

  columns(): ArrayBufferView[] {
    return [this.mode, this.homeX, this.homeY, this.goalX, this.goalY, this.wanderTick, this.attackTick];
  }
}
