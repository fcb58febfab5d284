import { bagsOf, itemsOf, misfits, type Occupant, placesOf, type StoredItems } from '#functions/inventory/public.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { sleep } from '#shared/kernel/sleep.ts';
import { listPending, PENDING_SHARDS } from '#shared/settlement/store.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { auditLimits } from './audit-rules.ts';
import { type Complaint, complain } from './complaint.ts';

type Row = Readonly<Record<string, unknown>>;
type Bags = Awaited<ReturnType<typeof bagsOf>>;

/** A slot of a container, and what lies in it. */
type Spot = Occupant & { readonly container: string };

/** The character whose container a row of the table is; undefined of every other row. */
export function containerHolderOf(row: Row): CharacterId | undefined {
  return row[tableDefinition.entityAttribute] === 'Bag' ? (row.characterId as CharacterId) : undefined;
}

/**
 * Of these characters those whose slots do not fit what lies in them, by a list that may be a second old and without
 * what settlements under way keep: no complaint yet. One list and three rows a character.
 */
export async function slotSuspects(characterIds: readonly CharacterId[]): Promise<readonly CharacterId[]> {
  const suspects: CharacterId[] = [];
  for (let from = 0; from < characterIds.length; from += auditLimits.slotLooks) {
    const part = characterIds.slice(from, from + auditLimits.slotLooks);
    const found = await Promise.all(
      part.map(async (characterId) => {
        const [bags, items] = await Promise.all([bagsOf(characterId), itemsOf(characterId)]);
        return slotFaults(characterId, bags, items).length > 0 ? [characterId] : [];
      }),
    );
    suspects.push(...found.flat());
  }
  return suspects;
}

/**
 * Looks at suspects again when the lists have caught up, with what settlements under way keep for themselves. Containers
 * that change all the time are left for the next walk.
 */
export async function confirmedSlotFaults(suspects: readonly CharacterId[]): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = [];
  let left = suspects;
  for (let tries = 0; tries < 3 && left.length > 0; tries += 1) {
    const seen = await Promise.all(left.map(async (id) => [id, await bagsOf(id)] as const));
    await sleep(auditLimits.indexLagMs);
    const reserved = await reservedSpots(new Set(left));
    const changing: CharacterId[] = [];
    for (const [characterId, before] of seen) {
      const items = await itemsOf(characterId);
      const bags = await bagsOf(characterId);
      if (!isSame(before, bags)) changing.push(characterId);
      else {
        const texts = slotFaults(characterId, bags, [...items, ...(reserved.get(characterId) ?? [])]);
        complaints.push(...complain('V1', texts, { of: 'slots', id: characterId }));
      }
    }
    left = changing;
  }
  return complaints;
}

function slotFaults(characterId: CharacterId, bags: Bags, occupants: readonly Spot[]): readonly string[] {
  return Object.values(bags).flatMap(({ container, taken }) =>
    misfits(
      `${characterId}/${container}`,
      taken,
      occupants.filter((one) => one.container === container),
    ),
  );
}

/** Slots that settlements under way keep: where their items were, and where they go. */
async function reservedSpots(of: ReadonlySet<CharacterId>): Promise<ReadonlyMap<string, readonly Spot[]>> {
  // A clock that is ahead makes no difference: all that is under way counts.
  const page = { beforeMs: Date.parse('9999-01-01'), limit: auditLimits.reserving };
  const shards = Array.from({ length: PENDING_SHARDS }, (_none, shard) => listPending(shard, page));
  const stored = (await Promise.all(shards)).flat().flatMap(({ items }) => (items ? [items as StoredItems] : []));
  const spots = stored.flatMap(placesOf).flatMap(({ holder, container, slot }) => {
    const isMeant = container !== undefined && slot !== undefined && of.has(holder as CharacterId);
    return isMeant ? [{ holder, container, slot }] : [];
  });
  return Map.groupBy(spots, ({ holder }) => holder);
}

function isSame(one: Bags, other: Bags): boolean {
  return Object.values(one).every(({ container, ver }) => other[container].ver === ver);
}
