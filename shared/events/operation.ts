import { GameError } from '#shared/contract/errors.ts';
import type { EventActor, EventEnvelope } from '#shared/contract/event.ts';
import { clock, toIso } from '#shared/kernel/clock.ts';
import { createId, deriveId, type Id, type TransactionId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { ConditionFailedError, transactWrite } from '#shared/table/transact.ts';
import { actionOf, type GuardedWrite, type TransactAction, type Write } from '#shared/table/write.ts';
import type { Changes } from './changes.ts';
import { type OutboxRow, outboxWrite } from './outbox.ts';
import { type Receipt, type ReceiptId, receiptWrite } from './receipt.ts';

/** An EventBridge billing chunk is 64 KB; half of it leaves room for the envelope and for growth. */
const MAX_EVENT_BYTES = 32_768;

/** One decision and its effects: at most one transaction, with everything that tells of it. */
export interface Operation {
  readonly id: Id<'opr'>;
  /** Epoch milliseconds at the operation's start: the one "now" of everything it decides. */
  readonly nowMs: number;
  readonly actor: EventActor;
  /** The request or schedule that began the chain. */
  readonly correlationId: string;
  /** Names the value transaction that this operation may settle: the same for every repetition of the call. */
  readonly transactionId: TransactionId;
  /** SHA-256 of the request, where the call has an idempotency key. */
  readonly requestHash: string | undefined;
  /** It reacts to an event, which comes again until the reaction has committed. */
  readonly isRedelivered: boolean;
  /** Whether its one commit is done. */
  readonly hasCommitted: boolean;
  /**
   * Commits writes, events and pushes in one transaction, or nothing. Returns `reply`; with an idempotency key the
   * reply is stored with the effect and answered again to every repetition. Where the commit only begins a settlement
   * (`settles`), the receipt names that instead: its outcome is the reply.
   * @throws GameError of the first guarded write whose condition failed; `request.conflict` for an unguarded one.
   */
  commit<R = undefined>(changes: Changes, reply?: R, begun?: { readonly settles: TransactionId }): Promise<R>;
}

/** The same call has already taken effect; its stored reply is the answer. */
export class AlreadyAnsweredError extends Error {
  override readonly name = 'AlreadyAnsweredError';
}

/** The subscriber has already handled this event. */
export class AlreadyHandledError extends Error {
  override readonly name = 'AlreadyHandledError';
}

export interface OperationOptions {
  /** Fixed for a reaction to an event, so that a retry publishes the same event ids; fresh otherwise. */
  readonly id?: Id<'opr'>;
  readonly actor: EventActor;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent?: string | undefined;
  readonly inbox?: TransactAction | undefined;
  readonly receipt?: { readonly id: ReceiptId; readonly requestHash: string } | undefined;
  /** Conditions that every commit of this operation carries, such as "the session is live". */
  readonly preconditions?: readonly GuardedWrite[];
}

/** Starts an operation. */
export function createOperation(options: OperationOptions): Operation {
  const id = options.id ?? createId('opr');
  const nowMs = clock.nowMs();
  let committed = false;

  return {
    id,
    nowMs,
    actor: options.actor,
    correlationId: options.correlationId,
    transactionId: transactionIdOf(id, options.receipt?.id),
    requestHash: options.receipt?.requestHash,
    isRedelivered: options.inbox !== undefined,
    get hasCommitted() {
      return committed;
    },
    async commit<R>(changes: Changes, reply?: R, begun?: { readonly settles: TransactionId }): Promise<R> {
      if (committed) throw new Error(`operation ${id} has already committed: one decision, one transaction`);
      const requested = changes.writes ?? [];
      const writes: Write[] = [...requested];
      const add = (action: TransactAction | undefined): number => (action ? writes.push(action) - 1 : -1);

      const receiptAt = add(
        options.receipt &&
          receiptWrite(options.receipt.id, receiptOf(options.receipt.requestHash, reply, begun?.settles), nowMs),
      );
      const inboxAt = add(options.inbox);
      const row = outboxRow(id, nowMs, changes, options);
      if (row.events.length > 0 || row.pushes.length > 0) writes.push(outboxWrite(row));
      if (writes.length > 0) writes.push(...applicable(options.preconditions ?? [], requested));

      try {
        // A token of its own for each attempt: a redelivered event has the same operation id, but decides anew.
        await transactWrite(writes, randomToken(18));
      } catch (error) {
        if (!(error instanceof ConditionFailedError)) throw error;
        if (error.failedIndexes.includes(receiptAt)) throw new AlreadyAnsweredError(id);
        if (error.failedIndexes.includes(inboxAt)) throw new AlreadyHandledError(id);
        throw refusalOf(writes, error);
      }
      committed = true;
      return reply as R;
    },
  };
}

function transactionIdOf(operationId: Id<'opr'>, receipt: ReceiptId | undefined): TransactionId {
  if (!receipt) return deriveId('txn', operationId);
  return deriveId('txn', receipt.actorId, receipt.endpointId, receipt.idempotencyKey);
}

function receiptOf(requestHash: string, reply: unknown, transactionId: TransactionId | undefined): Receipt {
  return transactionId
    ? { requestHash, reply: '', transactionId }
    : { requestHash, reply: JSON.stringify(reply ?? null) };
}

/**
 * The conditions on rows that the commit does not touch itself: a transaction has one action for each row, and who
 * changes the row of a condition states it with the change.
 */
function applicable(preconditions: readonly GuardedWrite[], writes: readonly Write[]): readonly GuardedWrite[] {
  if (preconditions.length === 0) return preconditions;
  const touched = new Set(writes.map((write) => rowOf(actionOf(write))));
  return preconditions.filter(({ action }) => !touched.has(rowOf(action)));
}

function rowOf(action: TransactAction): string {
  const { Put, Update, Delete, ConditionCheck } = action.params();
  const { pk, sk } = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
  return `${pk}|${sk}`;
}

function refusalOf(writes: readonly Write[], error: ConditionFailedError): GameError {
  for (const index of error.failedIndexes) {
    const write = writes[index]!;
    if ('otherwise' in write) return write.otherwise;
  }
  return new GameError('request.conflict', {}, { cause: error });
}

function outboxRow(id: Id<'opr'>, nowMs: number, changes: Changes, options: OperationOptions): OutboxRow {
  const occurredAt = toIso(nowMs);
  const events = (changes.events ?? []).map((fact, position) => {
    const { definition } = fact;
    const envelope: EventEnvelope = {
      id: deriveId('evt', id, position),
      name: definition.name,
      version: definition.version,
      occurredAt,
      aggregateId: fact.aggregateId,
      aggregateSeq: fact.aggregateSeq,
      correlationId: options.correlationId,
      causationId: options.causationId,
      ...(options.traceparent ? { traceparent: options.traceparent } : {}),
      actor: options.actor,
      data: definition.detail.parse(fact.data),
    };
    const bytes = Buffer.byteLength(JSON.stringify(envelope));
    if (bytes > MAX_EVENT_BYTES) throw new RangeError(`${definition.name} of ${fact.aggregateId} has ${bytes} bytes`);
    return { owner: definition.owner, envelope };
  });
  const pushes = (changes.pushes ?? []).map((message, position) => ({
    id: deriveId('psh', id, position),
    destination: message.destination,
    body: message.body,
    correlationId: options.correlationId,
    occurredAt,
  }));
  return { operationId: id, createdAtMs: nowMs, events, pushes };
}
