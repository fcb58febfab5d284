import { entityStates, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { SimState } from './state.ts';

/** Which landmarks those who are here have visited, each once in a stay. */
export class LandmarkVisits {
  private readonly bySlot = new Map<number, { readonly incarnation: number; readonly seen: Set<number> }>();

  /** Whether this is the first time in this stay; counts it. */
  isFirst(slot: number, incarnation: number, landmark: number): boolean {
    let known = this.bySlot.get(slot);
    if (known?.incarnation !== incarnation) {
      known = { incarnation, seen: new Set() };
      this.bySlot.set(slot, known);
    }
    if (known.seen.has(landmark)) return false;
    known.seen.add(landmark);
    return true;
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([...this.bySlot].map(([slot, { incarnation, seen }]) => [slot, incarnation, [...seen]]));
  }
}

/** Notes who has come to a landmark, alive; looks at each player once a second, spread over the ticks. */
export function watchLandmarks(state: SimState): void {
  const { entities, players, visits, zone, tick } = state;
  const { landmarks = [] } = zone;
  if (landmarks.length === 0) return;
  for (const { slot, characterId } of players.values()) {
    if ((tick + slot) % TICK_HZ !== 0 || entities.state[slot] === entityStates.dead) continue;
    for (let index = 0; index < landmarks.length; index++) {
      const { id, area } = landmarks[index]!;
      if (Math.hypot(entities.x[slot]! - area.x, entities.y[slot]! - area.y) > area.radius) continue;
      if (visits.isFirst(slot, entities.incarnation[slot]!, index))
        state.outcome.visits.push({ characterId, landmark: id });
    }
  }
}
