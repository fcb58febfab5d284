import type { SimInput } from '../sim/simulation.ts';

/** What reaches the simulation with the next tick, in order. */
export class Inbox {
  private inputs: SimInput[] = [];

  push(input: SimInput): void {
    this.inputs.push(input);
  }

  /** A character that has not entered yet does not enter after all. */
  withdrawJoin(characterId: string): void {
    this.inputs = this.inputs.filter((input) => input.kind !== 'join' || input.character.characterId !== characterId);
  }

  /** Everything since the last time. */
  take(): readonly SimInput[] {
    const taken = this.inputs;
    this.inputs = [];
    return taken;
  }
}
