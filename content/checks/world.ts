import { MAX_ZONE_ID_CHARACTERS, zoneOf } from '#shared/kernel/zone-unit.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Circle } from '../schema/area.ts';
import type { Zone } from '../schema/zone.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';
import { doorWalls, Ground, isSeam, leadsThrough } from './walls.ts';

/** NPCs resolve, live somewhere, and are no weaker than their rank says. */
export function checkNpcs(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const npc of content.npcs) {
    const where = `npcs/${npc.id}`;
    report.expect(index.lootTables.has(npc.lootTable), where, `there is no loot table "${npc.lootTable}"`);
    report.expect(npc.damage.min <= npc.damage.max, where, 'damage is a range');
    report.expect(index.spawned.has(npc.id) || index.inEvents.has(npc.id), where, 'no zone spawns it');
    for (const id of npc.abilities) {
      const ability = index.abilities.get(id);
      report.expect(ability !== undefined, where, `there is no ability "${id}"`);
      report.expect(!ability || ability.class === null, where, `ability "${id}" belongs to a class`);
    }
  }
}

/** Zones hold what they place, lead to each other both ways, and are all reached from the one where players begin. */
export function checkZones(content: Catalogue, index: ContentIndex, report: Report): void {
  const starting = content.zones.filter((zone) => zone.starting);
  report.expect(starting.length === 1, 'zones', 'exactly one zone is where new characters begin');
  report.expectUnique(
    content.zones.flatMap((zone) => zone.points.map((point) => point.id)),
    'zones',
    'point',
  );
  report.expectUnique(
    content.zones.flatMap((zone) => zone.npcSpawns.map((spawn) => spawn.id)),
    'zones',
    'NPC spawn',
  );
  for (const zone of content.zones) {
    const where = `zones/${zone.id}`;
    const { bounds, levelRange } = zone;
    report.expect(zoneOf(zone.id) === zone.id, where, 'its id reads like that of a layer or an instance');
    report.expect(zone.id.length <= MAX_ZONE_ID_CHARACTERS, where, 'its id leaves no room for that of an instance');
    report.expect(bounds.minX < bounds.maxX && bounds.minY < bounds.maxY, where, 'bounds are a rectangle');
    report.expect(levelRange.min <= levelRange.max, where, 'levelRange is a range');
    report.expect(holds(zone, zone.spawn), where, 'its spawn lies outside');
    report.expect(holds(zone, zone.graveyard), where, 'its graveyard lies outside');
    const isRestful = zone.restAreas.some(
      (rest) => metresBetween(rest, zone.spawn) + zone.spawn.radiusM <= rest.radiusM,
    );
    report.expect(isRestful, where, 'its spawn lies in no rest area');
    for (const rest of zone.restAreas) {
      report.expect(holds(zone, rest), where, 'a rest area lies outside');
      const isQuiet = zone.npcSpawns.every(
        (spawn) => metresBetween(rest, spawn.area) >= rest.radiusM + spawn.area.radiusM,
      );
      report.expect(isQuiet, where, 'a rest area reaches into where NPCs live');
    }
    for (const { minX, minY, maxX, maxY } of zone.obstacles) {
      const { bounds } = zone;
      const isInside = minX >= bounds.minX && minY >= bounds.minY && maxX <= bounds.maxX && maxY <= bounds.maxY;
      report.expect(minX < maxX && minY < maxY && isInside, where, 'an obstacle is no box within its bounds');
    }
    const walls = [...zone.obstacles, ...doorWalls(zone)];
    const isTight = walls.every((one, index) => walls.slice(index + 1).every((other) => !isSeam(one, other)));
    report.expect(isTight, where, 'two obstacles touch: let them overlap, or one passes through the seam');
    report.expect(isClear(zone, zone.spawn), where, 'an obstacle stands in its spawn');
    report.expect(isClear(zone, zone.graveyard), where, 'an obstacle stands in its graveyard');
    for (const point of zone.points) {
      // A landmark may be a building; where one deals or passes through there must be room.
      const isOpen = point.kind === 'landmark' || isClear(zone, point.at);
      report.expect(isOpen, where, `an obstacle stands in point "${point.id}"`);
      report.expect(holds(zone, point.at), where, `point "${point.id}" lies outside`);
      if (point.kind !== 'gate') continue;
      const back = index.zones
        .get(point.toZone)
        ?.points.some((other) => other.kind === 'gate' && other.toZone === zone.id);
      report.expect(back === true, where, `gate "${point.id}" leads nowhere, or there is no way back`);
    }
    const ground = new Ground(zone);
    for (const spawn of zone.npcSpawns) {
      const npc = index.npcs.get(spawn.npc);
      report.expect(npc !== undefined, where, `there is no NPC kind "${spawn.npc}"`);
      const isRoomy = isClear(zone, { ...spawn.area, radiusM: 0 });
      report.expect(isRoomy, where, `an obstacle stands in the middle of spawn "${spawn.id}"`);
      report.expect(holds(zone, spawn.area), where, `spawn "${spawn.id}" lies outside`);
      report.expect(ground.reaches(spawn.area), where, `spawn "${spawn.id}" reaches to where no way leads`);
      report.expect(
        !npc || (npc.level >= levelRange.min && npc.level <= levelRange.max),
        where,
        `spawn "${spawn.id}" is outside the zone's levels`,
      );
      report.expect(npc?.rank !== 'boss' || spawn.count === 1, where, `spawn "${spawn.id}" has more than one boss`);
      const { rare } = spawn;
      report.expect(!rare || index.npcs.get(rare.npc)?.rank === 'elite', where, `rare "${rare?.npc}" is no elite`);
      checkPatrol(zone, spawn, ground, report);
    }
  }
  const reached = new Set(starting.map((zone) => zone.id));
  for (const id of reached) {
    for (const point of index.zones.get(id)?.points ?? []) if (point.kind === 'gate') reached.add(point.toZone);
  }
  for (const zone of content.zones) report.expect(reached.has(zone.id), `zones/${zone.id}`, 'no gates lead to it');
}

/** A patrol goes round and round: nobody opens doors for it, and it is put anywhere on its way when players come. */
function checkPatrol(zone: Zone, { id, patrol }: Zone['npcSpawns'][number], ground: Ground, report: Report): void {
  const where = `zones/${zone.id}`;
  const walls = [...zone.obstacles, ...doorWalls(zone)];
  for (const [index, point] of (patrol ?? []).entries()) {
    const stand = { x: point.x, y: point.y, radiusM: 0 };
    report.expect(holds(zone, stand), where, `patrol of "${id}" leaves it`);
    const isOpen = isClear({ ...zone, obstacles: walls }, stand) && ground.reaches(stand);
    report.expect(isOpen, where, `patrol of "${id}" goes to where no way leads`);
    const isStraight = !leadsThrough(walls, point, patrol![(index + 1) % patrol!.length]!);
    report.expect(isStraight, where, `patrol of "${id}" leads through a wall`);
  }
}

export function metresBetween(a: Circle, b: Circle): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Whether no obstacle reaches into an area. */
export function isClear({ obstacles }: Zone, area: Circle): boolean {
  return obstacles.every(({ minX, minY, maxX, maxY }) => {
    const east = Math.max(minX - area.x, 0, area.x - maxX);
    const north = Math.max(minY - area.y, 0, area.y - maxY);
    return Math.hypot(east, north) > area.radiusM;
  });
}

export function holds({ bounds }: Zone, area: Circle): boolean {
  return (
    area.x - area.radiusM >= bounds.minX &&
    area.x + area.radiusM <= bounds.maxX &&
    area.y - area.radiusM >= bounds.minY &&
    area.y + area.radiusM <= bounds.maxY
  );
}

/** Classes begin with what they can use, and every class ability is learnt by its class. */
export function checkClasses(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const row of content.classes) {
    const where = `classes/${row.id}`;
    const learnt = row.abilities.map((step) => step.ability);
    report.expectUnique(learnt, where, 'ability');
    for (const id of learnt) {
      report.expect(index.abilities.get(id)?.class === row.id, where, `"${id}" is no ability of this class`);
    }
    for (const start of row.startingItems) {
      const item = index.items.get(start.item);
      report.expect(item !== undefined, where, `there is no item "${start.item}"`);
      if (!item) continue;
      report.expect(start.count <= item.maxStack, where, `${item.id} comes in more than one stack`);
      report.expect(item.classes.length === 0 || item.classes.includes(row.id), where, `it may not use ${item.id}`);
      report.expect(item.requiredLevel === 1, where, `${item.id} needs a higher level`);
      report.expect(!start.equip || item.slot !== null, where, `${item.id} cannot be worn`);
    }
  }
  for (const ability of content.abilities) {
    if (ability.class === null) {
      const used = content.npcs.some((npc) => npc.abilities.includes(ability.id));
      report.expect(used, `abilities/${ability.id}`, 'no NPC uses it');
    } else {
      const teacher = content.classes.find((row) => row.id === ability.class);
      const taught = teacher?.abilities.some((step) => step.ability === ability.id);
      report.expect(taught === true, `abilities/${ability.id}`, 'its class never learns it');
    }
  }
}

/** Levels follow each other without a gap, and each costs more than the one before. */
export function checkLevels(content: Catalogue, report: Report): void {
  let cost = 0;
  for (const [position, row] of content.levels.entries()) {
    const where = `levels/${row.level}`;
    const last = position === content.levels.length - 1;
    report.expect(row.level === position + 1, where, 'levels follow each other from 1');
    report.expect((row.xpToNext === null) === last, where, 'only the last level leads nowhere');
    report.expect(last || (row.xpToNext ?? 0) > cost, where, 'it does not cost more than the level before');
    cost = row.xpToNext ?? cost;
  }
}
