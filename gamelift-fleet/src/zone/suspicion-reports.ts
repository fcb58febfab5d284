import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import type { Suspicion } from '../persist/record-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import { balance } from '../sim/balance.ts';
import type { SimState } from '../sim/state.ts';
import type { Noticed, SuspicionReport } from '../sim/suspicion.ts';

const TICK_MS = 1_000 / TICK_HZ;
/** Of one character at most one report is written in this time; what comes meanwhile goes with the next. */
const WRITE_EVERY_TICKS = 10 * TICK_HZ;

type Check = Suspicion['noticed'][number];

interface Pending {
  readonly accountId: AccountId;
  readonly noticed: Map<Check['check'], Check>;
}

export interface SuspicionReportsContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
  /** Wall clock. */
  readonly nowMs: () => number;
}

/** Hands suspicion that has added up to the anti-cheat: the first report of a character at once, then what came together. */
export class SuspicionReports {
  private readonly context: SuspicionReportsContext;
  private readonly pending = new Map<string, Pending>();
  /** When each character was last reported, as long as that holds a further report back. */
  private readonly writtenTick = new Map<string, number>();
  private reportSeq = 0;

  constructor(context: SuspicionReportsContext) {
    this.context = context;
  }

  add({ characterId, accountId, noticed }: SuspicionReport): void {
    let pending = this.pending.get(characterId);
    if (!pending) {
      pending = { accountId: accountId as AccountId, noticed: new Map() };
      this.pending.set(characterId, pending);
    }
    for (const one of noticed) this.merge(pending, one);
  }

  private merge({ noticed }: Pending, { check, count, weight, samples }: Noticed): void {
    const { state, nowMs } = this.context;
    const known = noticed.get(check);
    const fresh = samples.map(({ tick, figures }) => ({ atMs: nowMs() - (state.tick - tick) * TICK_MS, figures }));
    noticed.set(check, {
      check,
      count: (known?.count ?? 0) + count,
      weight: (known?.weight ?? 0) + weight,
      samples: [...(known?.samples ?? []), ...fresh].slice(-balance.suspicion.keptSamples),
    });
  }

  /** Writes what is due. */
  look(): void {
    const { tick } = this.context.state;
    for (const [characterId, writtenTick] of this.writtenTick)
      if (tick - writtenTick >= WRITE_EVERY_TICKS) this.writtenTick.delete(characterId);
    for (const characterId of this.pending.keys()) if (!this.writtenTick.has(characterId)) this.write(characterId);
  }

  /** Writes everything at once: nobody looks again. */
  flush(): void {
    for (const characterId of this.pending.keys()) this.write(characterId);
  }

  private write(characterId: string): void {
    const { state, writer, nowMs } = this.context;
    const { accountId, noticed } = this.pending.get(characterId)!;
    this.pending.delete(characterId);
    this.writtenTick.set(characterId, state.tick);
    this.reportSeq += 1;
    writer.reportSuspicion({
      reportSeq: this.reportSeq,
      accountId,
      characterId: characterId as CharacterId,
      atMs: nowMs(),
      noticed: [...noticed.values()],
    });
  }
}
