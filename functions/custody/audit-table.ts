import {
  chainComplaints,
  escrowedBy,
  instanceOf,
  itemById,
  linksOf,
  type Posting,
  postingsOf,
} from '#functions/inventory/public.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { readSettlement, type SettlementRow, settlementOf } from '#shared/settlement/store.ts';
import { log } from '#shared/telemetry/log.ts';
import { compareRows, isLate } from './audit-ledger.ts';
import { auditLimits } from './audit-rules.ts';
import { confirmedSlotFaults, containerHolderOf, slotSuspects } from './audit-slots.ts';
import { type Complaint, complain } from './complaint.ts';
import type { WalkSummary } from './store-audit.ts';
import { type Row, type RowKey, walkPage } from './store-walk.ts';
import { driftComplaints, newWalk, type Walk, withItem } from './walk.ts';

/** Rows of one item, as long as more of them may come. */
interface Group {
  readonly pk: string;
  readonly rows: Row[];
}

interface Walked {
  readonly walk: Walk;
  /** Set when a walk came to its end within this run. */
  readonly walked?: WalkSummary;
  readonly complaints: readonly Complaint[];
  readonly rows: number;
}

/**
 * Goes on with the walk through the whole table: every item's chain (V1), every settlement that has ended (V4). Rows of
 * an item that are not all read when the run ends are read again by the next.
 */
export async function auditTable(before: Walk, nowMs: number): Promise<Walked> {
  const complaints: Complaint[] = [];
  let walk = before;
  let group: Group | undefined;
  let dealtWith: RowKey | undefined = before.at;
  let next: RowKey | undefined = before.at;
  let rows = 0;
  let suspects = 0;
  const slots = new Set<CharacterId>();

  const isFull = () => suspects >= auditLimits.suspects || slots.size >= auditLimits.slotSuspects;
  const close = async () => {
    if (!group) return;
    const postings = [...new Map(group.rows.flatMap(linksOf).map((link) => [link.ver, link])).values()];
    const item = group.rows.map(instanceOf).find((one) => one !== undefined);
    const itemId = item?.itemId ?? postings[0]!.itemId;
    const added = withItem(walk, { itemId, item, postings });
    walk = added.walk;
    dealtWith = keyOf(group.rows.at(-1)!);
    group = undefined;
    if (!added.isSuspect) return;
    suspects += 1;
    complaints.push(...(await lookAgain(itemId)));
  };

  for (let pages = 0; pages < auditLimits.walkPages && !isFull() && !isLate(nowMs); pages += 1) {
    const page = await walkPage(next);
    rows += page.scanned;
    const settlements: SettlementRow[] = [];
    const holders = new Set<CharacterId>();
    for (const row of page.rows) {
      if (group && group.pk !== row.pk) await close();
      const holder = containerHolderOf(row);
      if (holder) {
        holders.add(holder);
        dealtWith = keyOf(row);
        continue;
      }
      const settlement = settlementOf(row);
      if (settlement) settlements.push(settlement);
      else if (group) group.rows.push(row);
      else group = { pk: row.pk, rows: [row] };
      if (settlement) dealtWith = keyOf(row);
    }
    complaints.push(...(await compareRows(settlements)));
    for (const one of await slotSuspects([...holders])) slots.add(one);
    walk = counted(walk, page.scanned, settlements.length);
    next = page.next;
    if (!next) {
      await close();
      complaints.push(
        ...complain('V1', driftComplaints(walk), { of: 'walk' }),
        ...(await confirmedSlotFaults([...slots])),
      );
      const { number, startedAtMs, counts } = walk;
      const walked = { number, startedAtMs, endedAtMs: nowMs, counts };
      return { walk: newWalk(number + 1, nowMs), walked, complaints, rows };
    }
    // Past an item's partition nothing of it comes any more, however few rows of the page were of interest.
    if (group && next.pk !== group.pk) await close();
    if (!group) dealtWith = next;
  }
  complaints.push(...(await confirmedSlotFaults([...slots])));
  return { walk: { ...walk, at: dealtWith }, complaints, rows };
}

function keyOf({ pk, sk }: Row): RowKey {
  return { pk, sk };
}

function counted(walk: Walk, rows: number, settlements: number): Walk {
  const { counts } = walk;
  return { ...walk, counts: { ...counts, rows: counts.rows + rows, settlements: counts.settlements + settlements } };
}

/**
 * Reads an item anew, strongly consistent and as of one version, and says what is wrong with it. One that changes all
 * the time is left for the next walk.
 */
export async function lookAgain(itemId: ItemId): Promise<readonly Complaint[]> {
  const about = { of: 'item', id: itemId } as const;
  for (let tries = 0; tries < 3; tries += 1) {
    const seen = await itemById(itemId);
    if (!seen) return complain('V1', [`${itemId} has postings and no row`], about);
    // A settlement ends in the same moment in which its items leave it: what is read of it first is no older.
    const transactionId = escrowedBy(seen.holder);
    const settlement = transactionId && (await readSettlement(transactionId));
    const postings = await wholeChain(itemId);
    const item = await itemById(itemId);
    if (item?.ver !== seen.ver) continue;
    if (!postings) return [];
    const isStuck = transactionId !== undefined && (!settlement || settlement.outcome !== undefined);
    return [
      ...complain('V1', chainComplaints(item, postings), about),
      ...complain('V4', isStuck ? [`${itemId} is stuck in ${item.holder}`] : [], about),
    ];
  }
  return [];
}

const CHAIN_PAGE = 1_000;

async function wholeChain(itemId: ItemId): Promise<readonly Posting[] | undefined> {
  const chain: Posting[] = [];
  for (;;) {
    const page = await postingsOf(itemId, { limit: CHAIN_PAGE, afterVer: chain.at(-1)?.ver });
    chain.push(...page);
    if (page.length === 0) return chain;
    if (chain.length > auditLimits.longestChain) {
      log().warn('a chain is too long to be read', { itemId, links: chain.length });
      return undefined;
    }
  }
}
