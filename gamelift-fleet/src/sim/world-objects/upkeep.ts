import { entityStates } from '#shared/contract/zone-protocol.ts';
import { OBJECT } from '../entities.ts';
import type { SimState } from '../state.ts';
import type { SpentAtFirst } from './objects.ts';

/** Puts the objects where they stand. */
export function placeObjects(state: SimState, spent: readonly SpentAtFirst[]): void {
  const { entities, grid, objects, zone } = state;
  for (const [index, { id, x, y }] of (zone.objects ?? []).entries()) {
    // Its name is in the welcome.
    const what = { sort: OBJECT, kind: index, level: 0, name: '', x, y, yaw: 0, health: 1, maxHealth: 1 };
    const slot = entities.add(what);
    grid.insert(slot, x, y, false);
    objects.slot[index] = slot;
    const ticks = spent.find(({ objectId }) => objectId === id)?.ticks ?? 0;
    if (ticks > 0) spend(state, index, ticks);
  }
}

/** An object cannot be used for so long. */
export function spend({ entities, objects, tick }: SimState, index: number, ticks: number): void {
  objects.readyTick[index] = tick + ticks;
  entities.state[objects.slot[index]!] = entityStates.dead;
}

/** Objects whose time has come can be used again; a door closes when nobody stands in it. */
export function tendObjects(state: SimState): void {
  const { entities, objects, obstacles, tick, zone } = state;
  const { readyTick, slot } = objects;
  for (let index = 0; index < readyTick.length; index++) {
    if (readyTick[index] === 0 || tick < readyTick[index]!) continue;
    const { effect } = zone.objects![index]!;
    if (effect.kind === 'door') {
      if (isInTheWay(state, effect.obstacle)) continue;
      obstacles.setOpen(effect.obstacle, false);
      objects.closedTick = tick;
    }
    readyTick[index] = 0;
    entities.state[slot[index]!] = entityStates.alive;
  }
}

function isInTheWay({ entities, obstacles }: SimState, obstacle: number): boolean {
  const { minX, minY, maxX, maxY } = obstacles.boxes[obstacle]!;
  const { x, y } = entities;
  for (const slot of entities.slots())
    if (x[slot]! > minX && x[slot]! < maxX && y[slot]! > minY && y[slot]! < maxY) return true;
  return false;
}
