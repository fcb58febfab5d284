import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import type { AccountId } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Presence } from './presence-rules.ts';

const PresenceEntity = new Entity({
  ...entityDefaults,
  name: 'AccountPresence',
  table,
  schema: item({
    accountId: string().key(),
    state: string().enum('ONLINE', 'AFK', 'DISCONNECTED', 'OFFLINE'),
    visibility: string().enum('visible', 'invisible'),
    version: number(),
    sessionId: string().optional(),
    characterId: string().optional(),
    seenAtMs: number(),
    previousSeenAtMs: number().optional(),
    activeAtMs: number(),
    exemptUntilMs: number().optional(),
    zoneId: string().optional(),
    zoneSeq: number().optional(),
    matchId: string().optional(),
  }),
  computeKey: sessionKeys.presence.primary,
});

/** Strongly consistent; undefined for who never played. */
export async function getPresence(accountId: AccountId): Promise<Presence | undefined> {
  const { Item } = await PresenceEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as Presence | undefined;
}

/** Most items of one BatchGetItem call: the service's limit. */
export const PRESENCE_BATCH = 100;

/**
 * The presences of at most 100 accounts, each once, in no order; those who never played are left out. What was written
 * within the last moments may be missing.
 */
export async function listPresences(accountIds: readonly AccountId[]): Promise<readonly Presence[]> {
  if (accountIds.length === 0) return [];
  const requests = accountIds.map((accountId) => PresenceEntity.build(BatchGetRequest).key({ accountId }));
  const command = table.build(BatchGetCommand).requests(...requests);
  const { Responses } = await execute({ maxAttempts: 3 }, command);
  return ((Responses?.[0] ?? []) as readonly (Presence | undefined)[]).flatMap((one) => (one ? [one] : []));
}

/** Nothing has happened since it was read, not even a heart-beat. */
function unchanged({ version, seenAtMs, activeAtMs }: Presence): { condition: Condition<typeof PresenceEntity> } {
  if (version === 0) return { condition: { attr: 'version', exists: false } };
  return {
    condition: {
      and: [
        { attr: 'version', eq: version },
        { attr: 'seenAtMs', eq: seenAtMs },
        { attr: 'activeAtMs', eq: activeAtMs },
      ],
    },
  };
}

/** Puts the next version of a presence, when nothing has happened to it since it was read. */
export function putPresence(next: Presence, seen: Presence): Write {
  return PresenceEntity.build(PutTransaction)
    .item({ ...next, version: seen.version + 1 })
    .options(unchanged(seen));
}

/**
 * Notes a heart-beat that changes nothing else, outside any transaction. False when the presence has changed since it
 * was read.
 */
export async function renewPresence({ accountId, seenAtMs, activeAtMs, version }: Presence): Promise<boolean> {
  try {
    await PresenceEntity.build(UpdateItemCommand)
      .item({ accountId, seenAtMs, activeAtMs })
      .options({ condition: { attr: 'version', eq: version } })
      .send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

export function deletePresence(seen: Presence): Write {
  return PresenceEntity.build(DeleteTransaction).key({ accountId: seen.accountId }).options(unchanged(seen));
}
