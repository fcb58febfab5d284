import { answerChallenge, challenge, yieldDuel } from './abilities/duel-course.ts';
import { stir } from './idleness.ts';
import type { SimState } from './state.ts';

/** A player's wish in the matter of duels. */
export interface DuelInput {
  readonly slot: number;
  readonly act: 'challenge' | 'accept' | 'decline' | 'yield';
  /** Whom it challenges. */
  readonly target: number;
}

/** Carries a wish out, or tells the player why not. */
export function duelInput(state: SimState, { slot, act, target }: DuelInput): void {
  const body = state.players.get(slot);
  if (!body) return;
  stir(state, body);
  const reason =
    act === 'challenge'
      ? challenge(state, body, target)
      : act === 'yield'
        ? yieldDuel(state, slot)
        : answerChallenge(state, slot, act === 'accept');
  if (reason) state.outcome.refusedDuels.push({ slot, reason });
}
