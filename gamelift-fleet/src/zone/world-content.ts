import { quests } from '#content/quests.ts';
import type { Circle, Waypoint } from '#content/schema/area.ts';
import type { WorldEvent } from '#content/schema/world-event.ts';
import type { WorldObject } from '#content/schema/world-object.ts';
import type { Zone } from '#content/schema/zone.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Area, EventPhaseSpec, EventSpec, ObjectSpec, WaypointSpec } from '../sim/definition.ts';
import type { Box } from '../sim/obstacles.ts';

const ticks = (ms: number): number => Math.max(1, Math.round((ms * TICK_HZ) / 1_000));
const area = ({ x, y, radiusM }: Circle): Area => ({ x, y, radius: radiusM });

/** Objects and events that some quest asks for. */
const counted = new Set(
  quests.all.flatMap(({ objectives }) =>
    objectives.flatMap((objective) => {
      if (objective.kind === 'use') return [objective.object];
      return objective.kind === 'event' || objective.kind === 'escort' ? [objective.event] : [];
    }),
  ),
);

/** The walls that doors open, in the order of their objects. */
export function doorsOf({ objects }: Pick<Zone, 'objects'>): readonly Box[] {
  return objects.flatMap(({ effect }) => (effect.kind === 'door' ? [effect.blocks] : []));
}

/** The simulation's view of an object; the walls that doors open stand behind the others. */
export function objectSpec(object: WorldObject, zone: Zone): ObjectSpec {
  const { id, name, look, at, useMs, respawnSeconds, quest } = object;
  return {
    ...{ id, name, look, x: at.x, y: at.y, isCounted: counted.has(id) },
    useTicks: Math.round((useMs * TICK_HZ) / 1_000),
    respawnTicks: ticks(respawnSeconds * 1_000),
    ...(quest === null ? {} : { quest }),
    effect: effectOf(object, zone),
  };
}

function effectOf({ effect }: WorldObject, zone: Zone): ObjectSpec['effect'] {
  switch (effect.kind) {
    case 'door':
      return { kind: effect.kind, obstacle: zone.obstacles.length + doorsOf(zone).indexOf(effect.blocks) };
    case 'event':
      return { kind: effect.kind, event: zone.events.findIndex(({ id }) => id === effect.event) };
    default:
      return { kind: effect.kind };
  }
}

/** The simulation's view of an event, among the kinds of NPC of its zone. */
export function eventSpec(event: WorldEvent, kinds: readonly string[]): EventSpec {
  const { id, name, starts, escort, phases, limitSeconds, aloneSeconds, doneText, failText } = event;
  return {
    ...{ id, name, doneText, failText, area: area(event.area), isCounted: counted.has(id) },
    ...(starts.kind === 'every' ? { everyTicks: ticks(starts.minutes * 60_000) } : {}),
    ...(escort ? { escort: { kind: kinds.indexOf(escort.npc), path: escort.path.map(waypointSpec) } } : {}),
    phases: phases.map(({ text, waves, ends }) => ({
      text,
      waves: waves.map((wave) => ({ kind: kinds.indexOf(wave.npc), count: wave.count, area: area(wave.area) })),
      ends: endsOf(ends),
    })),
    limitTicks: ticks(limitSeconds * 1_000),
    aloneTicks: ticks(aloneSeconds * 1_000),
  };
}

function endsOf(ends: WorldEvent['phases'][number]['ends']): EventPhaseSpec['ends'] {
  return ends.kind === 'after' ? { kind: ends.kind, ticks: ticks(ends.ms) } : ends;
}

function waypointSpec({ x, y, pauseMs }: Waypoint): WaypointSpec {
  return { x, y, pauseTicks: Math.round((pauseMs * TICK_HZ) / 1_000) };
}
