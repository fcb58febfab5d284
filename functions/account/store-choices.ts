import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type Consent, type Consents, noConsents } from './consents.ts';
import { defaultPrivacy, type Privacy } from './privacy.ts';
import { accountLimits } from './rules.ts';

const PrivacyEntity = new Entity({
  ...entityDefaults,
  name: 'AccountPrivacy',
  table,
  schema: item({ accountId: string().key(), privacy: any().castAs<Privacy>() }),
  computeKey: accountKeys.privacy.primary,
});

const ConsentsEntity = new Entity({
  ...entityDefaults,
  name: 'AccountConsents',
  table,
  schema: item({
    accountId: string().key(),
    current: any().castAs<Consents['current']>(),
    changes: number(),
  }),
  computeKey: accountKeys.consents.primary,
});

const ConsentChangeEntity = new Entity({
  ...entityDefaults,
  name: 'AccountConsentChange',
  table,
  schema: item({
    accountId: string().key(),
    slot: number().key(),
    /** Which of all changes it was. */
    position: number(),
    consent: any().castAs<Consent>(),
  }),
  computeKey: accountKeys.consentChange.primary,
});

const DataExportEntity = new Entity({
  ...entityDefaults,
  name: 'AccountExport',
  table,
  schema: item({ accountId: string().key(), exportedAtMs: number() }),
  computeKey: accountKeys.dataExport.primary,
});

/** Rows of one BatchGetItem call: the service's limit. */
const BATCH = 100;

/**
 * What each of these players has chosen, in their order; the default where somebody has chosen nothing. Strongly
 * consistent, so that whoever shuts a door has shut it, unless the caller can do with what was chosen a second ago.
 * @throws RangeError for more than 100.
 */
export async function privacyOf(
  accountIds: readonly AccountId[],
  { consistent = true }: { readonly consistent?: boolean } = {},
): Promise<readonly Privacy[]> {
  if (accountIds.length > BATCH) throw new RangeError(`privacy of ${accountIds.length} accounts at once`);
  const distinct = [...new Set(accountIds)];
  if (distinct.length === 0) return [];
  const requests = distinct.map((accountId) => PrivacyEntity.build(BatchGetRequest).key({ accountId }));
  const command = table
    .build(BatchGetCommand)
    .requests(...requests)
    .options({ consistent });
  const { Responses, UnprocessedKeys } = await execute({ maxAttempts: 3 }, command);
  // A choice that could not be read must not look like one that was never made.
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
    throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1 });
  }
  const rows = (Responses?.[0] ?? []) as readonly ({ privacy: Privacy } | undefined)[];
  const chosen = new Map(distinct.map((accountId, index) => [accountId, rows[index]?.privacy]));
  // What was stored before a choice was added to the game has the default there.
  return accountIds.map((accountId) => ({ ...defaultPrivacy, ...chosen.get(accountId) }));
}

export function putPrivacy(accountId: AccountId, privacy: Privacy): Write {
  return PrivacyEntity.build(PutTransaction).item({ accountId, privacy });
}

export async function getConsents(accountId: AccountId): Promise<Consents> {
  const { Item } = await ConsentsEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item ? { current: Item.current, changes: Item.changes } : noConsents;
}

/** The latest changes of consent, newest first: at most as many as are kept. */
export async function listConsentChanges(accountId: AccountId): Promise<readonly Consent[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(ConsentChangeEntity)
    .query({
      partition: accountKeys.consentChange.partition({ accountId }),
      range: { beginsWith: accountKeys.consentChange.sortPrefix },
    })
    .options({ consistent: true })
    .send();
  return Items.toSorted((a, b) => b.position - a.position).map(({ consent }) => consent);
}

/** Stores the consents if nobody has changed them since they were read, and each change in the history. */
export function putConsents(
  accountId: AccountId,
  before: Consents,
  { after, changed }: { readonly after: Consents; readonly changed: readonly Consent[] },
): readonly Write[] {
  const condition = before.changes === 0 ? { attr: 'changes', exists: false } : { attr: 'changes', eq: before.changes };
  return [
    ConsentsEntity.build(PutTransaction)
      .item({ accountId, ...after })
      .options({ condition: condition as { attr: 'changes'; exists: false } }),
    ...changed.map((consent, index) => {
      const position = before.changes + index;
      const slot = position % accountLimits.consentHistory;
      return ConsentChangeEntity.build(PutTransaction).item({ accountId, slot, position, consent });
    }),
  ];
}

/** When the account last had an export. */
export async function getLastExport(accountId: AccountId): Promise<number | undefined> {
  const { Item } = await DataExportEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item?.exportedAtMs;
}

/** Notes an export, unless there was one lately: of several at once one goes through. */
export function putExport(accountId: AccountId, nowMs: number): Write {
  return guarded(
    DataExportEntity.build(PutTransaction)
      .item({ accountId, exportedAtMs: nowMs })
      .options({
        condition: {
          or: [
            { attr: 'exportedAtMs', exists: false },
            { attr: 'exportedAtMs', lte: nowMs - accountLimits.exportEveryMs },
          ],
        },
      }),
    new GameError('account.export_too_soon', {}, { retryAfterSeconds: accountLimits.exportEveryMs / 1_000 }),
  );
}

/** Everything that an account's owner has chosen, in pieces of a size for one transaction each. */
export async function deleteChoices(accountId: AccountId): Promise<readonly (readonly Write[])[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(ConsentChangeEntity)
    .query({
      partition: accountKeys.consentChange.partition({ accountId }),
      range: { beginsWith: accountKeys.consentChange.sortPrefix },
    })
    .options({ consistent: true })
    .send();
  const history = Items.map(({ slot }) => ConsentChangeEntity.build(DeleteTransaction).key({ accountId, slot }));
  const rest = [
    PrivacyEntity.build(DeleteTransaction).key({ accountId }),
    ConsentsEntity.build(DeleteTransaction).key({ accountId }),
    DataExportEntity.build(DeleteTransaction).key({ accountId }),
  ];
  const pieces: Write[][] = [rest];
  for (let from = 0; from < history.length; from += BATCH / 2) pieces.push(history.slice(from, from + BATCH / 2));
  return pieces;
}
