import { type actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { AbilitySpec } from '../definition.ts';
import { PLAYER } from '../entities.ts';
import { isWithin, reaches, reachesPoint, standpoint } from '../reach.ts';
import { face, type SimState } from '../state.ts';
import { finishUse } from '../world-objects/use.ts';
import { USE_OBJECT } from './ability-numbers.ts';
import { isHeld } from './control.ts';
import { hasEnergy, pay } from './energy.ts';
import { helpVerdict, strikeVerdict } from './hostility.ts';
import { isHarmful, land, type Mark } from './landing.ts';
import { readinessOf } from './readiness.ts';
import { hastened, weaponOf } from './stats.ts';

type Answer = keyof typeof actionResults;

/**
 * Somebody's wish to use an ability, player or NPC: carries it out, begins it where it takes time, or says why not. Who
 * asks for an NPC sees to it that it knows the ability. `target` 0: oneself, or where `aim` is.
 */
export function useAbility(state: SimState, wish: Mark): Answer {
  const { entities, casts } = state;
  const { actor } = wish;
  if (entities.state[actor] === entityStates.dead) return 'dead';
  const spec = state.zone.abilities[wish.ability];
  if (!spec) return 'unknown_ability';
  if (isHeld(state, actor, 'stun')) return 'stunned';
  if (!spec.usesWeapon && isHeld(state, actor, 'silence')) return 'silenced';
  if (casts.of(actor)) return 'casting';
  if (!isReady(state, wish)) return 'on_cooldown';
  const mark = markOf(state, wish, spec);
  if (typeof mark === 'string') return mark;
  const refusal = refusalOf(state, mark, spec);
  if (refusal) return refusal;
  if (!hasEnergy(state, actor, spec.energyCost ?? 0)) return 'no_energy';
  begin(state, mark, spec);
  return 'done';
}

function isReady(state: SimState, { actor, ability }: Mark): boolean {
  const { readyTick, globalReadyTick } = readinessOf(state, actor);
  const readyAt = Math.max(
    readyTick.get(ability) ?? 0,
    state.zone.abilities[ability]!.globalCooldownTicks > 0 ? globalReadyTick : 0,
  );
  return state.tick >= readyAt - balance.combat.earlyTicks;
}

/** Completes a wish: whom it is for when nobody is named, where an area lies, and through which point a shot goes. */
function markOf(state: SimState, wish: Mark, spec: AbilitySpec): Mark | Answer {
  const { x, y } = state.entities;
  const { actor } = wish;
  if (spec.target === 'self') return { ...wish, target: actor, aim: undefined };
  if (spec.target !== 'area' && spec.target !== 'ray')
    return { ...wish, target: wish.target === 0 ? actor : wish.target, aim: undefined };
  if (spec.range === 0) return { ...wish, target: 0, aim: { ...standpoint(state, actor) } };
  if (wish.aim) return { ...wish, target: 0 };
  if (wish.target === 0 || !state.entities.has(wish.target)) return 'no_target';
  return { ...wish, target: 0, aim: { x: x[wish.target]!, y: y[wish.target]! } };
}

/** Why an ability cannot reach its mark now; undefined: it can. */
export function refusalOf(state: SimState, mark: Mark, spec: AbilitySpec): Answer | undefined {
  const { actor, target, aim, viewTick } = mark;
  const { entities } = state;
  if (spec.target === 'area')
    return aim && reachesPoint(state, actor, aim.x, aim.y, spec.range) ? undefined : 'out_of_range';
  // A shot may go into the blue.
  if (spec.target === 'ray') return aim ? undefined : 'no_target';
  if (!entities.has(target)) return 'no_target';
  const isDead = entities.state[target] === entityStates.dead;
  if (spec.target === 'fallen') {
    if (!isDead || entities.sort[target] !== PLAYER) return 'bad_target';
  } else {
    if (isDead) return 'bad_target';
    const verdict = (isHarmful(spec) ? strikeVerdict : helpVerdict)(state, actor, target);
    if (verdict !== 'yes') return verdict;
  }
  const range = (spec.usesWeapon ? weaponOf(state, actor)?.range : undefined) ?? spec.range;
  if (target === actor || reaches(state, actor, target, range, viewTick)) return undefined;
  return isWithin(state, actor, target, range, viewTick) ? 'no_line_of_sight' : 'out_of_range';
}

function begin(state: SimState, mark: Mark, spec: AbilitySpec): void {
  const { tick, entities } = state;
  const { actor, ability, target, aim } = mark;
  const ready = readinessOf(state, actor);
  if (spec.globalCooldownTicks > 0)
    ready.globalReadyTick = Math.max(tick, ready.globalReadyTick) + hastened(state, actor, spec.globalCooldownTicks);
  if (aim) face(state, actor, aim.x, aim.y);
  else if (target !== actor) face(state, actor, entities.x[target]!, entities.y[target]!);
  const { castTicks = 0, channelTicks = 0 } = spec;
  if (castTicks === 0) {
    spend(state, mark, spec);
    land(state, mark);
    return;
  }
  // A channel works from its beginning and is paid then; a cast is paid when it is done.
  if (channelTicks > 0) spend(state, mark, spec);
  const everyTicks = channelTicks > 0 ? hastened(state, actor, channelTicks) : 0;
  state.casts.begin(actor, {
    ability,
    target,
    incarnation: entities.incarnation[target]!,
    aim,
    endTick: tick + hastened(state, actor, castTicks),
    nextTick: everyTicks === 0 ? 0 : tick + everyTicks,
  });
}

/** Takes the cost and begins the cooldown. Who was a little early waits that much longer the next time. */
function spend(state: SimState, { actor, ability }: Mark, spec: AbilitySpec): void {
  const { readyTick } = readinessOf(state, actor);
  const cooldown = spec.usesWeapon
    ? hastened(state, actor, weaponOf(state, actor)?.intervalTicks ?? spec.cooldownTicks)
    : spec.cooldownTicks;
  readyTick.set(ability, Math.max(state.tick, readyTick.get(ability) ?? 0) + cooldown);
  pay(state, actor, spec.energyCost ?? 0);
}

/** Goes on with what is being cast: ends it, lets it come, or breaks it off when its mark is gone. */
export function advanceCasts(state: SimState): void {
  const { casts, entities, tick, zone } = state;
  for (const [actor, cast] of casts.all()) {
    const { ability, target, aim, incarnation, endTick } = cast;
    const isDue = tick >= endTick || (cast.nextTick > 0 && tick >= cast.nextTick);
    if (!isDue) continue;
    if (ability === USE_OBJECT) {
      casts.end(actor);
      finishUse(state, actor, cast);
      continue;
    }
    const spec = zone.abilities[ability]!;
    const mark: Mark = { actor, ability, target, aim };
    const isMeant = target === 0 || entities.incarnation[target] === incarnation;
    const isChannel = (spec.channelTicks ?? 0) > 0;
    if (!isMeant || refusalOf(state, mark, spec) || !(isChannel || hasEnergy(state, actor, spec.energyCost ?? 0))) {
      casts.end(actor);
      continue;
    }
    if (isChannel) cast.nextTick += hastened(state, actor, spec.channelTicks!);
    else spend(state, mark, spec);
    if (tick >= endTick) casts.end(actor);
    land(state, mark);
  }
}
