import { actionResults, combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import type { AbilitySpec } from './definition.ts';
import { NPC, PLAYER } from './entities.ts';
import type { Fight } from './fights.ts';
import { rollBlow } from './hit-table.ts';
import { stir } from './idleness.ts';
import { interruptLeave } from './leaving.ts';
import { npcModes } from './npc-minds.ts';
import type { PlayerBody } from './players.ts';
import { reaches } from './reach.ts';
import { classOf, distanceBetween, face, isFighting, type SimState } from './state.ts';

/** A player's wish to use an ability. Target 0: oneself. */
export interface ActionInput {
  readonly slot: number;
  readonly actionSeq: number;
  readonly ability: number;
  readonly target: number;
  /** The moment that its player saw, in sixteenths of a tick; unset: now. */
  readonly viewTick?: number | undefined;
  /** The point of the zone that it is aimed at. */
  readonly aimX?: number | undefined;
  readonly aimY?: number | undefined;
}

/** Carries out one action or refuses it, and tells the player which. */
export function act(state: SimState, input: ActionInput): void {
  const player = state.players.get(input.slot);
  if (!player) return;
  stir(state, player);
  const result = tryAct(state, player, input);
  state.outcome.actionResults.push({ slot: input.slot, actionSeq: input.actionSeq, result: actionResults[result] });
}

function tryAct(state: SimState, player: PlayerBody, input: ActionInput): keyof typeof actionResults {
  const { entities, tick } = state;
  const { slot } = player;
  if (entities.state[slot] === entityStates.dead) return 'dead';
  const ability = state.zone.abilities[input.ability];
  if (!ability || !knows(state, player, input.ability)) return 'unknown_ability';
  if (tick < (player.readyTick.get(input.ability) ?? 0) || tick < player.globalReadyTick) return 'on_cooldown';
  const target = ability.target === 'self' || input.target === 0 ? slot : input.target;
  if (!entities.has(target)) return 'no_target';
  if (entities.state[target] === entityStates.dead) return 'bad_target';
  if ((ability.target === 'enemy') !== (entities.sort[target] === NPC)) return 'bad_target';
  if (!reaches(state, slot, target, ability.range, input.viewTick)) return 'out_of_range';

  player.readyTick.set(input.ability, tick + ability.cooldownTicks);
  player.globalReadyTick = tick + ability.globalCooldownTicks;
  if (target !== slot) face(state, slot, entities.x[target]!, entities.y[target]!);
  const bonus = scalingBonus(state, player, ability);
  for (const effect of ability.effects) {
    if (effect.kind === 'heal') heal(state, player, target, input.ability, { ...effect, bonus });
    else strikeNpc(state, player, target, input.ability, { ...effect, bonus });
  }
  return 'done';
}

function knows(state: SimState, player: PlayerBody, ability: number): boolean {
  return (
    ability === 0 ||
    classOf(state, player.classId).abilities.some((known) => known.ability === ability && known.level <= player.level)
  );
}

function scalingBonus(state: SimState, player: PlayerBody, ability: AbilitySpec): number {
  if (!ability.scaling) return 0;
  const { attributes, attributesPerLevel } = classOf(state, player.classId);
  const { attribute, permille } = ability.scaling;
  const grown = (attributes[attribute] ?? 0) + (attributesPerLevel[attribute] ?? 0) * (player.level - 1);
  const value = Math.max(0, grown + (player.gear[attribute] ?? 0));
  return (value * permille) / 1_000;
}

type Roll = { readonly min: number; readonly max: number; readonly bonus: number };

function heal(state: SimState, healer: PlayerBody, target: number, ability: number, roll: Roll): void {
  const { entities, grid, outcome } = state;
  const rolled = Math.round(state.random.int(roll.min, roll.max) + roll.bonus);
  const healed = Math.min(rolled, entities.maxHealth[target]! - entities.health[target]!);
  entities.health[target]! += healed;
  outcome.combat.add(grid.cellOf[target]!, healer.slot, target, ability, combatOutcomes.heal, healed);
  state.fights.addHealing(healer, target, healed);
}

function strikeNpc(state: SimState, player: PlayerBody, npc: number, ability: number, roll: Roll): void {
  const { entities, grid, minds, outcome } = state;
  // An earlier effect of the same ability may have ended it.
  if (entities.state[npc] === entityStates.dead) return;
  if (minds.mode[npc] === npcModes.evade) {
    outcome.combat.add(grid.cellOf[npc]!, player.slot, npc, ability, combatOutcomes.immune, 0);
    return;
  }
  player.lastHostileTick = state.tick;
  interruptLeave(state, player, 'fighting');
  const fight = engage(state, npc, player);
  const blow = rollBlow(state.random, entities.level[npc]! - player.level, 'npc', roll);
  const damage = Math.min(blow.amount, entities.health[npc]!);
  outcome.combat.add(grid.cellOf[npc]!, player.slot, npc, ability, combatOutcomes[blow.outcome], damage);
  const member = state.fights.member(fight, player.slot, player);
  if (member) {
    if (blow.outcome === 'miss') member.misses += 1;
    else member.hits += 1;
    member.damageDone += damage;
    member.threat += damage + 1;
  }
  fight.npcDamageTaken += damage;
  entities.health[npc]! -= damage;
  if (entities.health[npc] === 0) npcDies(state, fight, player);
}

/** Makes an NPC fight a player, and its friends nearby with it. */
export function engage(state: SimState, npc: number, player: PlayerBody): Fight {
  const running = state.fights.of(npc);
  if (running) return running;
  const fight = join(state, npc, player);
  const kind = state.zone.npcKinds[state.entities.kind[npc]!]!;
  if (kind.assistRadius === 0) return fight;
  const { entities, grid, minds } = state;
  for (const cell of grid.seenFrom(grid.cellOf[npc]!)) {
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (other === npc || entities.sort[other] !== NPC || entities.state[other] === entityStates.dead) continue;
      if (minds.mode[other]! > npcModes.wander) continue;
      if (state.zone.npcKinds[entities.kind[other]!]!.faction !== kind.faction) continue;
      if (distanceBetween(state, npc, other) <= kind.assistRadius) join(state, other, player);
    }
  }
  return fight;
}

function join(state: SimState, npc: number, player: PlayerBody): Fight {
  const { entities, minds } = state;
  const fight = state.fights.begin(npc, entities.kind[npc]!, state.tick);
  const member = state.fights.member(fight, player.slot, player);
  if (member && member.threat === 0) member.threat = 1;
  minds.mode[npc] = npcModes.chase;
  entities.state[npc] = entityStates.fighting;
  return fight;
}

function npcDies(state: SimState, fight: Fight, killer: PlayerBody): void {
  const { entities, minds, outcome, zone } = state;
  const npc = fight.npcSlot;
  const kind = zone.npcKinds[entities.kind[npc]!]!;
  entities.state[npc] = entityStates.dead;
  minds.mode[npc] = npcModes.corpse;
  minds.decayTick[npc] = state.tick + kind.decayTicks;
  const point = state.spawnPoints[minds.spawnPoint[npc]!]!;
  point.slot = 0;
  point.respawnTick = state.tick + respawnTicks(zone.spawns[point.spawn]!.respawnTicks, state.players.size);

  const claimants = [...fight.members]
    .filter(([slot, member]) => member.damageDone + member.healingDone > 0 && isInReach(state, slot, npc))
    .sort(([a], [b]) => Number(b === killer.slot) - Number(a === killer.slot))
    .map(([slot, member]) => ({
      slot,
      characterId: member.characterId,
      accountId: member.accountId,
      level: member.level,
      damage: member.damageDone,
    }));
  if (claimants.length > 0) {
    const hands = new Set(claimants.map(({ slot }) => slot));
    const nearby = [...state.players.values()]
      .filter(({ slot }) => !hands.has(slot) && isInReach(state, slot, npc))
      .map(({ characterId, accountId, level }) => ({ characterId, accountId, level }));
    state.killSeq += 1;
    outcome.kills.push({
      killSeq: state.killSeq,
      npcSlot: npc,
      npcKind: entities.kind[npc]!,
      spawnId: zone.spawns[point.spawn]!.id,
      x: entities.x[npc]!,
      y: entities.y[npc]!,
      fightSeq: fight.fightSeq,
      claimants,
      nearby,
    });
  }
  outcome.fights.push(state.fights.end(fight, state.tick, 'npc_died'));
}

/** Whether a player is near enough to a dying NPC to have a claim. */
function isInReach(state: SimState, slot: number, npc: number): boolean {
  return distanceBetween(state, slot, npc) <= balance.combat.claimMetres;
}

/** More players than a zone is made for shorten the time until an NPC is back. */
export function respawnTicks(baseTicks: number, players: number): number {
  const { fullTimeUpToPlayers, minTicks } = balance.respawn;
  const share = players > fullTimeUpToPlayers ? fullTimeUpToPlayers / players : 1;
  return Math.max(minTicks, Math.round(baseTicks * share));
}

/** One blow of an NPC at a player. */
export function strikePlayer(state: SimState, npc: number, player: PlayerBody, fight: Fight): void {
  const { entities, grid, outcome } = state;
  const { slot } = player;
  const kind = state.zone.npcKinds[entities.kind[npc]!]!;
  const amount = { min: kind.damageMin, max: kind.damageMax, bonus: 0 };
  const blow = rollBlow(state.random, player.level - kind.level, 'player', amount);
  const damage = Math.min(blow.amount, entities.health[slot]!);
  outcome.combat.add(grid.cellOf[slot]!, npc, slot, 0, combatOutcomes[blow.outcome], damage);
  player.lastHostileTick = state.tick;
  interruptLeave(state, player, 'fighting');
  fight.npcDamageDone += damage;
  const member = state.fights.member(fight, slot, player);
  if (member) member.damageTaken += damage;
  entities.health[slot]! -= damage;
  if (entities.health[slot] !== 0) return;
  entities.state[slot] = entityStates.dead;
  player.lastHostileTick = Number.NEGATIVE_INFINITY;
  state.fights.died(slot);
  outcome.deaths.push({ slot, characterId: player.characterId });
}

/** Calms players down and heals those out of combat; each one once a second, spread over the ticks. */
export function recoverPlayers(state: SimState, ticksPerSecond: number): void {
  const { entities } = state;
  for (const player of state.players.values()) {
    const { slot } = player;
    if (entities.sort[slot] !== PLAYER || entities.state[slot] === entityStates.dead) continue;
    const fighting = isFighting(state, player);
    entities.state[slot] = fighting ? entityStates.fighting : entityStates.alive;
    if (fighting || (state.tick + slot) % ticksPerSecond !== 0) continue;
    const max = entities.maxHealth[slot]!;
    entities.health[slot] = Math.min(
      max,
      entities.health[slot]! + Math.max(1, Math.round(max * balance.combat.regenPerSecond)),
    );
  }
}
