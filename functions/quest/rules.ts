import { type Quality, qualityRank } from '#content/quality.ts';
import type { quests } from '#content/quests.ts';
import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { periodKey } from '#shared/kernel/period-key.ts';

export type Quest = (typeof quests.all)[number];
export type Objective = Quest['objectives'][number];
export type Reward = Quest['rewards']['items'][number];

/** Limits. */
export const balance = {
  /** Most quests under way at once. */
  logCapacity: 25,
  /** Money that a quest pays: so much, and more for each of its levels, in minor units of the soft currency. */
  money: { base: 40n, perLevel: 15n },
  /** A giver shows its mark for quests from so many levels below a character … */
  markBelow: 4,
  /** … to so many above. */
  markAbove: 7,
} as const;

/** Period of a quest that can be done once for ever. */
export const ONCE = 'once';

/** A quest under way. */
export interface QuestRun {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly questId: string;
  /** The day or week that its reward counts for; `once` for a quest that does not repeat. */
  readonly period: string;
  /** COMPLETE: every objective is done, the reward is not yet taken. */
  readonly state: 'ACTIVE' | 'COMPLETE';
  /** By objective id; what is not in it stands at 0. */
  readonly counters: Readonly<Record<string, number>>;
  /** Where the talk with the giver stands; undefined while nobody talks. */
  readonly node: string | undefined;
  /** Decides skill checks, so that asking again rolls the same. Never leaves the server. */
  readonly seed: string;
  /** Only what happens from then on counts. */
  readonly acceptedAtMs: number;
  /** Rises with every change: the condition of the next one. */
  readonly version: number;
}

/** How many quests a character has under way. Its version counts everything that is told of the character's quests. */
export interface QuestLog {
  readonly characterId: CharacterId;
  readonly active: number;
  /** 0: the character has no log yet. */
  readonly version: number;
}

/** When a quest was last rewarded. */
export interface QuestDone {
  readonly questId: string;
  readonly period: string;
  readonly times: number;
}

/** Something that happened and may count for objectives. */
export type Fact =
  | { readonly kind: 'kill'; readonly npc: string }
  | {
      readonly kind: 'collect';
      readonly item: string;
      readonly itemKind: string;
      readonly quality: Quality;
      readonly count: number;
    }
  /** Without a point: the zone itself was entered. */
  | { readonly kind: 'visit'; readonly zone: string; readonly point?: string | undefined }
  | { readonly kind: 'talk'; readonly node: string }
  | { readonly kind: 'use'; readonly object: string }
  /** An event of a zone has ended well. */
  | { readonly kind: 'event'; readonly event: string };

/** The period that a quest accepted now belongs to. */
export function periodOf(quest: Pick<Quest, 'repeat'>, nowMs: number): string {
  return quest.repeat === 'once' ? ONCE : periodKey(quest.repeat, REALM_TIME_ZONE, nowMs);
}

/** What decides whether a character may accept a quest. */
export interface Standing {
  readonly level: number;
  /** Ids of quests that were ever rewarded. */
  readonly rewarded: ReadonlySet<string>;
  /** The last reward of this quest, if there was one. */
  readonly done: Pick<QuestDone, 'period'> | undefined;
  readonly isUnderWay: boolean;
}

/** Why a character may not accept a quest now; undefined when it may. */
export function refusalOf(quest: Quest, standing: Standing, nowMs: number): GameError | undefined {
  if (standing.isUnderWay) return new GameError('quest.already_accepted');
  if (standing.done?.period === periodOf(quest, nowMs)) {
    return new GameError('quest.already_rewarded', { repeat: quest.repeat });
  }
  if (standing.level < quest.requiredLevel) {
    return new GameError('quest.level_too_low', { requiredLevel: quest.requiredLevel });
  }
  const missing = quest.prerequisites.find((id) => !standing.rewarded.has(id));
  if (missing !== undefined) return new GameError('quest.prerequisite_missing', { questId: missing });
  return undefined;
}

/** What a quest pays, in minor units of the soft currency. */
export function moneyOf({ level }: Pick<Quest, 'level'>): bigint {
  return balance.money.base + balance.money.perLevel * BigInt(level);
}

/** Whether the giver shows a mark over its head for a character of this level. */
export function isMarked(quest: Pick<Quest, 'level'>, characterLevel: number): boolean {
  return quest.level >= characterLevel - balance.markBelow && quest.level <= characterLevel + balance.markAbove;
}

/** A quest just accepted, before anybody talks. */
export function begin(
  quest: Quest,
  run: Pick<QuestRun, 'characterId' | 'accountId' | 'seed' | 'acceptedAtMs'>,
): QuestRun {
  return {
    ...run,
    questId: quest.id,
    period: periodOf(quest, run.acceptedAtMs),
    state: 'ACTIVE',
    counters: {},
    node: undefined,
    version: 1,
  };
}

/** The run after its talk has come to a node. */
export function reach(run: QuestRun, quest: Quest, node: string): QuestRun {
  const counted = advance(run, quest, { kind: 'talk', node });
  return { ...counted, node, version: run.version + 1 };
}

/** How much of a fact counts for an objective. */
function countedBy(objective: Objective, fact: Fact): number {
  if (objective.kind === 'kill') return fact.kind === 'kill' && objective.npcs.includes(fact.npc) ? 1 : 0;
  if (objective.kind === 'visit') {
    const isThere = fact.kind === 'visit' && objective.zone === fact.zone && objective.point === (fact.point ?? null);
    return isThere ? 1 : 0;
  }
  if (objective.kind === 'talk') return fact.kind === 'talk' && objective.node === fact.node ? 1 : 0;
  if (objective.kind === 'use') return fact.kind === 'use' && objective.object === fact.object ? 1 : 0;
  if (objective.kind !== 'collect') return fact.kind === 'event' && objective.event === fact.event ? 1 : 0;
  if (fact.kind !== 'collect') return 0;
  const { items, itemKind, minQuality } = objective.match;
  const counts =
    (items.length === 0 || items.includes(fact.item)) &&
    (itemKind === null || itemKind === fact.itemKind) &&
    (minQuality === null || qualityRank(fact.quality) >= qualityRank(minQuality));
  return counts ? fact.count : 0;
}

/**
 * The run after something happened: counters rise up to what their objective asks for and never fall, and the run is
 * COMPLETE when all have. Returns the same object when the fact counts for nothing.
 */
export function advance(run: QuestRun, quest: Quest, fact: Fact): QuestRun {
  let moved = false;
  const counters = { ...run.counters };
  for (const objective of quest.objectives) {
    const before = counters[objective.id] ?? 0;
    const after = Math.min(objective.count, before + countedBy(objective, fact));
    if (after <= before) continue;
    counters[objective.id] = after;
    moved = true;
  }
  if (!moved) return run;
  const isDone = quest.objectives.every((objective) => (counters[objective.id] ?? 0) >= objective.count);
  return { ...run, counters, state: isDone ? 'COMPLETE' : 'ACTIVE', version: run.version + 1 };
}

/** Whether the failure of an event is that of a quest under way: it still has somebody of it to bring along. */
export function failsBy(run: QuestRun, quest: Quest, event: string): boolean {
  return quest.objectives.some(
    (objective) =>
      objective.kind === 'escort' && objective.event === event && (run.counters[objective.id] ?? 0) < objective.count,
  );
}

/**
 * The items that turning a quest in gives.
 * @throws GameError `quest.not_complete`, `quest.choice_required`, `quest.choice_unknown`
 */
export function rewardsOf(run: QuestRun, quest: Quest, chosenItem: string | undefined): readonly Reward[] {
  if (run.state !== 'COMPLETE') throw new GameError('quest.not_complete');
  const { items, choice } = quest.rewards;
  if (chosenItem === undefined) {
    if (choice.length > 0) throw new GameError('quest.choice_required');
    return items;
  }
  const chosen = choice.find((reward) => reward.item === chosenItem);
  if (!chosen) throw new GameError('quest.choice_unknown');
  return [...items, chosen];
}
