import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { PlayerBody } from './players.ts';
import type { SimState } from './state.ts';

/** Each body is looked at so often: at 5 m/s it cannot run through a gate between two looks. */
const LOOK_EVERY_TICKS = 4;
const NO_GATE = -1;

/** Index of the gate that a place lies in; -1: none. */
function gateAt({ zone }: SimState, x: number, y: number): number {
  return zone.gates?.findIndex((gate) => Math.hypot(gate.x - x, gate.y - y) <= gate.radius) ?? NO_GATE;
}

/** Notes where a body has come in: who arrives in a gate does not go back through it before having left it. */
export function noteGate(state: SimState, body: PlayerBody): void {
  const { x, y } = state.entities;
  body.gate = gateAt(state, x[body.slot]!, y[body.slot]!);
}

/** Takes those who step into a gate out of the zone with this tick, fighting or not; the dead stay. */
export function watchGates(state: SimState): void {
  if (!state.zone.gates?.length) return;
  const { entities, outcome, tick } = state;
  for (const body of state.players.values()) {
    const { slot } = body;
    if ((slot + tick) % LOOK_EVERY_TICKS !== 0) continue;
    const gate = gateAt(state, entities.x[slot]!, entities.y[slot]!);
    const hasStepped = gate !== body.gate && gate !== NO_GATE;
    body.gate = gate;
    if (!hasStepped || body.isLinkDead || entities.state[slot] === entityStates.dead) continue;
    if (body.level < state.zone.gates[gate]!.minLevel) {
      outcome.turnedBack.push({ slot, gate });
      continue;
    }
    outcome.crossings.push({ slot, gate });
    body.leaveManner = 'travel';
    body.leaveTick = tick;
  }
}
