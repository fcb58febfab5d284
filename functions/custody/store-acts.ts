import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, CustodyActId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { custodyKeys } from '#shared/table/keys/custody.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Act } from './act.ts';
import { actLimits } from './rules.ts';

/** All proposals wait in one partition: they are few. */
const QUEUE = { queue: 'all' };
/** Rows of an allowance outlive their day a little: nobody asks for them then. */
const ALLOWANCE_KEPT_MS = 3 * DAY_MS;

/** The day's allowance does not reach: somebody else has to agree. */
export const allowanceSpent = 'custody.allowance_spent';

function rowOf(act: Act): Record<string, unknown> {
  const { actId, characterId, state, by, expiresAtMs } = act;
  const at = toIso(act.atMs);
  const keys = custodyKeys.act;
  return {
    ...keys.primary({ actId }),
    ...(state === 'PROPOSED' ? keys.index('gsi1', { ...QUEUE, at, actId }) : {}),
    ...keys.index('gsi2', { characterId, at, actId }),
    [tableDefinition.entityAttribute]: 'CustodyAct',
    actId,
    state,
    by,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    content: JSON.stringify(act),
  };
}

/** Stores an act that begins: proposed, under way, or done at once. */
export function beginWrite(act: Act): Write {
  return {
    params: () => ({
      Put: { TableName: tableName(), Item: rowOf(act), ConditionExpression: 'attribute_not_exists(pk)' },
    }),
  };
}

/**
 * Stores what was decided on a proposal, once, before it has run out; whoever has proposed it may take it back and not
 * agree to it.
 */
export function decideWrite(next: Act, nowMs: number, otherwise: GameError): Write {
  const byOther = next.state === 'REJECTED' ? '' : ' AND #by <> :decider';
  const put = {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: rowOf(next),
        ConditionExpression: `#state = :proposed AND expiresAtMs > :now${byOther}`,
        ExpressionAttributeNames: { '#state': 'state', ...(byOther ? { '#by': 'by' } : {}) },
        ExpressionAttributeValues: {
          ':proposed': 'PROPOSED',
          ':now': nowMs,
          ...(byOther ? { ':decider': next.decidedBy } : {}),
        },
      },
    }),
  };
  return guarded(put, otherwise);
}

/** Stores how an act that was under way has ended. Nobody else changes it: it cannot be refused. */
export function endWrite(act: Act): Write {
  return { params: () => ({ Put: { TableName: tableName(), Item: rowOf(act) } }) };
}

/** Counts what a member of staff moves alone, if the day's sum stays within what they may. */
export function spendAllowance(staffId: AccountId, worth: bigint, nowMs: number): Write {
  const update = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: custodyKeys.allowance.primary({ staffId, day: toIso(nowMs).slice(0, 10) }),
        UpdateExpression: 'SET #entity = :entity, #ttl = :ttl ADD spent :worth',
        ConditionExpression: 'attribute_not_exists(spent) OR spent <= :room',
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute, '#ttl': tableDefinition.ttlAttribute },
        ExpressionAttributeValues: {
          ':entity': 'CustodyAllowance',
          ':ttl': ttlSeconds(nowMs + ALLOWANCE_KEPT_MS),
          ':worth': Number(worth),
          ':room': Number(actLimits.aloneInADay - worth),
        },
      },
    }),
  };
  return guarded(update, new GameError(allowanceSpent));
}

/** An act, strongly consistent. */
export async function readAct(actId: CustodyActId): Promise<Act | undefined> {
  const Key = custodyKeys.act.primary({ actId });
  const { Item } = await documentClient().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }));
  return Item && toAct(Item);
}

/** Proposals that may still be decided, oldest first; up to a second old. */
export async function listOpen(nowMs: number): Promise<readonly Act[]> {
  const { Items } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk > :from',
      ExpressionAttributeValues: {
        ':pk': custodyKeys.act.indexPartition('gsi1', QUEUE),
        ':from': toIso(nowMs - actLimits.proposalLifeMs),
      },
      Limit: actLimits.openProposals,
    }),
  );
  return (Items ?? []).map(toAct).filter(({ expiresAtMs }) => expiresAtMs! > nowMs);
}

/** What staff did to a character or want to do, newest first; up to a second old. */
export async function listActs(
  characterId: CharacterId,
  page: { readonly limit: number; readonly before: string | undefined },
): Promise<{ readonly acts: readonly Act[]; readonly lastKey: string | undefined }> {
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      IndexName: 'gsi2',
      KeyConditionExpression: `gsi2pk = :pk${page.before === undefined ? '' : ' AND gsi2sk < :before'}`,
      ExpressionAttributeValues: {
        ':pk': custodyKeys.act.indexPartition('gsi2', { characterId }),
        ...(page.before === undefined ? {} : { ':before': page.before }),
      },
      ScanIndexForward: false,
      Limit: page.limit,
    }),
  );
  return { acts: (Items ?? []).map(toAct), lastKey: LastEvaluatedKey?.gsi2sk as string | undefined };
}

function toAct({ content }: Readonly<Record<string, unknown>>): Act {
  return JSON.parse(String(content)) as Act;
}
