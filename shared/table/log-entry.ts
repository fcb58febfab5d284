import type { Entity } from 'dynamodb-toolbox/entity';
import type { PutItemInput } from 'dynamodb-toolbox/entity/actions/put';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { toIso } from '#shared/kernel/clock.ts';
import type { TransactAction } from './write.ts';

/** What every entry of a log says: which operation it tells of, and when that was. */
interface Entry {
  readonly operationId: string;
  readonly atMs: number;
}

/**
 * Adds to a log whose rows sort by time, once for each operation: in its own transaction, so that what was done and what
 * the log says are one. An entry is never changed.
 */
export function logEntryWrite<Log extends Entity>(
  log: Log,
  entry: Omit<PutItemInput<Log>, 'at'> & Entry,
): TransactAction {
  // Toolbox's types of an entity's item and condition stay open while the entity is a parameter.
  return log
    .build(PutTransaction)
    .item({ ...entry, at: toIso(entry.atMs) } as never)
    .options({ condition: { attr: 'operationId', exists: false } as never });
}
