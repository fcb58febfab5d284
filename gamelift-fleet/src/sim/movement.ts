import { entityStates, METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import { comeAlive, sicken } from './abilities/player-death.ts';
import { balance } from './balance.ts';
import { stir } from './idleness.ts';
import { interruptLeave } from './leaving.ts';
import type { CorrectionReason } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { jumpTo, place, pointIn, type SimState } from './state.ts';
import { judgePace, judgeView, suspect } from './suspicion.ts';

/** Where a player says it is now. */
export interface MoveInput {
  readonly slot: number;
  readonly seq: number;
  readonly correction: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  /** The newest tick that the client says it has seen. */
  readonly seenTick?: number | undefined;
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
  judgePace(state, player, input.seq);
  judgeView(state, player, input.seenTick);
  player.budget.hear(input.seq, tick);
  if (input.correction !== player.correction) return;
  const isNext = input.seq === player.seq + 1;
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
  const { teleportMetres } = balance.suspicion;
  const claim = { metres, fromX: entities.x[slot]!, fromY: entities.y[slot]!, toX: input.x, toY: input.y };
  const inside =
    input.x >= zone.originX &&
    input.x <= zone.originX + zone.width &&
    input.y >= zone.originY &&
    input.y <= zone.originY + zone.height;
  if (!inside) {
    suspect(state, player, 'out_of_bounds', claim);
    correct(state, player, 'out_of_bounds');
    return;
  }
  const pace = Math.max(player.pace, tick - player.paceTick < balance.combat.paceGraceTicks ? player.formerPace : 0);
  if (player.pace === 0) {
    // No blame: it may not have known yet that it is held.
    if (isStep) correct(state, player, 'not_able');
    return;
  }
  if (metres > 0 && state.obstacles.isBlocked(entities.x[slot]!, entities.y[slot]!, input.x, input.y)) {
    // Between two steps of which some are missing there may have been a way round.
    const isDoorNew = tick - state.objects.closedTick < balance.interaction.doorGraceTicks;
    if (isNext && metres <= teleportMetres) {
      if (!isDoorNew) suspect(state, player, 'wall', claim);
    } else if (metres > teleportMetres) suspect(state, player, 'teleport', claim);
    correct(state, player, 'blocked');
    return;
  }
  // A metre of one that is slowed counts for more, so that the windows stay the same whatever its speed was.
  const spending = player.budget.spend((metres * 1_000) / Math.max(1, pace), player.speed, tick);
  if (spending !== 'fine') {
    const isJump = metres > teleportMetres;
    if (spending === 'too_fast') suspect(state, player, isJump ? 'teleport' : 'speed', claim);
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

/**
 * Lets a player go so many metres beyond its speed within the next ten seconds: for what the server itself does to it,
 * such as a leap or a push. Nobody is blamed for them.
 */
export function grantMovement(state: SimState, slot: number, metres: number): void {
  state.players.get(slot)?.budget.grant(metres, state.tick);
}

/** A dead player comes back at the graveyard, whole. */
export function release(state: SimState, slot: number): void {
  const player = state.players.get(slot);
  if (!player || state.entities.state[slot] !== entityStates.dead) return;
  stir(state, player);
  const { x, y } = pointIn(state, state.zone.graveyard);
  comeAlive(state, player, 1_000);
  sicken(state, player);
  jumpTo(state, slot, x, y);
  correct(state, player, 'respawn');
}
