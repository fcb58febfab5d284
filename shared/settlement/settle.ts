import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { withBoundedRetry } from '#shared/kernel/bounded-retry.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import type { MoneyLeg } from '#shared/ledger/ledger.ts';
import { MONEY_ALONE } from './agreement.ts';
import type { Settlement } from './define-settlement.ts';
import { decide, end } from './end.ts';
import { InDoubtError } from './in-doubt.ts';
import type { SettlementPorts } from './ports.ts';
import { alreadyPrepared, prepareWrite, readSettlement, type SettlementOutcome, type SettlementRow } from './store.ts';

/** What changes hands, and what it is for. */
export interface SettleRequest<Context, Reply, Leg> {
  readonly settlement: Settlement<Context, Reply>;
  /** What the endings need to know: JSON. */
  readonly context: Context;
  /** Stable code, such as `trade`: in custody postings, in the ledger's history and in events. */
  readonly reason: string;
  readonly items: readonly Leg[];
  readonly money: readonly MoneyLeg[];
  /** The domain's part of the beginning: its writes and their conditions, such as the offer's version. */
  readonly prepare?: Changes;
  /** Unset: the operation's own. A job that settles the same matter again gives the same id. */
  readonly transactionId?: TransactionId;
}

/** The reply of a settlement that was delivered; the refusal of one that was not. */
export function replyOf<Reply>(outcome: SettlementOutcome): Reply {
  if (outcome.state === 'RETURNED') throw new GameError(outcome.code, outcome.facts);
  return outcome.reply as Reply;
}

/**
 * Moves value by the cheapest lane that is atomic.
 *
 * Items alone: one transaction of the table. Money alone, in a reaction that is delivered until it is done: one function
 * of the ledger, then one commit that tells of it. Everything else: prepare (items into escrow, the row that names the
 * transaction), decide (the ledger), end (deliver or give back). It may commit `operation`, so a caller commits nothing
 * else; it runs under `withConflictRetry`, as every read–decide–commit does.
 * @throws GameError of the items' move and of `prepare`, when nothing has begun; the ledger's refusal, when everything
 *   is back; InDoubtError.
 */
export async function settle<Context, Reply, Leg>(
  ports: SettlementPorts<Leg>,
  operation: Operation,
  request: SettleRequest<Context, Reply, Leg>,
): Promise<Reply> {
  if (request.money.length === 0) return settleItems(ports, operation, request);
  if (request.items.length === 0 && request.prepare === undefined && operation.isRedelivered) {
    return settleMoney(ports, operation, request);
  }
  const { settlement } = request;
  if (operation.isRedelivered && settlement.whenInDoubt === 'abort') {
    // Once it is prepared the event counts as handled: what is given up then would be given up for good.
    throw new Error(`a reaction to an event begins ${settlement.name}, which must be completed when in doubt`);
  }
  const begun = await prepare(ports, operation, request);
  const outcome = begun.outcome ?? (await complete(ports, settlement as Settlement, begun));
  return replyOf<Reply>(outcome);
}

/**
 * Answers a repetition: ends the settlement if nobody has yet, and tells how it ended.
 * @throws InDoubtError
 */
export async function finish<Leg>(
  ports: SettlementPorts<Leg>,
  kinds: readonly Settlement[],
  transactionId: TransactionId,
): Promise<SettlementOutcome> {
  const row = await known(transactionId);
  if (row.outcome) return row.outcome;
  const settlement = kinds.find(({ name }) => name === row.kind);
  if (!settlement) throw new Error(`${transactionId} is of kind ${row.kind}, which is not known here`);
  return complete(ports, settlement, row);
}

async function complete<Leg>(ports: SettlementPorts<Leg>, settlement: Settlement, row: SettlementRow) {
  return end(ports, settlement, row, await decide(row), clock.nowMs());
}

/** Stores the settlement with its items in escrow; a repetition finds what was stored first. */
async function prepare<Context, Reply, Leg>(
  ports: SettlementPorts<Leg>,
  operation: Operation,
  request: SettleRequest<Context, Reply, Leg>,
): Promise<SettlementRow> {
  const { settlement, context, items, money, reason } = request;
  const { actor, correlationId, nowMs } = operation;
  const transactionId = request.transactionId ?? operation.transactionId;
  const requestHash = operation.requestHash ?? hashOf(settlement.name, transactionId);
  const escrow =
    items.length === 0 ? undefined : await ports.items.escrow(transactionId, items, { reason, atMs: nowMs });
  const row: SettlementRow = {
    transactionId,
    kind: settlement.name,
    requestHash,
    actor,
    correlationId,
    reason,
    items: escrow?.stored,
    money,
    context,
    preparedAtMs: nowMs,
  };
  const begins = mergeChanges({ writes: [prepareWrite(row)] }, escrow?.changes ?? {}, request.prepare ?? {});
  try {
    await step('settlement.prepare', () => operation.commit(begins, undefined, { settles: transactionId }));
    return row;
  } catch (error) {
    if (!(error instanceof GameError && error.code === alreadyPrepared)) throw error;
    const earlier = await known(transactionId);
    if (earlier.requestHash !== requestHash) throw new GameError('request.idempotency_mismatch');
    return earlier;
  }
}

async function settleItems<Context, Reply, Leg>(
  ports: SettlementPorts<Leg>,
  operation: Operation,
  request: SettleRequest<Context, Reply, Leg>,
): Promise<Reply> {
  const { settlement, context, reason } = request;
  const transactionId = request.transactionId ?? operation.transactionId;
  const { actor, nowMs: atMs } = operation;
  const { items, changes } = await ports.items.transfer(request.items, { reason, cause: transactionId, atMs });
  const ending = settlement.delivered({ transactionId, actor, context, items, balances: [], atMs });
  const all = mergeChanges(changes, request.prepare ?? {}, ending.changes ?? {});
  return step('settlement.move', () => operation.commit(all, ending.reply));
}

async function settleMoney<Context, Reply, Leg>(
  ports: SettlementPorts<Leg>,
  operation: Operation,
  request: SettleRequest<Context, Reply, Leg>,
): Promise<Reply> {
  const { settlement, context, reason, money } = request;
  const { actor, correlationId, nowMs: atMs } = operation;
  const transactionId = request.transactionId ?? operation.transactionId;
  const requestHash = hashOf(settlement.name, transactionId);
  const told = { transactionId, actor, reason };
  const row = {
    ...told,
    kind: settlement.name,
    requestHash,
    correlationId,
    items: undefined,
    money,
    context,
    preparedAtMs: atMs,
  };
  const verdict = await decide(row, MONEY_ALONE);
  if (verdict.state === 'COMMITTED') {
    const { balances } = verdict;
    const ending = settlement.delivered({ transactionId, actor, context, items: [], balances, atMs });
    return operation.commit(mergeChanges(ending.changes ?? {}, ports.moneyMoved(told, verdict)), ending.reply);
  }
  const code = verdict.state === 'REJECTED' ? verdict.code : 'settlement.aborted';
  const { changes = {} } = settlement.returned({ transactionId, actor, context, items: [], atMs }, code);
  await operation.commit(changes);
  throw new GameError(code);
}

async function known(transactionId: TransactionId): Promise<SettlementRow> {
  const read = () => step('settlement.read', () => readSettlement(transactionId));
  const row = await withBoundedRetry(read, () => false).catch((cause: unknown) => {
    throw new InDoubtError(transactionId, { cause });
  });
  if (!row) throw new Error(`there is no settlement ${transactionId}`);
  return row;
}

function hashOf(kind: string, transactionId: TransactionId): string {
  return sha256(`${kind}/${transactionId}`);
}
