import { isDeepStrictEqual } from 'node:util';
import { linksOf } from '#functions/inventory/public.ts';
import { type OutboxRow, parseOutboxItem } from '#shared/events/outbox.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { ChangeRecord, MemoryTable } from '#shared/testing/memory-table/memory-table.ts';
import type { Recorder } from './recorder.ts';
import type { Process, Scheduler } from './scheduler.ts';

type Row = Readonly<Record<string, unknown>>;

function keyOf({ pk, sk }: Row): string {
  return `${pk} ${sk}`;
}

/** An event as the outbox has it. */
export type ToldEvent = OutboxRow['events'][number]['envelope'];

/** What the table's stream brings on its way. */
export interface Stream {
  /** Of each new outbox row. */
  relay(row: OutboxRow): void;
  /** Of each settlement that begins. */
  begun(transactionId: string): void;
}

/**
 * Looks at every commit of the table as it happens: what it changes must be right by itself (V1, V4, V6, V7, V9 of a
 * single commit). It knows in whose process a commit was made.
 */
export class Observer {
  private readonly scheduler: Scheduler;
  private readonly ledger: MemoryLedger;
  private readonly stream: Stream;
  private readonly recorder: Recorder;
  /** All rows of the table as they are now, by their keys: cheaper than to ask the table. */
  private readonly table: Map<string, Row>;
  private readonly closedSessions = new Set<string>();
  private readonly unsent = new Set<string>();
  private readonly pending = new Map<string, number>();
  private group:
    | {
        readonly commit: number;
        readonly process: Process | undefined;
        readonly looks: ReadonlyMap<string, number>;
        readonly records: ChangeRecord[];
      }
    | undefined;
  private readonly effects = new Map<string, number>();
  private readonly marks = new Map<string, number>();
  /** What was wrong, as it happened. */
  readonly complaints: string[] = [];
  /** By event id. */
  readonly told = new Map<string, ToldEvent>();
  /** At which of the simulation's steps each call took effect: when its receipt was written. */
  readonly receipts = new Map<string, number>();
  commits = 0;

  constructor(
    scheduler: Scheduler,
    ledger: MemoryLedger,
    rows: readonly Row[],
    of: { readonly stream: Stream; readonly recorder: Recorder },
  ) {
    this.table = new Map(rows.map((row) => [keyOf(row), row]));
    this.scheduler = scheduler;
    this.ledger = ledger;
    this.stream = of.stream;
    this.recorder = of.recorder;
  }

  get rows(): readonly Row[] {
    return [...this.table.values()];
  }

  /** Whether every event has left the outbox. */
  get isSent(): boolean {
    return this.unsent.size === 0;
  }

  /** Settlements that are under way and were prepared by then. */
  pendingSince(beforeMs: number): readonly string[] {
    return [...this.pending].filter(([, atMs]) => atMs <= beforeMs).map(([id]) => id);
  }

  watch(memory: MemoryTable): () => void {
    return memory.onChange((record) => {
      if (this.group?.commit !== record.commit) {
        this.close();
        const process = this.scheduler.process();
        const looks = this.recorder.looksOf(process);
        this.group = { commit: record.commit, process, looks, records: [] };
        queueMicrotask(() => this.close());
      }
      this.group!.records.push(record);
      const { oldImage, newImage } = record;
      if (newImage) this.table.set(keyOf(newImage), newImage);
      else this.table.delete(keyOf(oldImage!));
    });
  }

  private close(): void {
    const { group } = this;
    if (!group) return;
    this.group = undefined;
    this.commits += 1;
    const of = (entity: string) =>
      group.records.filter(({ newImage, oldImage }) => (newImage ?? oldImage)?._et === entity);
    const before = this.complaints.length;
    this.itemsMove(of('Item'), of('Custody'));
    this.settlementsEnd(of('Settlement'));
    this.sessions(of('Session'));
    const begins = this.effectOf(group.process, {
      receipts: of('Receipt'),
      settlements: of('Settlement'),
      items: of('Item'),
      marks: of('Inbox'),
      records: group.records,
    });
    this.outbox(of('Outbox'));
    this.recorder.commit(group.records, group, begins);
    const who = group.process ? ` (${group.process.id} ${group.process.name})` : '';
    for (let index = before; index < this.complaints.length; index += 1) this.complaints[index] += who;
  }

  /**
   * V1: every version of an item has its posting, from where it was to where it is, and nothing comes from nothing.
   * Postings are added, never changed: what leaves the item's row is put away whole.
   */
  private itemsMove(items: readonly ChangeRecord[], pages: readonly ChangeRecord[]): void {
    let made = 0;
    let changed = 0;
    for (const { eventName, oldImage, newImage } of pages) {
      if (eventName !== 'INSERT') this.complain(`postings of ${(newImage ?? oldImage)?.itemId} were rewritten`);
    }
    const putAway = new Map(pages.map(({ newImage }) => [String(newImage?.itemId), linksOf(newImage ?? {})]));
    for (const { oldImage, newImage } of items) {
      if (!newImage) {
        this.complain(`${oldImage?.itemId} was deleted`);
        continue;
      }
      const { itemId, ver, holder, count } = newImage as Row;
      const before = linksOf(oldImage ?? {});
      const now = linksOf(newImage);
      const apart = putAway.get(String(itemId)) ?? [];
      const isKept = isDeepStrictEqual(now.slice(0, before.length), before);
      if (!isKept && !isDeepStrictEqual(apart, before)) this.complain(`postings of ${itemId} were lost`);
      // What is made has its first posting apart.
      const added = oldImage ? now.slice(isKept ? before.length : 0) : [...apart, ...now];
      for (const { from, change } of added) {
        changed += change;
        if (from.startsWith('mint.')) made += change;
      }
      const isMoved = ver !== oldImage?.ver || holder !== oldImage?.holder || count !== oldImage?.count;
      if (!isMoved && added.length === 0) continue;
      if (ver !== Number(oldImage?.ver ?? 0) + 1)
        this.complain(`${itemId} went from version ${oldImage?.ver} to ${ver}`);
      const [posting] = added;
      if (!posting || added.length > 1 || posting.ver !== ver)
        this.complain(`${itemId} has no posting of version ${ver}`);
      else if (posting.to !== holder || (oldImage && posting.from !== oldImage.holder)) {
        this.complain(
          `${itemId} went from ${oldImage?.holder} to ${holder}, its posting from ${posting.from} to ${posting.to}`,
        );
      }
    }
    if (changed !== made) this.complain(`a commit changed amounts by ${changed - made}`);
  }

  /** V4: what the table has ended is what the ledger has decided. */
  private settlementsEnd(settlements: readonly ChangeRecord[]): void {
    for (const { oldImage, newImage } of settlements) {
      const { transactionId, state } = (newImage ?? oldImage) as Row;
      if (!newImage) this.complain(`settlement ${transactionId} was deleted`);
      if (oldImage && oldImage.state !== 'PREPARED') this.complain(`settlement ${transactionId} ended twice`);
      if (newImage && !oldImage && state === 'PREPARED') this.stream.begun(String(transactionId));
      if (newImage && state === 'PREPARED') this.pending.set(String(transactionId), Number(newImage.preparedAtMs));
      else this.pending.delete(String(transactionId));
      if (!newImage || state === 'PREPARED') continue;
      const decision = this.ledger.decided(String(transactionId))?.decision.state;
      if ((state === 'DELIVERED') !== (decision === 'COMMITTED') || decision === undefined) {
        this.complain(`${transactionId} is ${state}, and the ledger says ${decision ?? 'nothing'}`);
      }
    }
  }

  private sessions(sessions: readonly ChangeRecord[]): void {
    for (const { newImage } of sessions) {
      if (newImage && newImage.state !== 'ACTIVE') this.closedSessions.add(String(newImage.sessionId));
    }
  }

  /**
   * V6: a call takes effect once; V7: so does a delivery, with its mark; V9: not under a session that has ended.
   * @returns whether a call or a settlement begins with it.
   */
  private effectOf(
    process: Process | undefined,
    of: Readonly<Record<'receipts' | 'settlements' | 'items' | 'marks' | 'records', readonly ChangeRecord[]>>,
  ): boolean {
    const { call, sessionId, delivery } = process?.facts ?? {};
    const isEnd = of.settlements.some(({ oldImage }) => oldImage !== undefined);
    const begins = of.receipts.length > 0 || (!isEnd && (of.settlements.length > 0 || of.items.length > 0));
    if (call && begins) {
      const count = (this.effects.get(call) ?? 0) + 1;
      this.effects.set(call, count);
      if (count > 1) this.complain(`${call} took effect ${count} times`);
      if (of.receipts.length === 0) this.complain(`${call} took effect without a receipt`);
    }
    if (call && of.receipts.length > 0) this.receipts.set(call, this.scheduler.steps);
    if (sessionId && begins && this.closedSessions.has(sessionId)) {
      this.complain(`${process!.name} took effect under the ended session ${sessionId}`);
    }
    for (const { newImage, eventName } of of.marks) {
      const key = String(newImage?.pk);
      this.marks.set(key, (this.marks.get(key) ?? 0) + 1);
      if (eventName !== 'INSERT') this.complain(`${key} was handled ${this.marks.get(key)} times`);
    }
    if (delivery && of.marks.length === 0 && !isEnd && of.items.length > 0) {
      this.complain(`${delivery} took effect without its mark`);
    }
    return begins;
  }

  /** Every event is told once, by one commit. */
  private outbox(rows: readonly ChangeRecord[]): void {
    for (const { oldImage, newImage } of rows) {
      if (!newImage) this.complain(`outbox row ${oldImage?.operationId} was deleted`);
      if (newImage?.sentAtMs === undefined) this.unsent.add(String(newImage?.operationId));
      else this.unsent.delete(String(newImage.operationId));
      if (!newImage || (oldImage && isDeepStrictEqual(newImage.content, oldImage.content))) continue;
      if (oldImage) this.complain(`outbox row ${newImage.operationId} was rewritten`);
      const row = parseOutboxItem(newImage);
      for (const { envelope } of row.events) this.told.set(envelope.id, envelope);
      this.stream.relay(row);
    }
  }

  private complain(text: string): void {
    this.complaints.push(text);
  }
}
