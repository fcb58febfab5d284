import { type Holder, isEscrow } from '#functions/inventory/holders.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { ChangeRecord } from '#shared/testing/memory-table/memory-table.ts';
import { type Asked, endedBy } from './auction-house.ts';
import type { Call } from './client.ts';
import { History } from './history.ts';
import type { Reader } from './readings.ts';
import type { Process, Scheduler } from './scheduler.ts';

type Row = Readonly<Record<string, unknown>>;
type Audit = ReturnType<MemoryLedger['audit']>;

/** What value hangs on: its name and its version. Slots of containers are taken and freed in any order. */
const OBJECTS: Readonly<Record<string, readonly [id: string, version: string]>> = {
  Item: ['itemId', 'ver'],
  Mail: ['mailId', 'version'],
  Trade: ['tradeId', 'rev'],
};

function objectOf(row: Row): readonly [object: string, version: number] | undefined {
  const [id, version] = OBJECTS[String(row._et)] ?? [];
  return id === undefined ? undefined : [String(row[id]), Number(row[version!])];
}

/** Writes down which transaction has read and made which versions of items, mails, trades, holds and money (V10). */
export class Recorder implements Reader {
  private readonly scheduler: Scheduler;
  private readonly history = new History();
  /** What each process has read since it last tried to commit. */
  private readonly looks = new Map<number, Map<string, number>>();
  /** Which transaction a call has come to. */
  private readonly ofCalls = new Map<string, string>();

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  read(row: Row): void {
    const process = this.scheduler.process();
    const object = process && objectOf(row);
    if (!object) return;
    const looks = this.looks.get(process.id) ?? new Map<string, number>();
    looks.set(...object);
    this.looks.set(process.id, looks);
  }

  tried(): void {
    const process = this.scheduler.process();
    if (process) this.looks.delete(process.id);
  }

  /** What a process has read for the commit that it makes now. */
  looksOf(process: Process | undefined): ReadonlyMap<string, number> {
    return (process && this.looks.get(process.id)) ?? new Map();
  }

  /**
   * A settlement is one transaction, however many commits it takes. What it leaves with its owner when it begins, such
   * as the rest of a stack, is anybody's again from then on: that split is a transaction of its own, before it.
   * @param begins what the call is about begins with it.
   */
  commit(
    records: readonly ChangeRecord[],
    of: { readonly commit: number; readonly process: Process | undefined; readonly looks: ReadonlyMap<string, number> },
    begins: boolean,
  ): void {
    const settlement = records.find(({ newImage }) => newImage?._et === 'Settlement')?.newImage;
    const name = settlement ? String(settlement.transactionId) : `${of.process?.name ?? 'commit'} ${of.commit}`;
    const isBegun = settlement?.state === 'PREPARED';
    const split = `the split for ${name}`;
    const splits = new Set<string>();
    let isOfValue = false;
    for (const { newImage } of records) {
      const object = newImage && objectOf(newImage);
      if (!object) continue;
      const isRest = isBegun && newImage._et === 'Item' && !isEscrow(newImage.holder as Holder);
      this.history.wrote(isRest ? split : name, ...object);
      if (isRest) splits.add(object[0]);
      isOfValue = true;
    }
    if (splits.size > 0) {
      this.history.wrote(split, split, 1);
      this.history.wrote(name, split, 2);
    }
    if (!isOfValue && !settlement) return;
    for (const look of of.looks) this.history.read(splits.has(look[0]) ? split : name, ...look);
    const { call } = of.process?.facts ?? {};
    if (call && begins) this.ofCalls.set(call, name);
  }

  /** All of it, when everything has come to rest. */
  whole(of: {
    readonly now: Audit;
    readonly before: Audit;
    readonly calls: readonly Call[];
    readonly asked: readonly Asked[];
  }): History {
    const old = new Map(of.before.entries.map(({ owner, lines }) => [owner, lines.length]));
    for (const { owner, lines } of of.now.entries) {
      for (const { transactionId, currency, version } of lines.slice(old.get(owner) ?? 0)) {
        this.history.wrote(transactionId, `${owner}/${currency}`, version);
      }
    }
    for (const { id, beganAt, replies } of of.calls) {
      const name = this.ofCalls.get(id);
      const success = replies.find(({ reply }) => reply.status < 300 && reply.status !== 202);
      if (name !== undefined) this.history.lasted(name, beganAt, success?.answeredAt);
    }
    const committed = new Set<string>(
      of.now.transactions.filter(({ decision }) => decision.state === 'COMMITTED').map(({ id }) => id),
    );
    for (const { id, order, beganAt, answeredAt } of of.asked) {
      if (!committed.has(id)) continue;
      this.history.lasted(id, beganAt, answeredAt);
      if (order.operation === 'hold' || order.operation === 'replaceHold') this.history.wrote(id, `hold ${id}`, 1);
      const ended = endedBy(order);
      if (ended !== undefined) this.history.wrote(id, `hold ${ended}`, 2);
    }
    return this.history;
  }
}
