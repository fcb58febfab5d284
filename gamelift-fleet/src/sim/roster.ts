import { balance } from './balance.ts';
import type { JoiningCharacter } from './definition.ts';
import { PLAYER } from './entities.ts';
import type { PlayerSnapshot } from './outcome.ts';
import { newPlayerBody } from './players.ts';
import { classOf, isFighting, pointIn, type SimState } from './state.ts';

/** Why a body goes, which decides when: see {@link requestLeave}. */
export type LeaveManner = 'now' | 'when-calm' | 'linger';

/** Puts a character into the zone. One that is still there keeps its body and stays. A full zone admits nobody. */
export function join(state: SimState, character: JoiningCharacter): void {
  const present = state.slotOfCharacter.get(character.characterId);
  if (present !== undefined) {
    const body = state.players.get(present)!;
    body.leaveTick = 0;
    body.leaveWhenCalm = false;
    // A new connection counts its inputs from 1 again.
    body.seq = 0;
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
  const maxHealth = Math.min(65_535, spec.health.base + spec.health.perLevel * (character.level - 1));
  const { x, y, yaw, health } = arrival(state, character, maxHealth);
  const { name, level, characterId, accountId, classId } = character;
  const slot = entities.add({ sort: PLAYER, kind: 0, level, name, x, y, yaw, health, maxHealth });
  grid.insert(slot, x, y, true);
  const body = newPlayerBody({ slot, characterId, accountId, name, level, classId, speed: spec.speed }, state.tick);
  state.players.set(slot, body);
  state.slotOfCharacter.set(characterId, slot);
  state.outcome.joined.push({ slot, characterId });
}

function arrival(state: SimState, { place }: JoiningCharacter, maxHealth: number) {
  const { zone } = state;
  if (place && place.health > 0) {
    const { originX, originY, width, height } = zone;
    const inside =
      place.x >= originX && place.x <= originX + width && place.y >= originY && place.y <= originY + height;
    // Content may have changed its bounds since the save.
    const at = inside ? place : pointIn(state, zone.spawn);
    return { x: at.x, y: at.y, yaw: place.yaw, health: Math.min(maxHealth, place.health) };
  }
  const at = pointIn(state, place ? zone.graveyard : zone.spawn);
  return { x: at.x, y: at.y, yaw: 0, health: maxHealth };
}

/**
 * `now`: out at once (evictions). `when-calm`: as soon as no fight holds it, at most 20 s (the player's own wish).
 * `linger`: after 60 s, unless the player comes back (a broken connection).
 */
export function requestLeave(state: SimState, slot: number, manner: LeaveManner): void {
  const body = state.players.get(slot);
  if (!body) return;
  const { leaveTicks, lingerTicks } = balance.presence;
  body.leaveWhenCalm = manner === 'when-calm';
  body.leaveTick = state.tick + (manner === 'now' ? 0 : manner === 'linger' ? lingerTicks : leaveTicks);
}

/** Takes out the bodies whose time has come. */
export function removeLeavers(state: SimState): void {
  for (const body of state.players.values()) {
    if (body.leaveTick === 0) continue;
    if (state.tick < body.leaveTick && !(body.leaveWhenCalm && !isFighting(state, body))) continue;
    const { slot } = body;
    state.outcome.left.push(snapshotOf(state, slot)!);
    state.fights.departed(slot);
    state.grid.remove(slot, true);
    state.entities.remove(slot);
    state.players.delete(slot);
    state.slotOfCharacter.delete(body.characterId);
  }
}

/** A player's place and health now; undefined when nobody is in this slot. */
export function snapshotOf(state: SimState, slot: number): PlayerSnapshot | undefined {
  const body = state.players.get(slot);
  if (!body) return undefined;
  const { x, y, yaw, health } = state.entities;
  return {
    slot,
    characterId: body.characterId,
    accountId: body.accountId,
    x: x[slot]!,
    y: y[slot]!,
    yaw: yaw[slot]!,
    health: health[slot]!,
  };
}
