import { clock } from '#shared/kernel/clock.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { log } from '#shared/telemetry/log.ts';
import type { Settlement } from './define-settlement.ts';
import { decide, decideAbort, end } from './end.ts';
import type { SettlementPorts } from './ports.ts';
import { listPending, PENDING_SHARDS, readSettlements, type SettlementRow } from './store.ts';
import { TAKE_OVER_AFTER_MS } from './take-over.ts';

export { TAKE_OVER_AFTER_MS };

/** Most of one shard that one run ends; the rest waits for the next. So many fit into a run even if no store answers. */
const PER_SHARD = 25;

export interface Sweep {
  readonly ended: number;
  /** That could not be ended now. */
  readonly left: number;
  /** Age of the oldest one that was found, in milliseconds; 0 when there was none. */
  readonly oldestMs: number;
}

/**
 * Ends what workers have left: asks the ledger to give it up, or to decide it after all, and does what it says. Any
 * number of sweepers and of the workers themselves may be at the same one.
 */
export async function sweep<Leg>(
  ports: SettlementPorts<Leg>,
  kinds: readonly Settlement[],
  nowMs: number,
): Promise<Sweep> {
  const beforeMs = nowMs - TAKE_OVER_AFTER_MS;
  const shards = await Promise.all(
    Array.from({ length: PENDING_SHARDS }, async (_none, shard) => {
      const page = { beforeMs, limit: PER_SHARD };
      const pending = await step('settlement.list-pending', () => listPending(shard, page));
      let ended = 0;
      for (const row of pending) if (await sweepOne(ports, kinds, row)) ended += 1;
      const oldestMs = pending.reduce((oldest, { preparedAtMs }) => Math.max(oldest, nowMs - preparedAtMs), 0);
      return { ended, left: pending.length - ended, oldestMs };
    }),
  );
  return {
    ended: shards.reduce((sum, { ended }) => sum + ended, 0),
    left: shards.reduce((sum, { left }) => sum + left, 0),
    oldestMs: Math.max(...shards.map(({ oldestMs }) => oldestMs)),
  };
}

/**
 * Ends those of at most 100 settlements that nobody has ended, as `sweep` does.
 * @returns those that could not be ended now.
 */
export async function sweepThese<Leg>(
  ports: SettlementPorts<Leg>,
  kinds: readonly Settlement[],
  transactionIds: readonly TransactionId[],
): Promise<ReadonlySet<TransactionId>> {
  if (transactionIds.length === 0) return new Set();
  const rows = await step('settlement.read', () => readSettlements([...new Set(transactionIds)]));
  const left = new Set<TransactionId>();
  for (const [transactionId, row] of rows) {
    if (row.outcome === undefined && !(await sweepOne(ports, kinds, row))) left.add(transactionId);
  }
  return left;
}

async function sweepOne<Leg>(
  ports: SettlementPorts<Leg>,
  kinds: readonly Settlement[],
  row: SettlementRow,
): Promise<boolean> {
  try {
    const settlement = kinds.find(({ name }) => name === row.kind);
    if (!settlement) throw new Error(`no settlement is of kind ${row.kind}`);
    const verdict = settlement.whenInDoubt === 'abort' ? await decideAbort(row) : await decide(row);
    await end(ports, settlement, row, verdict, clock.nowMs());
    return true;
  } catch (error) {
    log().error('a settlement could not be ended', { transactionId: row.transactionId, error: error as Error });
    return false;
  }
}
