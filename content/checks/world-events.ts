import type { Catalogue } from '../catalogue.ts';
import type { WorldEvent } from '../schema/world-event.ts';
import type { Zone } from '../schema/zone.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';
import { doorWalls, Ground, leadsThrough } from './walls.ts';
import { holds, isClear, metresBetween } from './world.ts';

/** The most that a zone tells its clients of: its walls, with those that doors open. */
const MAX_OBSTACLES = 256;

/** Objects stand where players reach them, resolve, and are not for a quest that never asks for them. */
export function checkObjects(content: Catalogue, index: ContentIndex, report: Report): void {
  const all = content.zones.flatMap((zone) => zone.objects);
  report.expectUnique(
    all.map(({ id }) => id),
    'zones',
    'object',
  );
  for (const zone of content.zones) {
    const doors = zone.objects.filter(({ effect }) => effect.kind === 'door').length;
    report.expect(zone.obstacles.length + doors <= MAX_OBSTACLES, `zones/${zone.id}`, 'it has too many walls');
    for (const { id, at, quest, effect } of zone.objects) {
      const where = `zones/${zone.id}/objects/${id}`;
      const stand = { ...at, radiusM: 0.5 };
      report.expect(holds(zone, stand), where, 'it lies outside');
      report.expect(isClear(zone, stand), where, 'an obstacle stands in it');
      report.expect(quest === null || index.quests.has(quest), where, `there is no quest "${quest}"`);
      if (effect.kind === 'loot') {
        const { lootTable } = effect;
        report.expect(index.lootTables.has(lootTable), where, `there is no loot table "${lootTable}"`);
      } else if (effect.kind === 'event') {
        const event = zone.events.find((one) => one.id === effect.event);
        report.expect(event !== undefined, where, `its zone has no event "${effect.event}"`);
        report.expect(!event || event.starts.kind === 'object', where, `"${effect.event}" starts by time`);
      } else if (effect.kind === 'door') {
        const { minX, minY, maxX, maxY } = effect.blocks;
        const { bounds } = zone;
        const isInside = minX >= bounds.minX && minY >= bounds.minY && maxX <= bounds.maxX && maxY <= bounds.maxY;
        report.expect(minX < maxX && minY < maxY && isInside, where, 'what it opens is no box within the zone');
        report.expect(isClear({ ...zone, obstacles: [effect.blocks] }, stand), where, 'it stands in its own wall');
      }
    }
  }
}

/** Events can begin, go on and end, with NPCs that exist, where players can be. */
export function checkEvents(content: Catalogue, index: ContentIndex, report: Report): void {
  report.expectUnique(
    content.zones.flatMap((zone) => zone.events.map(({ id }) => id)),
    'zones',
    'event',
  );
  const started = new Set(
    [...index.objects.values()].flatMap(({ effect }) => (effect.kind === 'event' ? [effect.event] : [])),
  );
  for (const zone of content.zones) {
    const ground = new Ground(zone);
    for (const event of zone.events) {
      const where = `zones/${zone.id}/events/${event.id}`;
      report.expect(event.starts.kind !== 'object' || started.has(event.id), where, 'nothing starts it');
      report.expect(holds(zone, event.area), where, 'it lies outside');
      const isQuiet = zone.restAreas.every((rest) =>
        event.phases.every(({ waves }) =>
          waves.every(({ area }) => metresBetween(rest, area) >= rest.radiusM + area.radiusM),
        ),
      );
      report.expect(isQuiet, where, 'a wave comes into a rest area');
      checkPhases(zone, event, where, report);
      checkCast(zone, event, index, where, report);
      checkWays(zone, event, ground, where, report);
    }
  }
}

function checkPhases(zone: Zone, event: WorldEvent, where: string, report: Report): void {
  report.expectUnique(
    event.phases.map(({ id }) => id),
    where,
    'phase',
  );
  let arrived = 0;
  for (const { id, waves, ends } of event.phases) {
    const coming = waves.reduce((sum, { count }) => sum + count, 0);
    if (ends.kind === 'slain') report.expect(ends.count <= coming, where, `phase "${id}" asks for more than come`);
    if (ends.kind === 'after') {
      report.expect(ends.ms < event.limitSeconds * 1_000, where, `phase "${id}" is longer than the event`);
    }
    if (ends.kind === 'arrived') {
      report.expect(event.escort !== null, where, `nobody arrives in phase "${id}"`);
      const isOnPath = ends.waypoint < (event.escort?.path.length ?? Number.POSITIVE_INFINITY);
      report.expect(isOnPath, where, `phase "${id}" ends beyond the path`);
      report.expect(ends.waypoint > arrived, where, `phase "${id}" ends before it begins`);
      arrived = ends.waypoint;
    }
    for (const { area, npc } of waves) {
      report.expect(holds(zone, area), where, `a wave of ${npc} comes from outside`);
      report.expect(isClear(zone, { ...area, radiusM: 0 }), where, `a wave of ${npc} comes out of an obstacle`);
    }
  }
  const last = (event.escort?.path.length ?? 1) - 1;
  report.expect(event.escort === null || arrived === last, where, 'it ends before its way does');
}

function checkCast(zone: Zone, event: WorldEvent, index: ContentIndex, where: string, report: Report): void {
  const { escort, phases } = event;
  for (const id of [...(escort ? [escort.npc] : []), ...phases.flatMap(({ waves }) => waves.map(({ npc }) => npc))]) {
    const npc = index.npcs.get(id);
    report.expect(npc !== undefined, where, `there is no NPC kind "${id}"`);
    report.expect(npc?.rank !== 'boss', where, `boss ${id} comes as one of many`);
    const isOfZone = !npc || (npc.level >= zone.levelRange.min && npc.level <= zone.levelRange.max);
    report.expect(isOfZone, where, `${id} is outside the zone's levels`);
  }
  if (!escort) return;
  const guide = index.npcs.get(escort.npc);
  report.expect(!guide || guide.speedMps > 0, where, `${escort.npc} cannot walk`);
  report.expect(!index.spawned.has(escort.npc), where, `${escort.npc} lives in a zone as an enemy`);
}

/** Waves come from where they can reach somebody; an escort's way leads past all walls, and through doors at most. */
function checkWays(zone: Zone, { escort, phases }: WorldEvent, ground: Ground, where: string, report: Report): void {
  for (const { npc, area } of phases.flatMap(({ waves }) => waves))
    report.expect(ground.reaches(area), where, `a wave of ${npc} comes from where no way leads`);
  const standing = { ...zone, obstacles: [...zone.obstacles, ...doorWalls(zone)] };
  const path = escort?.path ?? [];
  for (const [index, point] of path.entries()) {
    const stand = { x: point.x, y: point.y, radiusM: 0 };
    const isOpen = holds(zone, stand) && isClear(standing, stand) && ground.reaches(stand);
    report.expect(isOpen, where, 'its way leads to where nobody can stand');
    const next = path[index + 1];
    report.expect(!next || !leadsThrough(zone.obstacles, point, next), where, 'its way leads through a wall');
  }
}
