import type { PlayerBody } from './players.ts';
import type { SimState } from './state.ts';

/** What binds a character to others and to the world's tasks, as it is stored by now. */
export interface TiesInput {
  readonly characterId: string;
  /** Unset: it is in no party. */
  readonly partyId?: string | undefined;
  /** Ids of the quests that it has under way. */
  readonly quests: readonly string[];
}

/** Who of those in the zone is in which party, by their slots. */
export class Parties {
  private readonly slots = new Map<string, Set<number>>();

  /** The members who are here, in the order of their coming or joining. */
  membersOf(partyId: string): Iterable<number> {
    return this.slots.get(partyId) ?? [];
  }

  join(partyId: string, slot: number): void {
    const known = this.slots.get(partyId);
    if (known) known.add(slot);
    else this.slots.set(partyId, new Set([slot]));
  }

  leave(partyId: string, slot: number): void {
    const known = this.slots.get(partyId);
    known?.delete(slot);
    if (known?.size === 0) this.slots.delete(partyId);
  }
}

/** The character's party and quests are these from here on. */
export function tie(state: SimState, { characterId, partyId, quests }: TiesInput): void {
  const body = state.players.get(state.slotOfCharacter.get(characterId) ?? 0);
  if (!body) return;
  untie(state, body);
  body.partyId = partyId;
  body.quests = quests;
  if (partyId !== undefined) state.parties.join(partyId, body.slot);
}

/** The body goes, or belongs to another party. */
export function untie(state: SimState, { partyId, slot }: PlayerBody): void {
  if (partyId !== undefined) state.parties.leave(partyId, slot);
}
