import { MAX_RULES } from './npcs/behaviour-spec.ts';

export const npcModes = { idle: 0, wander: 1, chase: 2, evade: 3, corpse: 4 } as const;

/** Of an NPC that no spawn of the zone has brought forth. */
export const NO_SPAWN_POINT = 65_535;

/** What an NPC has beyond the columns that every entity has, in columns by slot. */
export class NpcMinds {
  readonly mode: Uint8Array;
  /** Index in the state's `spawnPoints`, or {@link NO_SPAWN_POINT}. */
  readonly spawnPoint: Uint16Array;
  /** The boss that has called it, and which life of that slot; 0: it stands for itself. */
  readonly summoner: Uint16Array;
  readonly summonerLife: Uint32Array;
  /** Where it goes when a fight is over: where the fight began. */
  readonly homeX: Float64Array;
  readonly homeY: Float64Array;
  readonly homeYaw: Float64Array;
  readonly goalX: Float64Array;
  readonly goalY: Float64Array;
  /** Next tick at which an idle NPC takes a walk. */
  readonly wanderTick: Uint32Array;
  /** Waypoint of its patrol that it makes for. */
  readonly waypoint: Uint8Array;
  /** When it last thought while it was at rest: who comes near it then finds it where it would be by now. */
  readonly thoughtTick: Uint32Array;
  readonly attackTick: Uint32Array;
  /** The fight that it has begun to think of: another number is a new fight. */
  readonly fightSeq: Uint32Array;
  /** Slot of whom it fights; 0: it has not chosen. */
  readonly target: Uint16Array;
  /** It runs until then. */
  readonly fleeTick: Uint32Array;
  /** For how many ticks it has found no way to whom it fights. */
  readonly stuckTicks: Uint16Array;
  /** When each of its rules may apply again, `MAX_RULES` side by side. */
  readonly ruleTick: Uint32Array;
  /** Of its encounter; counts from 0. */
  readonly phase: Uint8Array;
  readonly isEnraged: Uint8Array;
  /** It came with the event before this number; 0: with none. */
  readonly event: Uint8Array;
  /** It is to be brought along: players cannot strike it. */
  readonly isFriend: Uint8Array;
  /** When a corpse vanishes. */
  readonly decayTick: Uint32Array;

  constructor(capacity: number) {
    const size = capacity + 1;
    this.mode = new Uint8Array(size);
    this.spawnPoint = new Uint16Array(size);
    this.summoner = new Uint16Array(size);
    this.summonerLife = new Uint32Array(size);
    this.homeX = new Float64Array(size);
    this.homeY = new Float64Array(size);
    this.homeYaw = new Float64Array(size);
    this.goalX = new Float64Array(size);
    this.goalY = new Float64Array(size);
    this.wanderTick = new Uint32Array(size);
    this.waypoint = new Uint8Array(size);
    this.thoughtTick = new Uint32Array(size);
    this.attackTick = new Uint32Array(size);
    this.fightSeq = new Uint32Array(size);
    this.target = new Uint16Array(size);
    this.fleeTick = new Uint32Array(size);
    this.stuckTicks = new Uint16Array(size);
    this.ruleTick = new Uint32Array(size * MAX_RULES);
    this.phase = new Uint8Array(size);
    this.isEnraged = new Uint8Array(size);
    this.event = new Uint8Array(size);
    this.isFriend = new Uint8Array(size);
    this.decayTick = new Uint32Array(size);
  }

  columns(): ArrayBufferView[] {
    return [
      ...[this.mode, this.spawnPoint, this.summoner, this.summonerLife, this.homeX, this.homeY, this.homeYaw],
      ...[this.goalX, this.goalY, this.wanderTick, this.waypoint, this.thoughtTick, this.attackTick, this.fightSeq],
      ...[this.target, this.fleeTick, this.stuckTicks, this.ruleTick, this.phase, this.isEnraged, this.decayTick],
      ...[this.event, this.isFriend],
    ];
  }
}
