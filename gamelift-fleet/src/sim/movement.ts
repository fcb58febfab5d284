import { entityStates, METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import { comeAlive, sicken } from './abilities/player-death.ts';
import { balance } from './balance.ts';
import { stir } from './idleness.ts';
import { interruptLeave } from './leaving.ts';
import type { CorrectionReason } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { place, pointIn, type SimState } from './state.ts';

/** Where a player says it is now. */
export interface MoveInput {
  readonly slot: number;
  readonly seq: number;
  readonly correction: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/**
 * Accepts a player's claim of its place, or snaps it back. Claims made before the player knew of the last correction
 * are left aside without blame: they were on their way.
 */
export function moveByInput(state: SimState, input: MoveInput): void {
  const player = state.players.get(input.slot);
  if (!player || input.seq <= player.seq) return;
  const { entities, zone, tick } = state;
  const { slot } = player;
  if (input.correction !== player.correction) return;
  player.seq = input.seq;
  entities.ack[slot] = input.seq;
  const metres = Math.hypot(input.x - entities.x[slot]!, input.y - entities.y[slot]!);
  // A step is more than what rounding to the wire makes of standing still.
  const isStep = metres > METRES_PER_UNIT;
  if (isStep || input.yaw !== player.claimedYaw) stir(state, player);
  player.claimedYaw = input.yaw;
  if (entities.state[slot] === entityStates.dead) {
    if (metres > 0) correct(state, player, 'not_able');
    return;
  }
  const inside =
    input.x >= zone.originX &&
    input.x <= zone.originX + zone.width &&
    input.y >= zone.originY &&
    input.y <= zone.originY + zone.height;
  if (!inside) {
    suspect(state, player);
    correct(state, player, 'out_of_bounds');
    return;
  }
  const pace = Math.max(player.pace, tick - player.paceTick < balance.combat.paceGraceTicks ? player.formerPace : 0);
  if (player.pace === 0) {
    // No blame: it may not have known yet that it is held.
    if (isStep) correct(state, player, 'not_able');
    return;
  }
  // A metre of one that is slowed counts for more, so that the windows stay the same whatever its speed was.
  if (!player.budget.spend((metres * 1_000) / Math.max(1, pace), player.speed, tick)) {
    suspect(state, player);
    correct(state, player, 'too_fast');
    return;
  }
  if (isStep) {
    interruptLeave(state, player, 'moved');
    state.casts.end(slot);
  }
  entities.yaw[slot] = input.yaw;
  // Many small shifts would be a walk that breaks no cast off.
  if (isStep || (metres > 0 && !state.casts.of(slot))) place(state, slot, input.x, input.y);
}

/** Tells the player where it is; until its inputs name this correction they do not move it. */
function correct(state: SimState, player: PlayerBody, reason: CorrectionReason): void {
  player.correction = (player.correction + 1) & 0xff;
  state.outcome.corrections.push({
    slot: player.slot,
    correction: player.correction,
    reason,
    x: state.entities.x[player.slot]!,
    y: state.entities.y[player.slot]!,
  });
}

function suspect(state: SimState, player: PlayerBody): void {
  const { decayTicks, reportAt } = balance.suspicion;
  const forgiven = Math.floor((state.tick - player.suspicionTick) / decayTicks);
  player.suspicion = Math.max(0, player.suspicion - forgiven) + 1;
  player.suspicionTick = state.tick;
  if (player.suspicion % reportAt === 0)
    state.outcome.suspects.push({ characterId: player.characterId, score: player.suspicion });
}

/** A dead player comes back at the graveyard, whole. */
export function release(state: SimState, slot: number): void {
  const player = state.players.get(slot);
  if (!player || state.entities.state[slot] !== entityStates.dead) return;
  stir(state, player);
  const { x, y } = pointIn(state, state.zone.graveyard);
  comeAlive(state, player, 1_000);
  sicken(state, player);
  place(state, slot, x, y);
  correct(state, player, 'respawn');
}
