import { onWire } from '#shared/contract/zone-protocol.ts';
import { paceOf } from './abilities/control.ts';
import { maxEnergyOf } from './abilities/energy.ts';
import { sicken } from './abilities/player-death.ts';
import { maxHealthOf } from './abilities/stats.ts';
import { takeUp } from './carried.ts';
import type { JoiningCharacter } from './definition.ts';
import { PLAYER } from './entities.ts';
import { noteGate } from './gates.ts';
import { comeBack, showPresence } from './leaving.ts';
import { newPlayerBody } from './players.ts';
import { classOf, pointIn, type SimState } from './state.ts';

/** Puts a character into the zone. One that is still there keeps its body and stays. A full zone admits nobody. */
export function join(state: SimState, character: JoiningCharacter): void {
  const present = state.slotOfCharacter.get(character.characterId);
  if (present !== undefined) {
    const body = state.players.get(present)!;
    comeBack(state, body);
    // A new connection counts its inputs from 1 again.
    body.seq = 0;
    body.suspicion.reconnected();
    body.budget.reconnected(state.tick);
    state.entities.ack[present] = 0;
    state.outcome.joined.push({ slot: present, characterId: character.characterId });
    return;
  }
  const { entities, grid } = state;
  if (entities.full) {
    state.outcome.turnedAway.push(character.characterId);
    return;
  }
  const spec = classOf(state, character.classId);
  const { gear = {}, weapon } = character;
  const maxHealth = maxHealthOf(spec, character.level, gear);
  const { x, y, yaw, health } = arrival(state, character, maxHealth);
  const { name, level, characterId, accountId, classId } = character;
  const slot = entities.add({ sort: PLAYER, kind: 0, level, name, x, y, yaw, health, maxHealth });
  grid.insert(slot, x, y, true);
  const isStaff = character.isStaff ?? false;
  const body = newPlayerBody(
    { slot, characterId, accountId, name, level, classId, isStaff, gear, weapon, speed: spec.speed },
    state.tick,
  );
  state.players.set(slot, body);
  noteGate(state, body);
  state.slotOfCharacter.set(characterId, slot);
  state.controls.forget(slot);
  body.energy = maxEnergyOf(state, body);
  if (character.carried) takeUp(state, body, character.carried.state, character.carried.elapsedMs);
  // What it has used may have given it more room.
  if (character.place && character.place.health > 0)
    entities.health[slot] = Math.min(entities.maxHealth[slot]!, character.place.health);
  showPresence(state, body);
  // Going away dead is no way round what comes of it.
  if (character.place && character.place.health <= 0) sicken(state, body);
  body.pace = paceOf(state, slot);
  body.formerPace = body.pace;
  state.outcome.joined.push({ slot, characterId });
}

function arrival(state: SimState, { place }: JoiningCharacter, maxHealth: number) {
  const { zone } = state;
  if (place && place.health > 0) {
    const { originX, originY, width, height } = zone;
    const x = onWire(place.x, originX);
    const y = onWire(place.y, originY);
    const isFree =
      x >= originX && x <= originX + width && y >= originY && y <= originY + height && !state.obstacles.holds(x, y);
    // Content may have changed since the save.
    const at = isFree ? { x, y } : pointIn(state, zone.spawn);
    return { x: at.x, y: at.y, yaw: place.yaw, health: Math.min(maxHealth, place.health) };
  }
  const at = pointIn(state, place ? zone.graveyard : zone.spawn);
  return { x: at.x, y: at.y, yaw: 0, health: maxHealth };
}
