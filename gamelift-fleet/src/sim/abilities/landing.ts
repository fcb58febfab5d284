import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { AbilitySpec, EffectSpec } from '../definition.ts';
import { NPC } from '../entities.ts';
import { firstOnRay, slotsWithin, standpoint } from '../reach.ts';
import type { SimState } from '../state.ts';
import { holdBody } from './control.ts';
import { heal } from './healing.ts';
import { helpVerdict, strikeVerdict } from './hostility.ts';
import { offerToStandUp } from './player-death.ts';
import { helpedPlayer } from './pvp.ts';
import { critPermilleOf, refreshMaxHealth, statOf, weaponOf } from './stats.ts';
import { type Deed, type Roll, rollAmount, strike, takesHold } from './strike.ts';

const harmfulKinds: readonly EffectSpec['kind'][] = ['damage', 'damage-over-time', 'control', 'debuff', 'taunt'];

/** An ability is for enemies when anything that it does is. */
export function isHarmful(spec: AbilitySpec): boolean {
  return spec.effects.some(({ kind }) => harmfulKinds.includes(kind));
}

/** Whom or what place an ability is for. */
export interface Mark {
  readonly actor: number;
  readonly ability: number;
  readonly target: number;
  readonly aim: { readonly x: number; readonly y: number } | undefined;
  /** The moment that the actor saw, in sixteenths of a tick; unset: now. */
  readonly viewTick?: number | undefined;
}

/** Lets an ability do what it does, to its target or to all whom its area meets. */
export function land(state: SimState, mark: Mark): void {
  const { actor, ability } = mark;
  const spec = state.zone.abilities[ability]!;
  const bonus = scalingBonus(state, actor, spec);
  for (const target of targetsOf(state, mark, spec)) meet(state, { source: actor, target, ability }, spec, bonus);
}

/** What the actor's attribute adds to each amount. */
function scalingBonus(state: SimState, actor: number, { scaling }: AbilitySpec): number {
  if (!scaling) return 0;
  return (Math.max(0, statOf(state, actor, scaling.attribute)) * scaling.permille) / 1_000;
}

function targetsOf(state: SimState, mark: Mark, spec: AbilitySpec): readonly number[] {
  if (spec.target === 'area') return metBy(state, mark, spec);
  return spec.target === 'ray' ? shotBy(state, mark, spec) : [mark.target];
}

/** The first enemy whom a shot meets, if any: it goes past the dead and those who may not be struck. */
function shotBy(state: SimState, { actor, aim, viewTick }: Mark, { range }: AbilitySpec): readonly number[] {
  if (!aim) return [];
  const { entities } = state;
  const { x, y } = standpoint(state, actor);
  const shot = { fromX: x, fromY: y, throughX: aim.x, throughY: aim.y, range };
  const canBeShot = (slot: number) =>
    slot !== actor && entities.state[slot] !== entityStates.dead && strikeVerdict(state, actor, slot) === 'yes';
  const met = firstOnRay(state, shot, canBeShot, viewTick);
  return met ? [met.slot] : [];
}

/** The nearest ones in an area whom it may meet, nearest first. */
function metBy(state: SimState, { actor, aim, viewTick }: Mark, spec: AbilitySpec): readonly number[] {
  if (!aim) return [];
  const isForEnemies = isHarmful(spec);
  return slotsWithin(state, aim.x, aim.y, spec.radius ?? 0, viewTick)
    .filter((slot) => state.entities.state[slot] !== entityStates.dead)
    .filter((slot) => (isForEnemies ? strikeVerdict : helpVerdict)(state, actor, slot) === 'yes')
    .slice(0, balance.combat.maxAreaTargets);
}

function meet(state: SimState, deed: Deed, spec: AbilitySpec, bonus: number): void {
  const { entities } = state;
  const { target } = deed;
  // Undefined: nothing of this ability has been rolled for yet.
  let hasHold: boolean | undefined;
  for (const [effectIndex, effect] of spec.effects.entries()) {
    if (!entities.has(target)) return;
    if (effect.kind === 'damage') {
      const landed = strike(state, deed, damageRoll(state, deed, spec, effect, bonus), effect.school ?? 'kinetic');
      hasHold = hasHold === undefined ? landed : hasHold || landed;
    } else if (harmfulKinds.includes(effect.kind)) {
      hasHold ??= takesHold(state, deed);
      if (hasHold && entities.state[target] !== entityStates.dead) last(state, deed, effect, effectIndex, bonus);
    } else {
      help(state, deed, effect, effectIndex, bonus);
    }
  }
}

function damageRoll(
  state: SimState,
  { source }: Deed,
  { usesWeapon }: AbilitySpec,
  { min, max }: { readonly min: number; readonly max: number },
  bonus: number,
): Roll {
  const weapon = usesWeapon ? weaponOf(state, source) : undefined;
  return weapon ? { min: weapon.minDamage, max: weapon.maxDamage, bonus } : { min, max, bonus };
}

function help(state: SimState, deed: Deed, effect: EffectSpec, effectIndex: number, bonus: number): void {
  const { source, target, ability } = deed;
  if (effect.kind === 'resurrect') {
    const body = state.players.get(target);
    if (body && state.entities.state[target] === entityStates.dead)
      offerToStandUp(state, source, body, effect.healthPermille);
  } else if (state.entities.state[target] === entityStates.dead) {
    return;
  } else if (effect.kind === 'heal') {
    const isCritical = state.random.int(1, 1_000) <= critPermilleOf(state, source);
    const amount = rollAmount(state, source, { ...effect, bonus });
    heal(state, source, target, ability, isCritical ? amount * balance.combat.critFactor : amount);
  } else {
    last(state, deed, effect, effectIndex, bonus);
  }
  if (source !== target) helpedPlayer(state, source, target);
}

/** Puts on a body what lasts. */
function last(state: SimState, deed: Deed, effect: EffectSpec, effectIndex: number, bonus: number): void {
  const { source, target, ability } = deed;
  const { tick } = state;
  const aura = { ability, effectIndex, effect, source, bonus, nextTick: 0, left: 0 };
  switch (effect.kind) {
    case 'damage-over-time':
    case 'heal-over-time':
      state.auras.put(target, { ...aura, endTick: tick + effect.ticks, nextTick: tick + effect.everyTicks });
      break;
    case 'shield': {
      const left = Math.max(1, Math.round(rollAmount(state, source, { ...effect, bonus })));
      state.auras.put(target, { ...aura, endTick: tick + effect.ticks, left });
      break;
    }
    case 'buff':
    case 'debuff':
      state.auras.put(target, { ...aura, endTick: tick + effect.ticks });
      if (effect.stats.maxHealth) refreshMaxHealth(state, target);
      break;
    case 'control':
      holdBody(state, target, effect.control, { ...aura, ticks: effect.ticks });
      break;
    case 'taunt':
      if (state.entities.sort[target] === NPC) state.fights.taunt(target, source, tick + effect.ticks);
      break;
    default:
      break;
  }
}
