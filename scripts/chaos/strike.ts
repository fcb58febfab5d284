import { setTimeout as delay } from 'node:timers/promises';
import { until } from '#scripts/journey/until.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { CloudProcess } from './cloud-process.ts';
import { settlementsIn, type ValueStores } from './value-stores.ts';

/**
 * Where in the settlement a kill strikes: `anywhere`, by chance; between prepare and decide (`undecided`); between decide
 * and end, where every function has been stopped before the ledger decides (`unended`), or somewhere in the race that
 * begins when the ledger decides (`racing`).
 */
export const strikes = ['undecided', 'unended', 'racing', 'anywhere'] as const;
export type Strike = (typeof strikes)[number];

/** A kill by chance comes after a moment in which further calls are on their way. */
const MOMENT_MS = { min: 0, max: 120 };
/** Once something is prepared, others have so long to be prepared too. */
const GATHERING_MS = { min: 200, max: 1_500 };
/** From the ledger's first decision to the last end of what had gathered: some tens of milliseconds. */
const RACE_MS = { min: 0, max: 60 };
const PREPARED_TIMEOUT_MS = 20_000;
const DECIDED_TIMEOUT_MS = 10_000;

/**
 * Kills the cloud under load where `strike` says. The ledger is made to wait by a lock on its decisions, as a slow
 * failover would: settlements are prepared meanwhile and cannot be decided.
 * @param settle begins one more settlement, once nothing can be decided.
 */
export async function strikeAt(
  strike: Strike,
  cloud: CloudProcess,
  stores: ValueStores,
  dice: SeededRandom,
  kill: { readonly stores: boolean },
  settle: () => Promise<void>,
): Promise<void> {
  const blow = cloud.aim(kill);
  if (strike === 'anywhere') {
    await delay(dice.int(MOMENT_MS.min, MOMENT_MS.max));
    return blow();
  }
  const owner = await stores.ownerConnection();
  try {
    await owner.query('BEGIN');
    await owner.query('LOCK TABLE ledger.txn IN ACCESS EXCLUSIVE MODE');
    // It is not waited for: the kill breaks its line.
    void settle();
    const prepared = () => stores.rows().then((rows) => settlementsIn(rows, 'PREPARED'));
    // Where nobody happens to move money for so long the kill comes all the same: the rounds' count tells.
    await until(
      'a settlement to be prepared',
      async () => ((await prepared()).length > 0 ? true : undefined),
      PREPARED_TIMEOUT_MS,
    ).catch(() => undefined);
    await delay(dice.int(GATHERING_MS.min, GATHERING_MS.max));
    if (strike === 'undecided') return await blow();
    if (strike === 'unended') cloud.freeze();
    const waiting = (await prepared()).map(({ transactionId }) => transactionId as TransactionId);
    await owner.query('COMMIT');
    if (strike === 'unended')
      await until('the ledger to decide', () => anyDecided(stores, waiting), DECIDED_TIMEOUT_MS);
    else await delay(dice.int(RACE_MS.min, RACE_MS.max));
    return await blow();
  } finally {
    await owner.end().catch(() => undefined);
  }
}

async function anyDecided(stores: ValueStores, ids: readonly TransactionId[]): Promise<true | undefined> {
  return ids.length === 0 || (await stores.ledger.decisionsOf(ids)).size > 0 ? true : undefined;
}

/** How many settlements a crash has left half-way, by where. */
export interface HalfWay {
  /** Prepared, and the ledger has decided nothing. */
  readonly undecided: number;
  /** Decided by the ledger, and not ended in the table. */
  readonly unended: number;
}

/** The same, with what they were. */
export interface Struck extends HalfWay {
  readonly kinds: readonly string[];
}

/** What a crash has left, before anybody has gone on with anything. */
export async function halfWayIn(stores: ValueStores): Promise<Struck> {
  const rows = settlementsIn(await stores.rows(), 'PREPARED');
  const decided = (await stores.ledger.decisionsOf(rows.map(({ transactionId }) => transactionId as TransactionId)))
    .size;
  const kinds = [...new Set(rows.map(({ kind }) => String(kind)))].sort();
  return { undecided: rows.length - decided, unended: decided, kinds };
}
