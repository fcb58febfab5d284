import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import type { lootTables } from '#content/loot-tables.ts';
import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import type { slotStates } from './contract.ts';

export type LootTable = (typeof lootTables.all)[number];

/** Of a drop's life, the part in which it belongs to those who made the kill; afterwards it is free for all. */
const OWNERSHIP_PERCENT = 50;

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

export interface DropSlot extends LootEntry {
  readonly state: (typeof slotStates)[number];
  /** Set when AWARDED. */
  readonly awardedTo?: CharacterId | undefined;
}

/** What decides about a pick-up. */
export interface DropFacts {
  readonly zoneId: Slug;
  /** Those who earned the kill. */
  readonly eligible: readonly CharacterId[];
  readonly freeForAllAtMs: number;
  readonly expiresAtMs: number;
  readonly slots: readonly DropSlot[];
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

/** When a drop of this kind becomes free for all, and when it is gone. */
export function dropTimes(npc: { readonly decaySeconds: number }, killedAtMs: number) {
  const lifeMs = npc.decaySeconds * SECOND_MS;
  return {
    freeForAllAtMs: killedAtMs + Math.floor((lifeMs * OWNERSHIP_PERCENT) / 100),
    expiresAtMs: killedAtMs + lifeMs,
  };
}

/**
 * Who earns a share of the kill, frozen: the killer (who comes first in `claimants`) stays first, the others by damage;
 * nobody twice, at most `limit`. Shares are of the damage of all claimants; they sum up to 1 unless somebody was cut.
 */
export function freezeEligible(claimants: readonly Claimant[], limit: number) {
  const byCharacter = new Map<CharacterId, Claimant>();
  for (const claimant of claimants) {
    const known = byCharacter.get(claimant.characterId);
    byCharacter.set(claimant.characterId, known ? { ...known, damage: known.damage + claimant.damage } : claimant);
  }
  const [killer, ...others] = byCharacter.values();
  if (!killer) throw new RangeError('a kill has at least one claimant');
  const all = [killer, ...others];
  const total = all.reduce((sum, { damage }) => sum + damage, 0);
  const ordered = [killer, ...others.sort((a, b) => b.damage - a.damage)].slice(0, limit);
  return {
    eligible: ordered.map(({ accountId, characterId, level, damage }) => ({
      accountId,
      characterId,
      level,
      damageShare: total === 0 ? 0 : damage / total,
    })),
    topDamager: all.reduce((top, one) => (one.damage > top.damage ? one : top)).characterId,
  };
}

/** May this character take from the drop now? */
export function isEligible(
  drop: Pick<DropFacts, 'eligible' | 'freeForAllAtMs'>,
  characterId: CharacterId,
  nowMs: number,
): boolean {
  return nowMs >= drop.freeForAllAtMs || drop.eligible.includes(characterId);
}

/**
 * Decides whether a character may take a slot, from what is known; the commit's conditions decide again. To a stranger
 * who is elsewhere a drop and none at all look alike.
 * @returns the open slot
 * @throws GameError `loot.drop_not_found`, `loot.expired`, `loot.slot_not_found`, `loot.wrong_zone`, `loot.not_eligible`, `loot.already_taken`
 */
export function openSlotFor(
  drop: DropFacts,
  request: {
    readonly characterId: CharacterId;
    readonly slotIndex: number;
    readonly presentIn: Slug | undefined;
    readonly nowMs: number;
  },
): DropSlot {
  const slot = drop.slots[request.slotIndex];
  const isHere = request.presentIn === drop.zoneId;
  if (!isHere && !drop.eligible.includes(request.characterId)) throw new GameError('loot.drop_not_found');
  if (request.nowMs >= drop.expiresAtMs) throw new GameError('loot.expired');
  if (!slot) throw new GameError('loot.slot_not_found');
  if (!isHere) throw new GameError('loot.wrong_zone', { zoneId: drop.zoneId });
  if (!isEligible(drop, request.characterId, request.nowMs)) {
    throw new GameError(
      'loot.not_eligible',
      {},
      { retryAfterSeconds: Math.ceil((drop.freeForAllAtMs - request.nowMs) / SECOND_MS) },
    );
  }
  if (slot.state !== 'OPEN') throw new GameError('loot.already_taken');
  return slot;
}
