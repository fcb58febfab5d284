import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { DecidedCursor } from '#shared/ledger/ledger.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { custodyKeys } from '#shared/table/keys/custody.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Complaint } from './complaint.ts';
import type { OpenFault } from './open-faults.ts';
import { newWalk, type Walk, type WalkCounts } from './walk.ts';

const AUDITOR = { auditor: 'value' };
/** How long the reports of runs stay. */
const RUNS_KEPT_MS = 90 * DAY_MS;

/** How far the auditor has come: what the next run begins with. */
export interface Progress {
  /** 0: no run has ended yet. */
  readonly version: number;
  readonly decided: DecidedCursor;
  /** The last account of the ledger that was looked at; 0: the next run begins anew. */
  readonly account: number;
  /** Settlements that were under way when they were looked at. */
  readonly underWay: readonly TransactionId[];
  readonly walk: Walk;
  /** Faults that were found and are not known to be gone. */
  readonly open: readonly OpenFault[];
  /** The last walk that came to its end. */
  readonly walked?: WalkSummary | undefined;
}

export interface WalkSummary {
  readonly number: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly counts: WalkCounts;
}

/** What one run did and found. */
export interface Run {
  readonly atMs: number;
  readonly tookMs: number;
  /** All that are open; `complaints` are the first, what is new before what was known. */
  readonly faults: number;
  readonly complaints: readonly Complaint[];
  /** Decisions of the ledger, its accounts, and rows of the table that were looked at. */
  readonly decided: number;
  readonly accounts: number;
  readonly rows: number;
  /** How far back the oldest decision lies that nobody has looked at yet; 0: all were looked at. */
  readonly lagMs: number;
}

export async function readProgress(nowMs: number): Promise<Progress> {
  const Key = custodyKeys.walk.primary(AUDITOR);
  const { Item } = await documentClient().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }));
  // Settlements that ended before are met by the walk.
  const decided = { atMs: nowMs - DAY_MS, id: '' };
  if (!Item) return { version: 0, decided, account: 0, underWay: [], open: [], walk: newWalk(1, nowMs) };
  const content = JSON.parse(String(Item.content)) as Omit<Progress, 'version' | 'open'> &
    Partial<Pick<Progress, 'open'>>;
  return { ...content, open: content.open ?? [], version: Number(Item.version) };
}

/** Stores how far it has come, if nobody else has come further meanwhile. */
export function progressWrite({ version, ...content }: Progress): Write {
  const put = {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...custodyKeys.walk.primary(AUDITOR),
          [tableDefinition.entityAttribute]: 'ValueAudit',
          version: version + 1,
          content: JSON.stringify(content),
        },
        ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :was',
        ...(version === 0 ? {} : { ExpressionAttributeValues: { ':was': version } }),
      },
    }),
  };
  return guarded(put, new GameError('request.conflict'));
}

/** Stores the report of a run. */
export function runWrite(run: Run): Write {
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...custodyKeys.run.primary({ ...AUDITOR, at: toIso(run.atMs) }),
          [tableDefinition.entityAttribute]: 'ValueAuditRun',
          content: JSON.stringify(run),
          [tableDefinition.ttlAttribute]: ttlSeconds(run.atMs + RUNS_KEPT_MS),
        },
      },
    }),
  };
}

/** Reports, newest first, and the sort key where the page ended. */
export async function listRuns(page: {
  readonly limit: number;
  readonly before: string | undefined;
}): Promise<{ readonly runs: readonly Run[]; readonly lastKey: string | undefined }> {
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: 'pk = :pk AND sk < :before',
      ExpressionAttributeValues: {
        ':pk': custodyKeys.run.partition(AUDITOR),
        ':before': page.before ?? `${custodyKeys.run.sortPrefix}~`,
      },
      ScanIndexForward: false,
      Limit: page.limit,
    }),
  );
  return {
    runs: (Items ?? []).map(({ content }) => JSON.parse(String(content)) as Run),
    lastKey: LastEvaluatedKey?.sk as string | undefined,
  };
}
