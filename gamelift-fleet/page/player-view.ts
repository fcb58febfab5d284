import { placeOnTrail } from '#fleet/client/interpolation.ts';
import type { ReplicaEntity } from '#fleet/client/replica.ts';
import type { ZoneClient } from '#fleet/client/zone-client.ts';
import { combatOutcomes, entityFlags, entitySorts, entityStates } from '#shared/contract/zone-protocol.ts';
import { cellsAround, colours, drawGrid, drawWalls, type MapCanvas, type Place } from './map-canvas.ts';

const NUMBER_LIFE_MS = 1_100;
const MAX_NUMBERS = 64;
/** NPCs show their names from this zoom on, in pixels per metre. */
const NAMES_FROM_SCALE = 14;
/** So far from the own place those of the party stand who are out of view. */
const DISTANT_SHOWN_AT_PIXELS = 120;
const SMALL = '11px system-ui, sans-serif';

interface FloatingNumber {
  readonly target: number;
  readonly text: string;
  readonly colour: string;
  readonly sinceMs: number;
}

/** What the own player knows: its replica, its prediction and the server's last word on it. */
export class PlayerView {
  private readonly client: ZoneClient;
  private numbers: FloatingNumber[] = [];

  constructor(client: ZoneClient) {
    this.client = client;
    client.on('combat', ({ target, outcome, amount }) => {
      const isHeal = outcome === combatOutcomes.heal;
      const text = outcome === combatOutcomes.miss ? 'miss' : `${isHeal ? '+' : ''}${amount}`;
      const colour = isHeal ? colours.health : outcome === combatOutcomes.critical ? '#ffd75e' : colours.label;
      this.numbers = [...this.numbers.slice(1 - MAX_NUMBERS), { target, text, colour, sinceMs: performance.now() }];
    });
  }

  /** Draws around the own place, which is known more exactly than ticks tell. */
  draw(map: MapCanvas, own: Place, scale: number, nowMs: number): void {
    const { client } = this;
    const { welcome, replica, self } = client;
    map.begin(own, scale);
    const columns = Math.ceil(welcome.width / welcome.cellMetres);
    const rows = Math.ceil(welcome.height / welcome.cellMetres);
    drawGrid(map, welcome, self ? cellsAround(self.cell, columns, rows) : []);
    drawWalls(map, welcome.obstacles);
    for (const { x, y, radius } of welcome.restAreas) this.drawRestArea(map, { x, y }, radius);
    // The moment that acts are judged by, too.
    const tick = client.drawTick;
    const others = [...replica.entities.values()].filter(({ id }) => id !== welcome.entityId);
    // The dead lie beneath the living.
    others.sort((a, b) => Number(b.state === entityStates.dead) - Number(a.state === entityStates.dead));
    for (const entity of others) this.drawEntity(map, entity, tick);
    for (const member of client.distantParty) this.drawDistant(map, member, own);
    if (self) this.drawOwn(map, self, own);
    this.drawNumbers(map, own, tick, nowMs);
  }

  /** Where an entity is drawn at a tick. */
  private placeOf(entity: ReplicaEntity, tick: number): Place {
    return this.toMap(placeOnTrail(entity.trail, this.client.replica.tick, tick));
  }

  private toMap({ x, y }: Place): Place {
    const { originX, originY } = this.client.welcome;
    return { x: originX + x, y: originY + y };
  }

  /** An object is a square: full while it can be used. */
  private drawObject(map: MapCanvas, entity: ReplicaEntity, at: Place): void {
    const half = 5 / map.scale;
    const corner = { x: at.x - half, y: at.y - half };
    if (entity.state === entityStates.alive) map.rectangle(corner, 2 * half, 2 * half, colours.rest);
    else map.circle(at, 4, { stroke: colours.dim });
    map.text(at, nameOf(this.client, entity), colours.dim, 18, SMALL);
  }

  private drawRestArea(map: MapCanvas, centre: Place, radius: number): void {
    map.context.setLineDash([4, 4]);
    map.circle(centre, radius * map.scale, { stroke: colours.rest });
    map.context.setLineDash([]);
  }

  private drawEntity(map: MapCanvas, entity: ReplicaEntity, tick: number): void {
    const at = this.placeOf(entity, tick);
    if (!map.isInSight(map.toScreen(at))) return;
    const isPlayer = entity.sort === entitySorts.player;
    const isDead = entity.state === entityStates.dead;
    if (entity.sort === entitySorts.object) {
      this.drawObject(map, entity, at);
      return;
    }
    const colour = colourOfState(entity.state, isPlayer);
    const radius = isPlayer ? 7 : 6;
    for (const sample of entity.trail) if (!isDead) map.circle(this.toMap(sample), 1.5, { fill: `${colour}66` });
    if (isDead) map.text(at, '✕', colour, 5);
    else {
      const isGone = (entity.flags & entityFlags.linkDead) !== 0;
      map.circle(at, radius, isGone ? { stroke: colour } : { fill: colour });
      drawFacing(map, at, entity.yaw, radius, colour);
    }
    if (entity.health < entity.maxHealth && !isDead) drawHealth(map, at, entity);
    const isNear = map.scale >= NAMES_FROM_SCALE || entity.health < entity.maxHealth;
    if (isPlayer || (isNear && !isDead))
      map.text(at, nameOf(this.client, entity), isPlayer ? colours.label : colours.dim, radius + 14, SMALL);
  }

  /** Points from the own place to a member of the party who is out of view, with its name and how far away it is. */
  private drawDistant(map: MapCanvas, member: Place & { readonly name: string }, own: Place): void {
    const at = this.toMap(member);
    const metres = Math.hypot(at.x - own.x, at.y - own.y);
    const share = DISTANT_SHOWN_AT_PIXELS / map.scale / metres;
    const shown = { x: own.x + (at.x - own.x) * share, y: own.y + (at.y - own.y) * share };
    map.circle(shown, 4, { stroke: colours.player });
    map.text(shown, `${member.name} ${Math.round(metres)} m`, colours.label, 16, SMALL);
  }

  private drawOwn(map: MapCanvas, self: ReplicaEntity, own: Place): void {
    const told = this.toMap(self);
    for (const sample of self.trail) map.circle(this.toMap(sample), 1.5, { fill: `${colours.own}88` });
    map.line(told, own, colours.own);
    map.context.lineWidth = 1.5;
    map.circle(told, 11, { stroke: colours.own });
    map.context.lineWidth = 1;
    map.circle(own, 7, { fill: this.client.isDead ? colours.dead : colours.own });
    drawFacing(map, own, self.yaw, 7, colours.own);
    if (self.health < self.maxHealth) drawHealth(map, own, self);
    map.text(own, self.name, colours.label, 26, '600 12px system-ui, sans-serif');
  }

  private drawNumbers(map: MapCanvas, own: Place, tick: number, nowMs: number): void {
    this.numbers = this.numbers.filter(({ sinceMs }) => nowMs - sinceMs < NUMBER_LIFE_MS);
    for (const { target, text, colour, sinceMs } of this.numbers) {
      const entity = this.client.replica.entities.get(target);
      if (!entity) continue;
      const age = (nowMs - sinceMs) / NUMBER_LIFE_MS;
      map.context.globalAlpha = 1 - age * age;
      const at = target === this.client.welcome.entityId ? own : this.placeOf(entity, tick);
      map.text(at, text, colour, -18 - 22 * age, '600 14px system-ui, sans-serif');
      map.context.globalAlpha = 1;
    }
  }

  /** The living NPC nearest to a place and within reach of it, in metres. */
  npcNear(place: Place, reach: number): ReplicaEntity | undefined {
    return this.nearest(place, reach, ({ sort, state }) => sort === entitySorts.npc && state !== entityStates.dead);
  }

  /** The object nearest to a place, likewise, whether it can be used or not. */
  objectNear(place: Place, reach: number): ReplicaEntity | undefined {
    return this.nearest(place, reach, ({ sort }) => sort === entitySorts.object);
  }

  private nearest(place: Place, reach: number, isMeant: (entity: ReplicaEntity) => boolean): ReplicaEntity | undefined {
    const { replica } = this.client;
    let nearest: ReplicaEntity | undefined;
    let nearestMetres = reach;
    for (const entity of replica.entities.values()) {
      if (!isMeant(entity)) continue;
      const at = this.placeOf(entity, this.client.drawTick);
      const metres = Math.hypot(at.x - place.x, at.y - place.y);
      if (metres >= nearestMetres) continue;
      nearest = entity;
      nearestMetres = metres;
    }
    return nearest;
  }
}

/** What stands under an entity: players have names of their own, NPCs that of their kind. */
export function nameOf({ welcome }: ZoneClient, { name, sort, kind, level }: ReplicaEntity): string {
  if (sort === entitySorts.player) return name;
  if (sort === entitySorts.object) return welcome.objects[kind]?.name ?? '';
  return `${welcome.npcKinds.find(({ index }) => index === kind)?.name ?? 'NPC'} ${level}`;
}

export function colourOfState(state: number, isPlayer: boolean): string {
  if (state === entityStates.dead) return colours.dead;
  if (isPlayer) return colours.player;
  if (state === entityStates.fighting) return colours.fighting;
  return state === entityStates.evading ? colours.evading : colours.npc;
}

function drawFacing(map: MapCanvas, at: Place, yaw: number, radius: number, colour: string): void {
  const metres = (from: number) => ({
    x: at.x + (Math.cos(yaw) * from) / map.scale,
    y: at.y + (Math.sin(yaw) * from) / map.scale,
  });
  map.line(metres(radius), metres(radius + 5), colour);
}

function drawHealth(map: MapCanvas, at: Place, entity: { readonly health: number; readonly maxHealth: number }): void {
  const { x, y } = map.toScreen(at);
  const { context } = map;
  context.fillStyle = colours.healthGone;
  context.fillRect(x - 14, y - 15, 28, 3);
  context.fillStyle = colours.health;
  context.fillRect(x - 14, y - 15, (28 * entity.health) / entity.maxHealth, 3);
}
