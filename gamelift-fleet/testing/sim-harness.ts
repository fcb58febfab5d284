import { actionResults, combatOutcomes } from '#shared/contract/zone-protocol.ts';
import type { SpawnSpec, WeaponSpec, ZoneDefinition } from '../src/sim/definition.ts';
import { NPC } from '../src/sim/entities.ts';
import type { TickOutcome } from '../src/sim/outcome.ts';
import { type SimInput, Simulation } from '../src/sim/simulation.ts';
import { abilityNamed, arena } from './fixture-abilities.ts';
import { fixtureCharacter } from './fixture-zone.ts';

const nameIn = (table: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(table).find((key) => table[key] === value) ?? `${value}`;

/** A blow, heal or miss as a test reads it. */
export interface SeenBlow {
  readonly source: number;
  readonly target: number;
  readonly outcome: string;
  readonly amount: number;
}

export interface Entering {
  readonly x?: number;
  readonly y?: number;
  readonly level?: number;
  readonly health?: number;
  readonly gear?: Readonly<Record<string, number>>;
  readonly weapon?: WeaponSpec;
}

/** One simulation stepped by hand, with words for what players do. */
export class SimHarness {
  readonly sim: Simulation;
  private seq = 0;

  constructor(options: { spawns?: readonly SpawnSpec[]; seed?: number; zone?: ZoneDefinition } = {}) {
    this.sim = new Simulation(options.zone ?? arena(options.spawns), { seed: options.seed ?? 7, capacity: 256 });
  }

  get state() {
    return this.sim.state;
  }

  enter(name: string, { x = 20, y = 0, level = 1, health = 10_000, gear, weapon }: Entering = {}): number {
    const { characterId, accountId, classId } = fixtureCharacter(name);
    const place = { x, y, yaw: 0, health };
    const character = { characterId, accountId, name, level, classId, place, gear, weapon };
    return this.sim.step([{ kind: 'join', character }]).joined[0]!.slot;
  }

  /** Uses an ability; answers what the player is told and what was seen of it. */
  use(slot: number, ability: string, target = 0, aim?: { x: number; y: number }) {
    this.seq = (this.seq + 1) & 0xffff;
    const outcome = this.sim.step([
      { kind: 'act', slot, actionSeq: this.seq, ability: abilityNamed(ability), target, aim },
    ]);
    return { answer: nameIn(actionResults, outcome.actionResults[0]!.result), blows: blowsOf(outcome) };
  }

  /** Uses an ability again and again until it has landed; the cooldown must be none. */
  landed(slot: number, ability: string, target: number): void {
    for (let tries = 0; tries < 20; tries++) {
      const { answer, blows } = this.use(slot, ability, target);
      if (answer !== 'done') throw new Error(`${ability}: ${answer}`);
      if (!blows.some(({ outcome }) => outcome === 'miss' || outcome === 'dodge')) return;
    }
    throw new Error(`${ability} never landed`);
  }

  step(inputs: readonly SimInput[] = []): TickOutcome {
    return this.sim.step(inputs);
  }

  /** Lets time pass; answers what was seen meanwhile. */
  pass(ticks: number): SeenBlow[] {
    return Array.from({ length: ticks }, () => blowsOf(this.sim.step([]))).flat();
  }

  /** Walks by a step in one tick. */
  walk(slot: number, dx: number, dy = 0): TickOutcome {
    const { x, y } = this.state.entities;
    const body = this.state.players.get(slot)!;
    const at = { x: x[slot]! + dx, y: y[slot]! + dy };
    return this.sim.step([{ kind: 'move', slot, seq: body.seq + 1, correction: body.correction, ...at, yaw: 0 }]);
  }

  health(slot: number): number {
    return this.state.entities.health[slot]!;
  }

  energy(slot: number): number {
    return this.state.players.get(slot)!.energy;
  }

  get npcs(): number[] {
    const { entities } = this.state;
    return [...entities.slots()].filter((slot) => entities.sort[slot] === NPC);
  }
}

/** Blows of a tick. */
export function blowsOf({ combat }: TickOutcome): SeenBlow[] {
  return Array.from({ length: combat.count }, (_, row) => ({
    source: combat.source[row]!,
    target: combat.target[row]!,
    outcome: nameIn(combatOutcomes, combat.outcome[row]!),
    amount: combat.amount[row]!,
  }));
}
