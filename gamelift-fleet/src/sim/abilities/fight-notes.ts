import type { LogKind } from '#shared/contract/fight-log-kinds.ts';
import { NPC } from '../entities.ts';
import { sideOf } from '../fights.ts';
import type { SimState } from '../state.ts';
import { sideInFeud } from './feuds.ts';

/** Something that one body does to another, or to itself. */
export interface Noted {
  readonly source: number;
  readonly target: number;
  readonly ability: number;
}

/** Notes down in the fight of two bodies, if they have one, what one does to the other. */
export function noteBetween(state: SimState, { source, target, ability }: Noted, kind: LogKind, amount: number): void {
  const { entities, fights, feuds, tick } = state;
  const fight = fights.of(entities.sort[target] === NPC ? target : source);
  if (fight) {
    fight.log.note(tick, sideOf(fight, source), sideOf(fight, target), ability, kind, amount);
    return;
  }
  const feud = feuds.of(source, target);
  feud?.log.note(tick, sideInFeud(feud, source), sideInFeud(feud, target), ability, kind, amount);
}

/**
 * Credits healing, or what a shield has taken, to its maker: in the oldest fight with an NPC of who was helped, or else
 * in the oldest with another player, where it is the maker's own. It stands in the log of that fight.
 */
export function creditHelp(
  state: SimState,
  { source, target, ability }: Noted,
  kind: 'heal' | 'shield',
  amount: number,
) {
  const { entities, fights, feuds, players, tick } = state;
  if (amount === 0) return;
  const credited = fights.credit(players.get(source), target, amount);
  const fight = entities.sort[target] === NPC ? fights.of(target) : credited;
  if (fight) {
    fight.log.note(tick, sideOf(fight, source), sideOf(fight, target), ability, kind, amount);
    return;
  }
  const feud = source === target ? feuds.oldestOf(source) : undefined;
  if (!feud) return;
  feud.members.get(source)!.healingDone += amount;
  feud.log.note(tick, sideInFeud(feud, source), sideInFeud(feud, target), ability, kind, amount);
}
