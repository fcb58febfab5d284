import type { achievements } from '#content/achievements.ts';
import { type Quality, qualityRank } from '#content/quality.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';

export type Achievement = (typeof achievements.all)[number];
export type Criterion = Achievement['criterion'];
export type CriterionKind = Criterion['kind'];

/** How far a character has come with all achievements of one kind. */
export interface AchievementProgress {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly kind: CriterionKind;
  /** By achievement id; what is not in it stands at 0. Never above the target. */
  readonly counters: Readonly<Record<string, number>>;
  /** When each was unlocked, in epoch milliseconds; unlocked is for ever. */
  readonly unlocked: Readonly<Record<string, number>>;
  /** Rises with every change: the condition of the next one. 0: nothing is stored yet. */
  readonly version: number;
}

/** Something that happened and may move counters. */
export type Fact =
  | { readonly kind: 'kill'; readonly npc: string; readonly rank: string; readonly faction: string }
  | { readonly kind: 'pick-up'; readonly itemKind: string; readonly quality: Quality; readonly count: number }
  | { readonly kind: 'quest'; readonly quest: string }
  | { readonly kind: 'level'; readonly level: number };

/** A character that has not counted anything of this kind. */
export function nothingYet(
  owner: Pick<AchievementProgress, 'characterId' | 'accountId'>,
  kind: CriterionKind,
): AchievementProgress {
  return { ...owner, kind, counters: {}, unlocked: {}, version: 0 };
}

/** Where a fact moves the counter of a criterion to, before clamping. */
function counted(criterion: Criterion, fact: Fact, before: number): number {
  const isAny = (wanted: string | null, actual: string) => wanted === null || wanted === actual;
  if (criterion.kind === 'kill' && fact.kind === 'kill') {
    const { npc, rank, faction } = criterion;
    return isAny(npc, fact.npc) && isAny(rank, fact.rank) && isAny(faction, fact.faction) ? before + 1 : before;
  }
  if (criterion.kind === 'pick-up' && fact.kind === 'pick-up') {
    const { itemKind, minQuality } = criterion;
    const isGood = minQuality === null || qualityRank(fact.quality) >= qualityRank(minQuality);
    return isGood && isAny(itemKind, fact.itemKind) ? before + fact.count : before;
  }
  if (criterion.kind === 'quest' && fact.kind === 'quest') {
    return isAny(criterion.quest, fact.quest) ? before + 1 : before;
  }
  // A level is a height, not a sum: told late or twice, it moves nothing back.
  if (criterion.kind === 'level' && fact.kind === 'level') return Math.max(before, fact.level);
  return before;
}

/**
 * The progress after a fact, and what it unlocked. Counters rise up to their target and never fall; what is unlocked
 * stays so. Returns the same object when the fact moves nothing.
 */
export function advance(
  before: AchievementProgress,
  definitions: readonly Achievement[],
  fact: Fact,
  nowMs: number,
): { readonly progress: AchievementProgress; readonly unlocked: readonly Achievement[] } {
  const counters = { ...before.counters };
  const unlocked: Achievement[] = [];
  let moved = false;
  for (const achievement of definitions) {
    const { id, criterion } = achievement;
    const count = counters[id] ?? 0;
    const next = Math.min(criterion.target, counted(criterion, fact, count));
    if (next <= count) continue;
    counters[id] = next;
    moved = true;
    if (next === criterion.target && before.unlocked[id] === undefined) unlocked.push(achievement);
  }
  if (!moved) return { progress: before, unlocked };
  const now = Object.fromEntries(unlocked.map(({ id }) => [id, nowMs]));
  return {
    progress: { ...before, counters, unlocked: { ...before.unlocked, ...now }, version: before.version + 1 },
    unlocked,
  };
}
