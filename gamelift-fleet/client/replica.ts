import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import type { Cell, Change, Combat, Entity, Tick } from '#fleet/protocol/generated-codec.ts';
import { removeAt } from '#fleet/protocol/roster.ts';
import { entityStates, METRES_PER_UNIT, NO_CELL, STILL, stepX, stepY } from '#shared/contract/zone-protocol.ts';
import type { Sample } from './interpolation.ts';

/** An entity as the client knows it. Positions are metres from the zone's south-west corner. */
export interface ReplicaEntity extends Entity {
  /** The cell whose stream tells of it. */
  cell: number;
  /** The ability that it is at; undefined: none. */
  cast: { readonly ability: number; readonly target: number; readonly endTick: number } | undefined;
  /** What lasts on it, by its number. */
  readonly auras: Map<number, { readonly ability: number; readonly source: number; readonly endTick: number }>;
  /** Its last places, oldest first, for interpolation. */
  readonly trail: Sample[];
}

const MAX_TRAIL = 12;

/** What one client sees of a zone: built from tick frames alone, and equal to the server's view after each. */
export class Replica {
  readonly entities = new Map<number, ReplicaEntity>();
  /** The last applied tick. */
  tick = 0;
  /** Ids in each cell in view, in the order that the server knows too. */
  private readonly rosters = new Map<number, number[]>();

  /**
   * Applies a frame; answers the blows and heals that it tells of.
   * @throws MalformedFrame when it does not follow from what came before: this replica is of no use any more.
   */
  apply(frame: Tick): Combat[] {
    if (frame.reset) {
      this.entities.clear();
      this.rosters.clear();
    }
    this.tick = frame.tick;
    const combat: Combat[] = [];
    const left: { readonly id: number; readonly from: number }[] = [];
    for (const block of frame.cells) {
      if (block.forget) this.forget(block.cell);
      if (block.all) this.rosters.set(block.cell, []);
      for (const record of block.all ?? []) this.enter(block.cell, record);
      for (const { at, to } of block.left ?? []) {
        const id = this.idAt(block.cell, at);
        removeAt(this.rosters.get(block.cell)!, at);
        if (to === NO_CELL) this.leave(block.cell, id);
        else left.push({ id, from: block.cell });
      }
      for (const record of block.entered ?? []) this.enter(block.cell, record);
      this.move(block);
      for (const change of block.changed ?? []) this.change(block.cell, change);
      this.takeDeeds(block);
      if (block.combat) combat.push(...block.combat);
    }
    // Those who went to another cell in view have entered it by now, with their trail; the others are out of view.
    for (const { id, from } of left) this.leave(from, id);
    return combat;
  }

  isDead(id: number): boolean {
    return this.entities.get(id)?.state === entityStates.dead;
  }

  private forget(cell: number): void {
    this.rosters.delete(cell);
    for (const [id, entity] of this.entities) if (entity.cell === cell) this.entities.delete(id);
  }

  private idAt(cell: number, place: number): number {
    const id = this.rosters.get(cell)?.[place];
    if (id === undefined) throw new MalformedFrame(`nobody stands at place ${place} of cell ${cell}`);
    return id;
  }

  private entityAt(cell: number, place: number): ReplicaEntity {
    const entity = this.entities.get(this.idAt(cell, place));
    if (!entity) throw new MalformedFrame(`place ${place} of cell ${cell} is empty`);
    return entity;
  }

  private enter(cell: number, record: Entity): void {
    const roster = this.rosters.get(cell);
    if (!roster) throw new MalformedFrame(`cell ${cell} is not in view`);
    roster.push(record.id);
    const known = this.entities.get(record.id);
    // One who crossed from another cell in view keeps its trail.
    const trail = known && known.name === record.name && known.sort === record.sort ? known.trail : [];
    const entity: ReplicaEntity = { ...record, cell, trail, cast: undefined, auras: new Map() };
    this.entities.set(record.id, entity);
    this.trace(entity);
  }

  private leave(cell: number, id: number): void {
    if (this.entities.get(id)?.cell === cell) this.entities.delete(id);
  }

  private move({ cell, steps, stepped, acks, acked }: Cell): void {
    const size = this.rosters.get(cell)?.length ?? 0;
    for (const column of [steps, acks])
      if (column && column.length !== size) throw new MalformedFrame(`cell ${cell} has ${size} entities`);
    steps?.forEach((step, at) => {
      if (step !== STILL) this.step(this.entityAt(cell, at), step);
    });
    for (const { at, step } of stepped ?? []) this.step(this.entityAt(cell, at), step);
    acks?.forEach((ack, at) => {
      this.entityAt(cell, at).ack = ack;
    });
    for (const { at, ack } of acked ?? []) this.entityAt(cell, at).ack = ack;
  }

  private step(entity: ReplicaEntity, step: number): void {
    entity.x += stepX(step) * METRES_PER_UNIT;
    entity.y += stepY(step) * METRES_PER_UNIT;
    this.trace(entity);
  }

  private change(cell: number, { at, yaw, health, state, flags, place, maxHealth, level }: Change): void {
    const entity = this.entityAt(cell, at);
    if (yaw !== undefined) entity.yaw = yaw;
    if (health !== undefined) entity.health = health;
    if (state !== undefined) entity.state = state;
    if (flags !== undefined) entity.flags = flags;
    if (maxHealth !== undefined) entity.maxHealth = maxHealth;
    if (level !== undefined) entity.level = level;
    if (!place) return;
    entity.x = place.x;
    entity.y = place.y;
    this.trace(entity);
  }

  private takeDeeds({ cell, casts, auras }: Cell): void {
    for (const { at, ability, target, ticks } of casts ?? [])
      this.entityAt(cell, at).cast = ticks === 0 ? undefined : { ability, target, endTick: this.tick + ticks };
    for (const { at, aura, ability, source, ticks } of auras ?? []) {
      const known = this.entityAt(cell, at).auras;
      if (ticks === 0) known.delete(aura);
      else known.set(aura, { ability, source, endTick: this.tick + ticks });
    }
  }

  private trace(entity: ReplicaEntity): void {
    const { trail } = entity;
    const last = trail[trail.length - 1];
    // It stood still until the tick before.
    if (last && last.tick < this.tick - 1) trail.push({ tick: this.tick - 1, x: last.x, y: last.y });
    trail.push({ tick: this.tick, x: entity.x, y: entity.y });
    if (trail.length > MAX_TRAIL) trail.splice(0, trail.length - MAX_TRAIL);
  }
}
