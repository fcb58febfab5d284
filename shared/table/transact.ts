import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { sleep } from '#shared/kernel/sleep.ts';
import { recordTransactionByRule } from '#shared/telemetry/capacity-meter.ts';
import { documentClient } from './table.ts';
import { transactionWriteUnits } from './transaction-units.ts';
import { actionOf, type Write } from './write.ts';

/** DynamoDB's limit on the actions of one transaction. */
export const MAX_TRANSACTION_WRITES = 100;

/** 5 tries, 25 ms doubling to 400 ms, full jitter: long enough for a colliding transaction to finish. */
const TRIES = 5;
const FIRST_BACKOFF_MS = 25;

/** A transaction that was refused by a condition; names the first write that failed. */
export class ConditionFailedError extends Error {
  override readonly name = 'ConditionFailedError';
  readonly failedIndexes: readonly number[];

  constructor(failedIndexes: readonly number[]) {
    super(`conditions of writes ${failedIndexes.join(', ')} did not hold`);
    this.failedIndexes = failedIndexes;
  }
}

function isCancelled(error: unknown): error is TransactionCanceledException {
  return error instanceof Error && error.name === 'TransactionCanceledException';
}

const PASSING = new Set([
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Commits all writes or none. Collisions with other transactions and throttling are retried; the token makes a retry
 * after a lost reply harmless for the 10 minutes that DynamoDB honours it.
 * @throws ConditionFailedError when a condition does not hold; GameError `service.unavailable` when the table stays busy.
 */
export async function transactWrite(writes: readonly Write[], clientRequestToken: string): Promise<void> {
  if (writes.length === 0) return;
  if (writes.length > MAX_TRANSACTION_WRITES) {
    throw new RangeError(`a transaction holds at most ${MAX_TRANSACTION_WRITES} writes, this one has ${writes.length}`);
  }
  const TransactItems = writes.map((write) => {
    const { ToolboxItem: _parsed, ...item } = actionOf(write).params();
    return item;
  });
  const command = new TransactWriteCommand({ TransactItems, ClientRequestToken: clientRequestToken.slice(-36) });
  for (let attempt = 0; ; attempt += 1) {
    try {
      await documentClient().send(command);
      recordTransactionByRule(transactionWriteUnits(TransactItems));
      return;
    } catch (error) {
      if (isCancelled(error)) {
        const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
        const failed = reasons.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
        if (failed.length > 0) throw new ConditionFailedError(failed);
        if (!reasons.some((code) => PASSING_REASONS.has(code))) throw error;
      } else if (!(error instanceof Error && PASSING.has(error.name))) {
        throw error;
      }
      if (attempt + 1 >= TRIES) throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1, cause: error });
      await sleep(systemRandom.int(0, FIRST_BACKOFF_MS * 2 ** attempt));
    }
  }
}
