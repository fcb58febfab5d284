import { entityStates } from '#shared/contract/zone-protocol.ts';
import { NPC } from './entities.ts';
import { npcModes } from './npc-minds.ts';
import { pointIn, type SimState } from './state.ts';

/** Takes away corpses whose time is over and brings back NPCs that are due. */
export function populate(state: SimState): void {
  const { entities, grid, minds, tick } = state;
  const slots = entities.slots();
  // Backwards, since a removal puts the last slot in the place of the removed one.
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    if (entities.sort[slot] !== NPC || minds.mode[slot] !== npcModes.corpse || tick < minds.decayTick[slot]!) continue;
    state.auras.clear(slot);
    state.auras.makerGone(slot);
    state.casts.end(slot);
    state.npcReadiness.delete(slot);
    grid.remove(slot, false);
    entities.remove(slot);
  }
  for (let index = 0; index < state.spawnPoints.length; index++) {
    const point = state.spawnPoints[index]!;
    if (point.slot === 0 && tick >= point.respawnTick && !entities.full) spawn(state, index);
  }
}

function spawn(state: SimState, index: number): void {
  const { entities, grid, minds, zone } = state;
  const point = state.spawnPoints[index]!;
  const spec = zone.spawns[point.spawn]!;
  const kind = zone.npcKinds[spec.kind]!;
  const { x, y } = pointIn(state, spec.area);
  const slot = entities.add({
    sort: NPC,
    kind: spec.kind,
    level: kind.level,
    // The kind's name is in the welcome.
    name: '',
    x,
    y,
    yaw: state.random.unit() * 2 * Math.PI,
    health: kind.maxHealth,
    maxHealth: kind.maxHealth,
  });
  entities.state[slot] = entityStates.alive;
  grid.insert(slot, x, y, false);
  minds.mode[slot] = npcModes.idle;
  minds.spawnPoint[slot] = index;
  minds.homeX[slot] = x;
  minds.homeY[slot] = y;
  minds.goalX[slot] = x;
  minds.goalY[slot] = y;
  minds.wanderTick[slot] = state.tick + state.random.int(0, 100);
  minds.attackTick[slot] = 0;
  state.controls.forget(slot);
  point.slot = slot;
  state.outcome.spawned.push({ slot, npcKind: spec.kind });
}
