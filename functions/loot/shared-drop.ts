import { items as itemTemplates } from '#content/items.ts';
import { lootTables } from '#content/loot-tables.ts';
import { LOOT_GENERATED } from '#events/loot.ts';
import { lastServedOf, noteLoot, type Party } from '#functions/party/public.ts';
import { type Changes, type DomainEvent, event, mergeChanges, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, DropId, LootRollId, Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { type Allotment, allot } from './allotment.ts';
import { type Beginning, beginRolls, pieceOf, rollIdOf } from './begin-rolls.ts';
import type { Drop, DropMethod, Looter } from './drop.ts';
import { dropTimes, type Earners, type LootEntry, lootLimits, rollLoot } from './rules.ts';
import { lootTopic } from './topics.ts';

/** A drop without what is in it, and without who may have it. */
export type BareDrop = Omit<Drop, 'method' | 'eligible' | 'slots' | 'freeForAllAtMs' | 'expiresAtMs'>;

/** Something that holds loot, and those who have earned it. */
export interface Find {
  readonly bare: BareDrop;
  readonly lootTable: Slug;
  /** How long it lies there. */
  readonly decaySeconds: number;
  readonly foundAtMs: number;
  readonly earners: Earners;
  readonly random: Random;
}

/** What a kill has left, as the zone shows it to those who earned it. */
export interface RecordedDrop {
  readonly dropId: DropId;
  readonly method: DropMethod;
  readonly eligibleIds: readonly CharacterId[];
  readonly slots: readonly {
    readonly slotIndex: number;
    readonly templateId: Slug;
    readonly count: number;
    /** Whose it is, where it is one's alone or their turn. */
    readonly reservedFor?: CharacterId | undefined;
    /** The roll for it. */
    readonly rollId?: LootRollId | undefined;
  }[];
  readonly expiresAtMs: number;
}

/** What comes out of it. */
export function rolled({ lootTable, random }: Pick<Find, 'lootTable' | 'random'>): readonly LootEntry[] {
  return rollLoot(lootTables.get(lootTable), random, (id) => itemTemplates.get(id).maxStack);
}

/** Those of the earners who are named, in this order. */
export function looters(earners: Earners, ids: readonly CharacterId[]): readonly Looter[] {
  return ids.map((id) => {
    const { accountId, characterId } = earners.all.find((one) => one.characterId === id)!;
    return { accountId, characterId };
  });
}

/** One drop, shared as the party has settled, or by those who had a part in it. */
export async function sharedDrop(
  find: Find,
  party: Party | undefined,
): Promise<{ readonly drops: readonly Drop[]; readonly changes: Changes }> {
  const { bare, decaySeconds, foundAtMs, earners, random } = find;
  const sharing = party && earners.partyIds.length > 0 ? party : undefined;
  const { method, threshold, masterLooterId } = sharing?.loot ?? {
    method: 'solo' as const,
    threshold: 'common' as const,
  };
  const entries = rolled(find);
  const lastServedId = sharing && entries.length > 0 ? await lastServedOf(sharing.partyId) : undefined;
  const allotted = allot(
    entries,
    { method, threshold, eligible: earners.order, partyIds: turnOrder(sharing, earners), lastServedId },
    (id) => itemTemplates.get(id),
    random,
  );
  const slotsWith = (claim: string) =>
    allotted.slots.flatMap((slot, slotIndex) => (slot.claim === claim ? [slotIndex] : []));
  const [toRoll, toGive] = [slotsWith('roll'), slotsWith('master')];
  const { rollWindowMs, masterWindowMs } = lootLimits;
  const contestMs = toGive.length > 0 ? masterWindowMs + rollWindowMs : toRoll.length > 0 ? rollWindowMs : 0;
  const drop: Drop = {
    ...bare,
    method,
    ...(sharing ? { threshold, partyId: sharing.partyId } : {}),
    ...(toGive.length > 0 ? { masterLooterId, masterUntilMs: foundAtMs + masterWindowMs } : {}),
    eligible: looters(earners, earners.order),
    ...dropTimes({ decaySeconds }, foundAtMs, contestMs),
    slots: allotted.slots,
  };
  const beginning = beginRolls(drop, toRoll, foundAtMs);
  return {
    drops: [drop],
    changes: mergeChanges(
      beginning.changes,
      sharing ? { writes: notes(sharing, allotted, lastServedId, beginning, foundAtMs) } : {},
      tellMaster(drop, toGive),
    ),
  };
}

/** Turns go round all members, so that who was not there this time is not passed by the next. */
function turnOrder(party: Party | undefined, earners: Earners): readonly CharacterId[] {
  return party ? party.members.map(({ characterId }) => characterId) : earners.partyIds;
}

function notes(
  { partyId }: Party,
  { servedId }: Allotment,
  lastServedId: CharacterId | undefined,
  { rollIds, closesAtMs }: Beginning,
  nowMs: number,
) {
  if (!servedId && rollIds.length === 0) return [];
  return [
    noteLoot({
      partyId,
      ...(servedId ? { turn: { servedId, lastServedId } } : {}),
      ...(rollIds.length > 0 ? { rolls: { ids: rollIds, closeAtMs: closesAtMs } } : {}),
      nowMs,
    }),
  ];
}

function tellMaster(drop: Drop, slotIndexes: readonly number[]): Changes {
  const { dropId, partyId, masterLooterId, masterUntilMs } = drop;
  if (slotIndexes.length === 0 || !partyId || !masterLooterId) return {};
  const waits = {
    type: 'master_waits' as const,
    dropId,
    masterLooterId,
    slots: slotIndexes.map((slotIndex) => ({ slotIndex, ...pieceOf(drop.slots[slotIndex]!) })),
    until: toIso(masterUntilMs!),
  };
  return { pushes: [push(lootTopic, { partyId }, waits)] };
}

/** Tells that a drop lies in the world. */
export function generated(drop: Drop): DomainEvent {
  const { dropId, zoneId, epoch, npcKind, objectId, x, y, method, partyId } = drop;
  return event(LOOT_GENERATED, {
    aggregateId: dropId,
    aggregateSeq: 1,
    data: {
      dropId,
      zoneId: zoneOf(zoneId),
      epoch,
      ...(npcKind ? { npcKind } : {}),
      ...(objectId ? { objectId } : {}),
      position: { x, y },
      slots: drop.slots.map((slot, slotIndex) => ({ slotIndex, ...pieceOf(slot) })),
      eligible: drop.eligible.map(({ accountId, characterId }) => ({ accountId, characterId })),
      method,
      ...(partyId ? { partyId } : {}),
      freeForAllAt: toIso(drop.freeForAllAtMs),
      expiresAt: toIso(drop.expiresAtMs),
    },
  });
}

/** A drop as the zone shows it; none when nothing is in it. */
export function shown(drop: Drop): readonly RecordedDrop[] {
  if (drop.slots.length === 0) return [];
  const { dropId, method, expiresAtMs } = drop;
  return [
    {
      dropId,
      method,
      expiresAtMs,
      eligibleIds: drop.eligible.map(({ characterId }) => characterId),
      slots: drop.slots.map(({ templateId, count, claim, reservedFor }, slotIndex) => ({
        slotIndex,
        templateId,
        count,
        ...(reservedFor ? { reservedFor } : {}),
        ...(claim === 'roll' ? { rollId: rollIdOf(dropId, slotIndex) } : {}),
      })),
    },
  ];
}
