import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import { type Quality, qualityRank } from '#content/quality.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import type { DropMethod, DropSlot, SlotClaim } from './drop.ts';
import type { LootEntry } from './rules.ts';

/** What decides who has a claim on what. */
export interface Sharing {
  readonly method: DropMethod;
  /** From this quality on a slot is rolled for, or given out by the master. */
  readonly threshold: Quality;
  /** Those who earned the kill. */
  readonly eligible: readonly CharacterId[];
  /** Those of them who take turns: the party's, in its order. */
  readonly partyIds: readonly CharacterId[];
  /** Whose turn it was last. */
  readonly lastServedId?: CharacterId | undefined;
}

export interface Allotment {
  readonly slots: readonly DropSlot[];
  /** Whose turn it was; unset: nothing is shared by turns. */
  readonly servedId?: CharacterId | undefined;
}

/** Whose turn comes after somebody's: the next in the order, and after the last the first. Who is not there is passed by. */
export function nextServed(
  order: readonly CharacterId[],
  present: readonly CharacterId[],
  last: CharacterId | undefined,
): CharacterId | undefined {
  const from = last === undefined ? 0 : order.indexOf(last) + 1;
  return [...order.slice(from), ...order.slice(0, from)].find((id) => present.includes(id));
}

/** Whether a piece of this quality is contested under a method: rolled for, or in the master's hands. */
export function claimOf({ method, threshold }: Pick<Sharing, 'method' | 'threshold'>, quality: Quality): SlotClaim {
  const isAbove = qualityRank(quality) >= qualityRank(threshold);
  switch (method) {
    case 'solo':
    case 'free_for_all':
      return 'free';
    case 'round_robin':
      return 'turn';
    case 'group':
      return isAbove ? 'roll' : 'turn';
    case 'master':
      return isAbove ? 'master' : 'turn';
    case 'personal':
      return 'own';
  }
}

/**
 * Who has a claim on what a kill leaves. What a single one has earned is free to them. Pieces for quests are everybody's
 * own: each one who earned the kill has one, as far as the drop has slots.
 */
export function allot(
  entries: readonly LootEntry[],
  sharing: Sharing,
  templateOf: (templateId: string) => { readonly quality: Quality; readonly kind: string },
  random: Random,
): Allotment {
  const { eligible, partyIds, lastServedId } = sharing;
  const plain = (entry: LootEntry): DropSlot => ({ ...entry, state: 'OPEN', claim: 'free' });
  if (eligible.length < 2) return { slots: entries.map(plain) };

  const servedId = nextServed(partyIds, eligible, lastServedId);
  let spare = MAX_LOOT_SLOTS - entries.length;
  const slots = entries.flatMap((entry): DropSlot[] => {
    const { quality, kind } = templateOf(entry.templateId);
    if (kind === 'quest') {
      const copies = Math.min(eligible.length, 1 + spare);
      spare -= copies - 1;
      return eligible.slice(0, copies).map((reservedFor) => ({ ...plain(entry), claim: 'own', reservedFor }));
    }
    const claim = claimOf(sharing, quality);
    if (claim === 'turn' && servedId) return [{ ...plain(entry), claim, reservedFor: servedId }];
    if (claim === 'own')
      return [{ ...plain(entry), claim, reservedFor: eligible[random.int(0, eligible.length - 1)]! }];
    return [{ ...plain(entry), claim: claim === 'turn' ? 'free' : claim }];
  });
  return slots.some(({ claim }) => claim === 'turn') ? { slots, servedId } : { slots };
}
