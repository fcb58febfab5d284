import { entityStates } from '#shared/contract/zone-protocol.ts';
import { OBJECT, PLAYER } from '../entities.ts';
import { isInRestArea, type SimState } from '../state.ts';

/** How somebody stands in the matter of who may strike whom. */
export interface Standing {
  readonly isPlayer: boolean;
  readonly isDead: boolean;
  /** It has chosen to fight players, or was about it a while ago. */
  readonly isFlagged: boolean;
  readonly isInSanctuary: boolean;
  /** Whom it fights in a duel that is under way. */
  readonly duelOpponent: number;
}

export type Verdict = 'yes' | 'bad_target' | 'protected';

/**
 * Who may strike whom. NPCs and players strike each other. Players strike each other in their duel, and where both have
 * chosen to and neither is in a rest area. Nobody else is struck, meant or not.
 */
export function mayStrike(actor: number, by: Standing, target: number, at: Standing): Verdict {
  if (actor === target || at.isDead) return 'bad_target';
  if (by.isPlayer !== at.isPlayer) return 'yes';
  if (!by.isPlayer) return 'bad_target';
  if (by.duelOpponent === target && at.duelOpponent === actor) return 'yes';
  if (by.duelOpponent !== 0 || at.duelOpponent !== 0) return 'protected';
  return by.isFlagged && at.isFlagged && !by.isInSanctuary && !at.isInSanctuary ? 'yes' : 'protected';
}

/** Who may help whom: their own kind, but nobody from outside in a duel. */
export function mayHelp(actor: number, by: Standing, target: number, at: Standing): Verdict {
  if (by.isPlayer !== at.isPlayer) return 'bad_target';
  return actor === target || at.duelOpponent === 0 ? 'yes' : 'protected';
}

export function standingOf(state: SimState, slot: number): Standing {
  const { entities, tick } = state;
  const body = state.players.get(slot);
  return {
    isPlayer: entities.sort[slot] === PLAYER,
    isDead: entities.state[slot] === entityStates.dead,
    isFlagged: body !== undefined && (body.wantsPvp || tick < body.pvpUntilTick),
    isInSanctuary: body !== undefined && isInRestArea(state, slot),
    duelOpponent: state.duels.opponentOf(slot),
  };
}

/** See {@link mayStrike}, as things are now. */
export function strikeVerdict(state: SimState, actor: number, target: number): Verdict {
  if (state.entities.sort[target] === OBJECT || state.minds.isFriend[target] === 1) return 'bad_target';
  return mayStrike(actor, standingOf(state, actor), target, standingOf(state, target));
}

/** See {@link mayHelp}, as things are now. */
export function helpVerdict(state: SimState, actor: number, target: number): Verdict {
  if (state.entities.sort[target] === OBJECT) return 'bad_target';
  // Who is to be brought along is the players' friend alone.
  if (state.minds.isFriend[target] === 1) return state.entities.sort[actor] === PLAYER ? 'yes' : 'bad_target';
  return mayHelp(actor, standingOf(state, actor), target, standingOf(state, target));
}
