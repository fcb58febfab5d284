import type { TickPhase } from '../zone/tick-meter.ts';
import { tickPhases } from '../zone/tick-meter.ts';
import type { ZoneClient } from '../zone/viewer.ts';
import type { Zone } from '../zone/zone.ts';

/** Most entities and watchers of a zone that are told; `untold` counts the rest. */
export const MAX_LIVE_ENTITIES = 2_000;
export const MAX_LIVE_WATCHERS = 200;
/** The feed is made anew at most this often, however many ask. */
export const LIVE_FEED_EVERY_MS = 100;

/** An entity, as the server has it. Metres of the zone's map. */
export interface LiveEntity {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly x: number;
  readonly y: number;
  readonly health: number;
  readonly maxHealth: number;
  readonly state: number;
  readonly flags: number;
  readonly cell: number;
}

/** One connected player: which cells it sees, how much is in them, and what that costs. */
export interface LiveWatcher {
  readonly entityId: number;
  /** The 3×3 cells around its own, fewer at the zone's edge. */
  readonly cells: readonly number[];
  readonly entitiesSeen: number;
  readonly bytesSent: number;
  /** It is too far behind and gets nothing for now. */
  readonly isStalled: boolean;
}

export interface LiveZone {
  readonly zoneId: string;
  readonly name: string;
  readonly tick: number;
  readonly originX: number;
  readonly originY: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly players: number;
  readonly npcs: number;
  readonly overloadLevel: number;
  readonly ticks: number;
  /** Since the start, by phase. */
  readonly phaseMs: Readonly<Record<TickPhase, number>>;
  readonly longestTickMs: number;
  readonly entities: readonly LiveEntity[];
  readonly watchers: readonly LiveWatcher[];
  readonly untold: { readonly entities: number; readonly watchers: number };
}

/** All of the process's zones at one moment, for somebody who looks at them while they are built. */
export interface LiveFeed {
  readonly shardId: string;
  readonly atMs: number;
  readonly connections: number;
  readonly bytesSent: number;
  readonly skippedTicks: number;
  readonly zones: readonly LiveZone[];
}

const decoder = new TextDecoder();
const centimetres = (metres: number): number => Math.round(metres * 100) / 100;

export function liveZone(zone: Zone, bytesSentTo: (client: ZoneClient) => number): LiveZone {
  const { entities, grid, zone: definition, tick } = zone.sim.state;
  const seenIn = new Uint16Array(grid.cells);
  const slots = entities.slots();
  for (const slot of slots) seenIn[grid.cellOf[slot]!]! += 1;
  const viewers = [...zone.viewers];
  const { originX, originY, width, height } = definition;
  return {
    zoneId: zone.id,
    name: definition.name,
    tick,
    ...{ originX, originY, width, height },
    columns: grid.columns,
    players: zone.players,
    npcs: zone.npcs,
    overloadLevel: zone.meter.level,
    ticks: zone.meter.ticks,
    phaseMs: Object.fromEntries(tickPhases.map((phase) => [phase, zone.meter.totalMs[phase]])) as LiveZone['phaseMs'],
    longestTickMs: zone.meter.longestMs,
    entities: Array.from(slots.subarray(0, MAX_LIVE_ENTITIES), (slot) => ({
      id: slot,
      name: decoder.decode(entities.name[slot]),
      sort: entities.sort[slot]!,
      x: centimetres(entities.x[slot]!),
      y: centimetres(entities.y[slot]!),
      health: entities.health[slot]!,
      maxHealth: entities.maxHealth[slot]!,
      state: entities.state[slot]!,
      flags: entities.flags[slot]!,
      cell: grid.cellOf[slot]!,
    })),
    watchers: viewers.slice(0, MAX_LIVE_WATCHERS).map(({ slot, client, isStalled }) => {
      const cells = [...grid.seenFrom(grid.cellOf[slot]!)];
      const entitiesSeen = cells.reduce((sum, cell) => sum + seenIn[cell]!, 0);
      return { entityId: slot, cells, entitiesSeen, bytesSent: bytesSentTo(client), isStalled };
    }),
    untold: {
      entities: Math.max(0, slots.length - MAX_LIVE_ENTITIES),
      watchers: Math.max(0, viewers.length - MAX_LIVE_WATCHERS),
    },
  };
}

/** Says again what was said less than {@link LIVE_FEED_EVERY_MS} ago: who asks often costs the ticks nothing more. */
export function sparingly(nowMs: () => number, make: () => string): () => string {
  let madeMs = Number.NEGATIVE_INFINITY;
  let made = '';
  return () => {
    const now = nowMs();
    if (now - madeMs >= LIVE_FEED_EVERY_MS) {
      made = make();
      madeMs = now;
    }
    return made;
  };
}
