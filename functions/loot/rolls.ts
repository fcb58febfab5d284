import { createHash, createHmac } from 'node:crypto';
import type { CharacterId, LootRollId } from '#shared/kernel/ids.ts';
import type { Looter } from './drop.ts';

export const choices = ['need', 'greed', 'pass'] as const;
export type Choice = (typeof choices)[number];

/** What is published with a roll's start: SHA-256 of the seed's text, base64url. The seed itself follows with its end. */
export function commitmentOf(seed: string): string {
  return createHash('sha256').update(seed).digest('base64url');
}

const FACES = 100;
const ROLL_BYTES = 6;

/**
 * A character's roll, 1 to 100: HMAC-SHA-256 with the seed's text as key over `<rollId>.<characterId>`; the first 6
 * bytes as a big-endian number, modulo 100, plus 1. Everybody who knows the seed computes the same. (2^48 is no multiple
 * of 100: the lower faces come up more often by 4 in 10^13.)
 */
export function rollOf(seed: string, rollId: LootRollId, characterId: CharacterId): number {
  const digest = createHmac('sha256', seed).update(`${rollId}.${characterId}`).digest();
  return (digest.readUIntBE(0, ROLL_BYTES) % FACES) + 1;
}

/** What decides a roll. */
export interface RollFacts {
  readonly rollId: LootRollId;
  readonly seed: string;
  /** In the order that decides between equals. */
  readonly eligible: readonly Looter[];
  /** Who has not voted has passed. */
  readonly votes: ReadonlyMap<CharacterId, Choice>;
}

export interface Vote extends Looter {
  readonly choice: Choice;
  /** Unset after a pass. */
  readonly roll?: number | undefined;
}

export interface RollOutcome {
  /** Unset: all have passed. */
  readonly winner?: Looter | undefined;
  /** Of everybody who was asked, in their order. */
  readonly votes: readonly Vote[];
}

const rankOf: Readonly<Record<Choice, number>> = { need: 2, greed: 1, pass: 0 };

/**
 * Decides a roll: need before greed, then the higher roll, then who comes first in the order.
 * @param barred those who may not have it after all; they count as having passed
 */
export function decideRoll(facts: RollFacts, barred: ReadonlySet<CharacterId> = new Set()): RollOutcome {
  const votes = facts.eligible.map((looter): Vote => {
    const voted = facts.votes.get(looter.characterId) ?? 'pass';
    const choice = barred.has(looter.characterId) ? 'pass' : voted;
    const { accountId, characterId } = looter;
    if (choice === 'pass') return { accountId, characterId, choice };
    return { accountId, characterId, choice, roll: rollOf(facts.seed, facts.rollId, characterId) };
  });
  const [best] = votes
    .filter(({ choice }) => choice !== 'pass')
    .toSorted((a, b) => rankOf[b.choice] - rankOf[a.choice] || b.roll! - a.roll!);
  if (!best) return { votes };
  const { accountId, characterId } = best;
  return { winner: { accountId, characterId }, votes };
}

/**
 * Everybody's chance of winning as the votes stand, 0 to 1, in the order of the eligible: among those who need it, else
 * among those who are greedy, each has the same, but for the order that decides between equal rolls.
 */
export function chancesOf({ eligible, votes }: Pick<RollFacts, 'eligible' | 'votes'>): readonly number[] {
  const choiceOf = ({ characterId }: Looter) => votes.get(characterId) ?? 'pass';
  const leading = (['need', 'greed'] as const).find((choice) => eligible.some((looter) => choiceOf(looter) === choice));
  const rivals = eligible.filter((looter) => leading !== undefined && choiceOf(looter) === leading);
  return eligible.map((looter) => {
    const place = rivals.indexOf(looter);
    return place < 0 ? 0 : winningChance(place, rivals.length);
  });
}

/** The chance of the one at this place among so many: those before it must roll lower, those behind it not higher. */
function winningChance(place: number, count: number): number {
  let sum = 0;
  for (let face = 1; face <= FACES; face += 1) {
    sum += ((face - 1) / FACES) ** place * (face / FACES) ** (count - 1 - place);
  }
  return sum / FACES;
}

/** Whether a roll is to be decided: everybody has voted, or its time is over. */
export function isDue(
  roll: Pick<RollFacts, 'eligible' | 'votes'> & { readonly closesAtMs: number },
  nowMs: number,
): boolean {
  return nowMs >= roll.closesAtMs || roll.votes.size >= roll.eligible.length;
}

/** Whether a character of a class may say that it needs a piece: only what is worn, and what its class may wear. */
export function mayNeed(
  template: { readonly slot: string | null; readonly classes: readonly string[] },
  classId: string,
): boolean {
  return template.slot !== null && (template.classes.length === 0 || template.classes.includes(classId));
}
