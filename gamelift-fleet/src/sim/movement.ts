import { entityStates, METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import { stir } from './idleness.ts';
import { interruptLeave } from './leaving.ts';
import type { CorrectionReason } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { jumpTo, place, pointIn, type SimState } from './state.ts';

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
  if (metres > 0 && state.obstacles.isBlocked(entities.x[slot]!, entities.y[slot]!, input.x, input.y)) {
    suspect(state, player);
    correct(state, player, 'blocked');
    return;
  }
  const spending = player.budget.spend(metres, player.speed, tick);
  if (spending !== 'fine') {
    if (spending === 'too_fast') suspect(state, player);
    correct(state, player, 'too_fast');
    return;
  }
  if (isStep) interruptLeave(state, player, 'moved');
  entities.yaw[slot] = input.yaw;
  if (metres > 0) place(state, slot, input.x, input.y);
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
  const { entities, zone } = state;
  const { x, y } = pointIn(state, zone.graveyard);
  entities.health[slot] = entities.maxHealth[slot]!;
  entities.state[slot] = entityStates.alive;
  jumpTo(state, slot, x, y);
  correct(state, player, 'respawn');
}
