import { combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import type { DamageSchool } from '../definition.ts';
import { NPC } from '../entities.ts';
import type { Fight } from '../fights.ts';
import { blowFactor, rollBlow } from '../hit-table.ts';
import { npcModes } from '../npc-minds.ts';
import type { PlayerBody } from '../players.ts';
import type { SimState } from '../state.ts';
import { engage, stirUp } from './engage.ts';
import { noteBetween } from './fight-notes.ts';
import { harm } from './harm.ts';
import { struckPlayer } from './pvp.ts';
import { critPermilleOf, dodgePermilleOf, mitigationOf, powerOf } from './stats.ts';

/** Who does something to whom, and with what. */
export interface Deed {
  readonly source: number;
  readonly target: number;
  readonly ability: number;
}

export interface Roll {
  readonly min: number;
  readonly max: number;
  /** What an attribute adds. */
  readonly bonus: number;
}

/** An amount before armour: rolled, with what the maker's power makes of it. */
export function rollAmount(state: SimState, source: number, { min, max, bonus }: Roll): number {
  return (state.random.int(min, max) + bonus) * powerOf(state, source);
}

/** Strikes once: whether it lands is rolled, and for how much. Answers whether it landed. */
export function strike(state: SimState, deed: Deed, roll: Roll, school: DamageSchool): boolean {
  const { entities } = state;
  const { source, target } = deed;
  if (!beginHostility(state, deed)) return false;
  const outcome = rollBlow(state.random, {
    ...levelsBetween(state, deed),
    dodgePermille: school === 'kinetic' ? dodgePermilleOf(state, target) : 0,
    critPermille: critPermilleOf(state, source),
  });
  if (outcome === 'miss' || outcome === 'dodge') {
    fails(state, deed, outcome);
    return false;
  }
  const mitigation = mitigationOf(state, target, school, entities.level[source]!);
  const amount = rollAmount(state, source, roll) * blowFactor[outcome] * (1 - mitigation);
  harm(state, { ...deed, amount, outcome });
  return true;
}

/** Whether something hostile that is no blow takes hold. */
export function takesHold(state: SimState, deed: Deed): boolean {
  if (!beginHostility(state, deed)) return false;
  const chances = { ...levelsBetween(state, deed), dodgePermille: 0, critPermille: 0 };
  if (rollBlow(state.random, chances) !== 'miss') return true;
  fails(state, deed, 'miss');
  return false;
}

function levelsBetween({ entities }: SimState, { source, target }: Deed) {
  return {
    levelsAbove: entities.level[target]! - entities.level[source]!,
    target: entities.sort[target] === NPC ? 'npc' : 'player',
  } as const;
}

/** Both sides fight from here on. False: the target is out of reach of all blows. */
function beginHostility(state: SimState, deed: Deed): boolean {
  const { entities, grid, minds, outcome, players } = state;
  const { source, target, ability } = deed;
  // An earlier effect of the same ability may have ended it.
  if (entities.state[target] === entityStates.dead) return false;
  const isNpc = entities.sort[target] === NPC;
  if (isNpc && minds.mode[target] === npcModes.evade) {
    outcome.combat.add(grid.cellOf[target]!, source, target, ability, combatOutcomes.immune, 0);
    return false;
  }
  const striker = players.get(source);
  const struck = players.get(target);
  if (striker) stirUp(state, striker);
  if (struck) stirUp(state, struck);
  if (striker && isNpc) {
    const fight = engage(state, target, striker);
    tap(fight, striker);
    // Whatever the act does: a taunt turns the NPC to one who has not struck it yet.
    state.fights.member(fight, source, striker);
  }
  if (striker && struck) {
    struckPlayer(state, striker, struck);
    state.feuds.between(state, striker, struck);
  }
  return true;
}

/** Who is first to strike has a part in the kill, whatever it does afterwards. */
function tap(fight: Fight, { slot, characterId }: PlayerBody): void {
  if (fight.tappedBy !== undefined) return;
  fight.tappedBy = characterId;
  const member = fight.members.get(slot);
  if (member) member.hasPart = true;
}

function fails(state: SimState, deed: Deed, outcome: 'miss' | 'dodge'): void {
  const { grid } = state;
  const { source, target, ability } = deed;
  state.outcome.combat.add(grid.cellOf[target]!, source, target, ability, combatOutcomes[outcome], 0);
  noteBetween(state, deed, outcome, 0);
  const feuding = state.feuds.of(source, target)?.members.get(source);
  if (feuding) feuding.misses += 1;
  const striker = state.players.get(source);
  const fight = state.fights.of(target);
  const member = striker && fight && state.fights.member(fight, source, striker);
  if (member) {
    member.misses += 1;
    member.threat += 1;
  }
}
