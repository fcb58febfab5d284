import { attributeIds, type skillIds } from '#content/attributes.ts';
import type { classes } from '#content/classes.ts';
import { levels, MAX_LEVEL } from '#content/levels.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';

type CharacterClass = (typeof classes.all)[number];
export type AttributeId = (typeof attributeIds)[number];
export type SkillId = (typeof skillIds)[number];

/** Which spent points a respec gives back. */
export const respecKinds = ['attributes', 'skills', 'all'] as const;
export type RespecKind = (typeof respecKinds)[number];

/** How far a character has come. `xp` is all that it earned, less what respecs cost; its level never falls. */
export interface Progression {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly classId: string;
  readonly level: number;
  readonly xp: number;
  readonly attributes: Readonly<Record<AttributeId, number>>;
  readonly skills: Readonly<Record<SkillId, number>>;
  readonly attributePoints: number;
  readonly skillPoints: number;
  /** Respecs that counted for the price after the last one; some are forgiven since. */
  readonly respecSteps?: number | undefined;
  /** When the last respec was. */
  readonly respecAtMs?: number | undefined;
  /** Rises with every change: the condition of the next one. */
  readonly version: number;
}

/** Balance of points and experience. */
export const balance = {
  maxAttribute: 200,
  /** A skill may be raised to `base + perLevel × level`. */
  skillCap: { base: 5, perLevel: 3 },
  /** A kill among equals yields `perLevel × level + base`. */
  killXp: { base: 45, perLevel: 5 },
  /** A stronger NPC yields this much more for each level above, up to so many levels. */
  higherNpc: { percentPerLevel: 5, maxLevels: 4 },
  /**
   * How many levels below a character an NPC must be to yield nothing, by the character's level: the first row whose
   * `below` is above it.
   */
  worthless: [
    { below: 8, levels: 5 },
    { below: 10, levels: 6 },
    { below: 12, levels: 7 },
    { below: 16, levels: 8 },
    { below: 20, levels: 9 },
    { below: 30, levels: 11 },
    { below: Number.POSITIVE_INFINITY, levels: 12 },
  ],
  /**
   * What a respec costs, in percent of the experience from one level to the next, by the number of respecs that count;
   * one is forgiven after each `forgivenAfterMs` since the last.
   */
  respec: { percent: [0, 5, 10, 20, 40, 50], forgivenAfterMs: 30 * DAY_MS },
  /** Bonus for a shared kill by the number of people, in thousandths; larger groups get none. */
  groupBonusPermille: [1_000, 1_000, 1_166, 1_300, 1_400],
} as const;

/** Experience needed in all to stand at the beginning of each level: index 0 is level 1. */
const thresholds: readonly number[] = levels.map((_level, index) =>
  levels.slice(0, index).reduce((sum, { xpToNext }) => sum + (xpToNext ?? 0), 0),
);

/** The level that this much experience makes. */
export function levelAt(xp: number): number {
  let level = 1;
  while (level < MAX_LEVEL && xp >= thresholds[level]!) level += 1;
  return level;
}

/** Where a character stands within its level; the last level leads nowhere. */
export function levelProgress(xp: number): { xpIntoLevel: number; xpToNext: number | null } {
  const level = levelAt(xp);
  const xpIntoLevel = xp - thresholds[level - 1]!;
  return { xpIntoLevel, xpToNext: level === MAX_LEVEL ? null : thresholds[level]! - xp };
}

/** What a new character of this class begins with. */
export function beginningOf(
  owner: Pick<Progression, 'characterId' | 'accountId'>,
  characterClass: CharacterClass,
): Progression {
  return {
    ...owner,
    classId: characterClass.id,
    level: 1,
    xp: 0,
    attributes: characterClass.attributes,
    skills: characterClass.skills,
    attributePoints: 0,
    skillPoints: 0,
    version: 1,
  };
}

/**
 * Experience that one character earns for an NPC alone: more for a stronger one, less for a weaker one, nothing for one
 * that is no danger any more.
 */
export function killXp(characterLevel: number, npc: { readonly level: number; readonly xpPercent: number }): number {
  const base = balance.killXp.perLevel * characterLevel + balance.killXp.base;
  const above = npc.level - characterLevel;
  const { percentPerLevel, maxLevels } = balance.higherNpc;
  if (above >= 0) {
    return Math.round((base * (100 + percentPerLevel * Math.min(above, maxLevels)) * npc.xpPercent) / 10_000);
  }
  const worthless = balance.worthless.find((row) => characterLevel < row.below)!.levels;
  return Math.round((base * Math.max(0, worthless + above) * npc.xpPercent) / (worthless * 100));
}

/** Each one's part of a kill that several earned: by level, with the group's bonus. Nobody gets more than alone. */
export function sharedKillXp(
  earners: readonly { readonly characterId: string; readonly level: number }[],
  npc: { readonly level: number; readonly xpPercent: number },
): ReadonlyMap<string, number> {
  const levelSum = earners.reduce((sum, earner) => sum + earner.level, 0);
  const bonusPermille = balance.groupBonusPermille[earners.length - 1] ?? 1_000;
  return new Map(
    earners.map(({ characterId, level }) => {
      const alone = killXp(level, npc);
      const part = Math.floor((alone * level * bonusPermille) / (levelSum * 1_000));
      return [characterId, Math.min(alone, part)];
    }),
  );
}

/**
 * The character after earning experience: levels, their points, and what its class gains by itself. At the last level
 * experience no longer adds up. Returns the same object when nothing changed.
 */
export function gainXp(before: Progression, earnedXp: number, characterClass: CharacterClass): Progression {
  const xp = Math.min(before.xp + earnedXp, thresholds[MAX_LEVEL - 1]!);
  if (xp <= before.xp) return before;
  const level = levelAt(xp);
  const risen = levels.slice(before.level, level);
  const attributes = Object.fromEntries(
    attributeIds.map((id) => [id, before.attributes[id] + characterClass.attributesPerLevel[id] * risen.length]),
  ) as Progression['attributes'];
  return {
    ...before,
    xp,
    level,
    attributes,
    attributePoints: before.attributePoints + risen.reduce((sum, row) => sum + row.attributePoints, 0),
    skillPoints: before.skillPoints + risen.reduce((sum, row) => sum + row.skillPoints, 0),
    version: before.version + 1,
  };
}

/** The highest value that points may raise a skill to at this level. */
export function skillCap(level: number): number {
  return balance.skillCap.base + balance.skillCap.perLevel * level;
}

/**
 * The character after putting points into an attribute.
 * @throws GameError `progression.not_enough_points`, `progression.cap_reached`
 */
export function raiseAttribute(before: Progression, id: AttributeId, points: number): Progression {
  const value = before.attributes[id] + points;
  assertSpendable(before.attributePoints, points, value, balance.maxAttribute);
  return {
    ...before,
    attributes: { ...before.attributes, [id]: value },
    attributePoints: before.attributePoints - points,
    version: before.version + 1,
  };
}

/**
 * The character after putting points into a skill.
 * @throws GameError `progression.not_enough_points`, `progression.cap_reached`
 */
export function raiseSkill(before: Progression, id: SkillId, points: number): Progression {
  const value = before.skills[id] + points;
  assertSpendable(before.skillPoints, points, value, skillCap(before.level));
  return {
    ...before,
    skills: { ...before.skills, [id]: value },
    skillPoints: before.skillPoints - points,
    version: before.version + 1,
  };
}

/** How many respecs still count for the price. */
function countedRespecs({ respecSteps = 0, respecAtMs = 0 }: Progression, nowMs: number): number {
  return Math.max(0, respecSteps - Math.floor(Math.max(0, nowMs - respecAtMs) / balance.respec.forgivenAfterMs));
}

/**
 * What a respec costs now. It never costs a level: only experience within the level can pay for it. At the last level
 * there is none, so that only a respec whose price has come down to nothing is possible.
 */
export function respecPrice(
  progression: Progression,
  nowMs: number,
): { readonly cost: number; readonly isAffordable: boolean; readonly cheaperAtMs: number | undefined } {
  const counted = countedRespecs(progression, nowMs);
  const span = levels[Math.min(progression.level, MAX_LEVEL - 1) - 1]!.xpToNext!;
  const cost = Math.ceil((span * balance.respec.percent[counted]!) / 100);
  const { respecSteps = 0, respecAtMs = 0 } = progression;
  const cheaperAtMs =
    counted === 0 ? undefined : respecAtMs + (respecSteps - counted + 1) * balance.respec.forgivenAfterMs;
  return { cost, isAffordable: cost <= levelProgress(progression.xp).xpIntoLevel, cheaperAtMs };
}

/**
 * The character with its spent points back: attributes and skills stand where its class and level put them.
 * @throws GameError `progression.nothing_to_respec`, `progression.respec_unaffordable`
 */
export function respec(
  before: Progression,
  kind: RespecKind,
  characterClass: CharacterClass,
  nowMs: number,
): { readonly after: Progression; readonly cost: number } {
  const risen = levels.slice(1, before.level);
  const given = {
    attributePoints: risen.reduce((sum, row) => sum + row.attributePoints, 0),
    skillPoints: risen.reduce((sum, row) => sum + row.skillPoints, 0),
  };
  const hasSpent = {
    attributes: before.attributePoints < given.attributePoints,
    skills: before.skillPoints < given.skillPoints,
  };
  const resets = {
    attributes: kind !== 'skills' && hasSpent.attributes,
    skills: kind !== 'attributes' && hasSpent.skills,
  };
  if (!resets.attributes && !resets.skills) throw new GameError('progression.nothing_to_respec');
  const { cost, isAffordable } = respecPrice(before, nowMs);
  if (!isAffordable) {
    const { xpIntoLevel } = levelProgress(before.xp);
    throw new GameError('progression.respec_unaffordable', { cost, xpIntoLevel });
  }
  const attributes = Object.fromEntries(
    attributeIds.map((id) => [
      id,
      characterClass.attributes[id] + characterClass.attributesPerLevel[id] * risen.length,
    ]),
  ) as Progression['attributes'];
  const after = {
    ...before,
    xp: before.xp - cost,
    ...(resets.attributes ? { attributes, attributePoints: given.attributePoints } : {}),
    ...(resets.skills ? { skills: characterClass.skills, skillPoints: given.skillPoints } : {}),
    respecSteps: Math.min(countedRespecs(before, nowMs) + 1, balance.respec.percent.length - 1),
    respecAtMs: nowMs,
    version: before.version + 1,
  };
  return { after, cost };
}

function assertSpendable(unspent: number, points: number, value: number, cap: number): void {
  if (points > unspent) throw new GameError('progression.not_enough_points', { unspent });
  if (value > cap) throw new GameError('progression.cap_reached', { cap });
}
