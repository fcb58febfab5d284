import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { anticheatKeys } from '#shared/table/keys/anticheat.ts';
import type { RowPage } from '#shared/table/newest-first.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type CaseState, type CheatCase, caseStates, type Evidence, type SuspicionReport } from './case.ts';
import { caseLimits, rankOf } from './rules.ts';

const CaseEntity = new Entity({
  ...entityDefaults,
  name: 'CheatCase',
  table,
  schema: item({
    accountId: string().key(),
    state: string().enum(...caseStates),
    version: number(),
    /** The whole of it as JSON: it is always read and written whole. */
    content: string(),
    gsi1pk: string(),
    gsi1sk: string(),
    ttl: number().optional(),
  }),
  computeKey: anticheatKeys.case.primary,
});

const EvidenceEntity = new Entity({
  ...entityDefaults,
  name: 'CheatEvidence',
  table,
  schema: item({ accountId: string().key(), content: string(), ttl: number().optional() }),
  computeKey: anticheatKeys.evidence.primary,
});

const ReportEntity = new Entity({
  ...entityDefaults,
  name: 'CheatReport',
  table,
  schema: item({
    characterId: string().key(),
    at: string().key(),
    reportId: string().key(),
    content: string(),
    ttl: number(),
  }),
  computeKey: anticheatKeys.report.primary,
});

/** A report as it is kept, with the unit from which it came. */
export interface StoredReport extends Omit<SuspicionReport, 'reportSeq'> {
  readonly reportId: string;
  readonly unitId: Slug;
}

/** What was decided on is kept for good; what nobody ever looked at goes with time. */
function lifeOf({ review, atMs }: CheatCase): { readonly ttl?: number } {
  return review ? {} : { ttl: ttlSeconds(atMs + caseLimits.keptMs) };
}

/** Stores a case that is new, or that nobody has changed since `before` was read. */
export function caseWrite(after: CheatCase, before: CheatCase | undefined): Write {
  const { accountId, state, version } = after;
  return CaseEntity.build(PutTransaction)
    .item({
      ...{ accountId, state, version },
      content: JSON.stringify(after),
      ...anticheatKeys.case.index('gsi1', { state, rank: rankOf(after), accountId }),
      ...lifeOf(after),
    })
    .options({
      condition: before ? { attr: 'version', eq: before.version } : { attr: 'accountId', exists: false },
    });
}

/** Stores what was measured, beside the case whose condition it shares. */
export function evidenceWrite(after: CheatCase, evidence: Evidence): Write {
  return EvidenceEntity.build(PutTransaction).item({
    accountId: after.accountId,
    content: JSON.stringify(evidence),
    ...lifeOf(after),
  });
}

/** Stores a report; one that is there already refuses the whole transaction: a report counts once. */
export function reportWrite(report: StoredReport): Write {
  const { characterId, reportId, atMs } = report;
  return ReportEntity.build(PutTransaction)
    .item({
      ...{ characterId, reportId, at: toIso(atMs) },
      content: JSON.stringify(report),
      ttl: ttlSeconds(atMs + caseLimits.keptMs),
    })
    .options({ condition: { attr: 'reportId', exists: false } });
}

/** Whether a report is stored already, strongly consistent. */
export async function hasReport({ characterId, atMs, reportId }: Omit<StoredReport, 'noticed'>): Promise<boolean> {
  const key = { characterId, at: toIso(atMs), reportId };
  const { Item } = await ReportEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item !== undefined;
}

/** An account's case, strongly consistent; undefined: nothing was ever held against it, or it is long ago. */
export async function readCase(accountId: AccountId): Promise<CheatCase | undefined> {
  const { Item } = await CaseEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item && (JSON.parse(Item.content) as CheatCase);
}

/** What was measured of an account, strongly consistent. */
export async function readEvidence(accountId: AccountId): Promise<Evidence> {
  const { Item } = await EvidenceEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item ? (JSON.parse(Item.content) as Evidence) : {};
}

/** Cases of a state, the weightiest first; up to a second old. */
export async function listCases(
  state: CaseState,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<CheatCase>> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(CaseEntity)
    .query({
      index: 'gsi1',
      partition: anticheatKeys.case.indexPartition('gsi1', { state }),
      ...(page.after === undefined ? {} : { range: { lt: page.after } }),
    })
    .options({ reverse: true, limit: page.limit })
    .send();
  return {
    entries: Items.map(({ content }) => JSON.parse(content) as CheatCase),
    lastKey: LastEvaluatedKey?.gsi1sk as string | undefined,
  };
}

/** What zones have reported of a character, newest first. */
export async function listReports(
  characterId: CharacterId,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<StoredReport>> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(ReportEntity)
    .query({
      partition: anticheatKeys.report.partition({ characterId }),
      ...(page.after === undefined ? {} : { range: { lt: page.after } }),
    })
    .options({ reverse: true, limit: page.limit })
    .send();
  return {
    entries: Items.map(({ content }) => JSON.parse(content) as StoredReport),
    lastKey: LastEvaluatedKey?.sk as string | undefined,
  };
}
