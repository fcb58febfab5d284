import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import type { lootTables } from '#content/loot-tables.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';

export type LootTable = (typeof lootTables.all)[number];

export const lootLimits = {
  /** Of a drop's life, the part in which it belongs to those who made the kill; afterwards it is free for all. */
  ownershipPercent: 50,
  /**
   * Where no party shares it: from when the first, second and third by damage, and then all others who made the kill,
   * may take, in milliseconds after it.
   */
  soloHeadStartMs: [0, 3 * SECOND_MS, 4 * SECOND_MS, 5 * SECOND_MS],
  rollWindowMs: MINUTE_MS,
  /** So long the master looter may give out, before what is left is rolled for. */
  masterWindowMs: MINUTE_MS,
  /** So long an item that was bound by the pick-up may go to others who had earned it too. */
  tradeWindowMs: 2 * HOUR_MS,
  /** How long what a player has put down lies there. */
  putDownLifeMs: 5 * MINUTE_MS,
} as const;

/** One thing that lies in a drop. */
export interface LootEntry {
  readonly templateId: Slug;
  readonly count: number;
}

/** Somebody who had a part in a kill, with the damage done. */
export interface Claimant {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly level: number;
  readonly damage: number;
}

function countIn(range: { readonly min: number; readonly max: number }, random: Random): number {
  return random.int(range.min, range.max);
}

/** Draws one of the entries by weight; undefined from an empty pool. */
function draw<E extends { readonly weight: number }>(pool: readonly E[], random: Random): E | undefined {
  const total = pool.reduce((sum, entry) => sum + entry.weight, 0);
  if (total === 0) return undefined;
  let point = random.int(1, total);
  return pool.find((entry) => {
    point -= entry.weight;
    return point <= 0;
  });
}

/**
 * Rolls a table: every guaranteed entry, then as many weighted draws as the table's rolls say. No weighted entry comes
 * up more often than `maxRepeats`. An amount above the item's stack limit lies in several slots. At most 16 slots; what
 * does not fit is left out, the guaranteed first to stay.
 */
export function rollLoot(
  table: LootTable,
  random: Random,
  maxStackOf: (templateId: Slug) => number,
): readonly LootEntry[] {
  const entries: LootEntry[] = [];
  const add = (templateId: Slug, amount: number) => {
    const stack = maxStackOf(templateId);
    for (let rest = amount; rest > 0 && entries.length < MAX_LOOT_SLOTS; rest -= stack) {
      entries.push({ templateId, count: Math.min(rest, stack) });
    }
  };
  for (const { item, count } of table.guaranteed) add(item, countIn(count, random));

  const drawn = new Map<LootTable['weighted'][number], number>();
  const rolls = countIn(table.rolls, random);
  for (let roll = 0; roll < rolls; roll += 1) {
    const pool = table.weighted.filter((entry) => (drawn.get(entry) ?? 0) < table.maxRepeats);
    const entry = draw(pool, random);
    if (!entry) break;
    drawn.set(entry, (drawn.get(entry) ?? 0) + 1);
    if (entry.item !== null) add(entry.item, countIn(entry.count, random));
  }
  return entries;
}

/** When a drop becomes free for all, and when it is gone. What is rolled for or given out first has its whole life afterwards. */
export function dropTimes(npc: { readonly decaySeconds: number }, killedAtMs: number, contestMs = 0) {
  const lifeMs = npc.decaySeconds * SECOND_MS;
  const settledAtMs = killedAtMs + contestMs;
  return {
    freeForAllAtMs: settledAtMs + Math.floor((lifeMs * lootLimits.ownershipPercent) / 100),
    expiresAtMs: settledAtMs + lifeMs,
  };
}

/** Somebody who stood near a dying NPC, dead or alive. */
export type Bystander = Omit<Claimant, 'damage'>;

/** Who has earned what a kill leaves. */
export interface Earners {
  /** All, with their shares of the damage; the killer first, at most `limit`. */
  readonly all: readonly (Bystander & { readonly damageShare: number })[];
  readonly topDamager: CharacterId;
  /** Those of the party, in its order; empty where no party shares. */
  readonly partyIds: readonly CharacterId[];
  /** All in the order that decides between equals: the party's, then the others by damage. */
  readonly order: readonly CharacterId[];
}

/** Who did the most damage; among equals the first. */
export function topDamagerOf(claimants: readonly Claimant[]): CharacterId {
  return merged(claimants).reduce((top, one) => (one.damage > top.damage ? one : top)).characterId;
}

function merged(claimants: readonly Claimant[]): readonly Claimant[] {
  const byCharacter = new Map<CharacterId, Claimant>();
  for (const claimant of claimants) {
    const known = byCharacter.get(claimant.characterId);
    byCharacter.set(claimant.characterId, known ? { ...known, damage: known.damage + claimant.damage } : claimant);
  }
  if (byCharacter.size === 0) throw new RangeError('a kill has at least one claimant');
  return [...byCharacter.values()];
}

/**
 * The claimants of whoever struck first: itself and its party. All of them when nobody of that group had a part that
 * counts, or nobody is said to have struck first.
 */
export function ofTapGroup(
  claimants: readonly Claimant[],
  tappedBy: CharacterId | undefined,
  party: readonly CharacterId[],
): readonly Claimant[] {
  if (tappedBy === undefined) return claimants;
  const group = claimants.filter(({ characterId }) => characterId === tappedBy || party.includes(characterId));
  return group.length === 0 ? claimants : group;
}

/**
 * Who has earned the kill, frozen: everybody who had a part in it, and the members of the top damager's party who stood
 * near, dead or alive. A party shares as such when at least two of its members are among them.
 * @param party members of the top damager's party, in its order; empty: it is in none
 */
export function freezeEarners(
  kill: { readonly claimants: readonly Claimant[]; readonly nearby: readonly Bystander[] },
  party: readonly CharacterId[],
  limit: number,
): Earners {
  const [killer, ...others] = merged(kill.claimants) as [Claimant, ...Claimant[]];
  const claimants = [killer, ...others.toSorted((a, b) => b.damage - a.damage)];
  const total = claimants.reduce((sum, { damage }) => sum + damage, 0);
  const known = new Set(claimants.map(({ characterId }) => characterId));
  const idle = party.flatMap((id) => {
    const near = known.has(id) ? undefined : kill.nearby.find(({ characterId }) => characterId === id);
    return near ? [{ ...near, damage: 0 }] : [];
  });
  const cut = [...claimants, ...idle].slice(0, limit);
  const present = new Set(cut.map(({ characterId }) => characterId));
  const members = party.filter((id) => present.has(id));
  const partyIds = members.length >= 2 ? members : [];
  const byDamage = cut.toSorted((a, b) => b.damage - a.damage).map(({ characterId }) => characterId);
  return {
    all: cut.map(({ accountId, characterId, level, damage }) => ({
      accountId,
      characterId,
      level,
      damageShare: total === 0 ? 0 : damage / total,
    })),
    topDamager: topDamagerOf(kill.claimants),
    partyIds,
    order: [...partyIds, ...byDamage.filter((id) => !partyIds.includes(id))],
  };
}
