import type { RecordValue } from '#fleet/protocol/codec.ts';
import {
  entityStates,
  METRES_PER_UNIT,
  NO_CELL,
  type serverMessages,
  stepX,
  stepY,
} from '#shared/contract/zone-protocol.ts';

export type TickFrame = RecordValue<(typeof serverMessages)['tick']>;
type CellBlock = TickFrame['cells'][number];
type EntityRecord = NonNullable<CellBlock['all']>[number];
export type CombatEvent = NonNullable<CellBlock['combat']>[number];

interface Sample {
  readonly tick: number;
  readonly x: number;
  readonly y: number;
}

/** An entity as the client knows it. Positions are metres from the zone's south-west corner. */
export interface ReplicaEntity extends EntityRecord {
  /** The cell whose stream tells of it. */
  cell: number;
  /** Its last places, oldest first, for interpolation. */
  readonly trail: Sample[];
}

const MAX_TRAIL = 8;

/** What one client sees of a zone: built from tick frames alone, and equal to the server's view after each. */
export class Replica {
  readonly entities = new Map<number, ReplicaEntity>();
  /** The last applied tick. */
  tick = 0;

  /** Applies a frame; answers the blows and heals that it tells of. */
  apply(frame: TickFrame): CombatEvent[] {
    if (frame.reset !== 0) this.entities.clear();
    this.tick = frame.tick;
    const combat: CombatEvent[] = [];
    const left: { readonly id: number; readonly from: number }[] = [];
    for (const block of frame.cells) {
      if (block.forget) this.forget(block.cell);
      for (const record of block.all ?? []) this.enter(block.cell, record);
      for (const { id, to } of block.left ?? []) {
        if (to === NO_CELL) this.leave(block.cell, id);
        else left.push({ id, from: block.cell });
      }
      for (const record of block.entered ?? []) this.enter(block.cell, record);
      for (const change of block.changed ?? []) this.change(change);
      combat.push(...(block.combat ?? []));
    }
    // Those who went to another cell in view have entered it by now, with their trail; the others are out of view.
    for (const { id, from } of left) this.leave(from, id);
    return combat;
  }

  /** Where an entity was at a moment between ticks, for drawing a little in the past. */
  placeAt(entity: ReplicaEntity, tick: number): { x: number; y: number } {
    const { trail } = entity;
    const newest = trail[trail.length - 1]!;
    if (tick >= newest.tick) return newest;
    for (let i = trail.length - 2; i >= 0; i--) {
      const from = trail[i]!;
      if (tick < from.tick) continue;
      const to = trail[i + 1]!;
      const share = (tick - from.tick) / (to.tick - from.tick);
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    return trail[0]!;
  }

  isDead(id: number): boolean {
    return this.entities.get(id)?.state === entityStates.dead;
  }

  private forget(cell: number): void {
    for (const [id, entity] of this.entities) if (entity.cell === cell) this.entities.delete(id);
  }

  private enter(cell: number, record: EntityRecord): void {
    const known = this.entities.get(record.id);
    // One who crossed from another cell in view keeps its trail.
    const trail = known && known.name === record.name && known.sort === record.sort ? known.trail : [];
    const entity: ReplicaEntity = { ...record, cell, trail };
    this.entities.set(record.id, entity);
    this.trace(entity);
  }

  private leave(cell: number, id: number): void {
    if (this.entities.get(id)?.cell === cell) this.entities.delete(id);
  }

  private change(change: NonNullable<CellBlock['changed']>[number]): void {
    const entity = this.entities.get(change.id);
    if (!entity) return;
    if (change.step !== undefined) {
      entity.x += stepX(change.step) * METRES_PER_UNIT;
      entity.y += stepY(change.step) * METRES_PER_UNIT;
    }
    if (change.place) {
      entity.x = change.place.x;
      entity.y = change.place.y;
    }
    if (change.yaw !== undefined) entity.yaw = change.yaw;
    if (change.health !== undefined) entity.health = change.health;
    if (change.state !== undefined) entity.state = change.state;
    if (change.ack !== undefined) entity.ack = change.ack;
    if (change.flags !== undefined) entity.flags = change.flags;
    if (change.step !== undefined || change.place) this.trace(entity);
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
