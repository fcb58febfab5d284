import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add, $remove, $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute, type IBatchGetRequest } from 'dynamodb-toolbox/table/actions/batchGet';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type Lease, leaseRequest } from './store-leases.ts';

/** Where a character is. The row stays when it leaves, so that its version never falls back. */
export interface Presence {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  /** The unit; unset: in none. */
  readonly zoneId: Slug | undefined;
  readonly epoch: number | undefined;
  /** Rises with every entering, leaving and setting out. */
  readonly ver: number;
  /** The zone of content that it is bound to: it is there, was there last, or is on its way there. */
  readonly lastZone?: Slug | undefined;
  /** Zones of content that it has been in. */
  readonly visited?: readonly Slug[] | undefined;
  /** Set while it has left one unit and not come into another. */
  readonly journey?: Journey | undefined;
}

/** The way of a character from one unit to another: it is in neither. */
export interface Journey {
  /** The zone of content that it comes to. */
  readonly toZone: Slug;
  /** Set when it must be this layer or instance. */
  readonly toUnit?: Slug | undefined;
  /** The unit that it has left, and in which of its lives. */
  readonly fromUnit: Slug;
  readonly fromEpoch: number;
  readonly sinceMs: number;
}

/** What names one stay of a character in a zone. */
export type StayOf = Pick<Presence, 'characterId' | 'ver'> & { readonly zoneId: Slug };

const PresenceEntity = new Entity({
  ...entityDefaults,
  name: 'Presence',
  table,
  schema: item({
    characterId: string().key(),
    accountId: string(),
    sessionId: string(),
    zoneId: string().optional(),
    epoch: number().optional(),
    ver: number(),
    lastZone: string().optional(),
    visited: list(string()).optional(),
    journey: any().castAs<Journey>().optional(),
  }),
  computeKey: zoneKeys.presence.primary,
});

/** Where the character is, strongly consistent; undefined when it never was in a zone. */
export async function readPresence(characterId: CharacterId): Promise<Presence | undefined> {
  const { Item } = await PresenceEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item && presenceFrom(Item);
}

/**
 * Where a character is, who runs this unit, and one row of another domain: in one request and strongly consistent.
 * @throws GameError `service.unavailable` when the table does not answer for all of them.
 */
export async function readPresenceBeside<R extends IBatchGetRequest>(
  characterId: CharacterId,
  unitId: Slug,
  request: R,
): Promise<{
  readonly presence: Presence | undefined;
  readonly lease: Lease | undefined;
  readonly other: FormattedItem<R['entity']> | undefined;
}> {
  const own = PresenceEntity.build(BatchGetRequest).key({ characterId });
  const read = table.build(BatchGetCommand).requests(own, leaseRequest(unitId), request).options({ consistent: true });
  const { Responses, UnprocessedKeys = {} } = await execute({ maxAttempts: 3 }, read);
  if (Object.keys(UnprocessedKeys).length > 0) throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1 });
  const [row, lease, other] = (Responses?.[0] ?? []) as [
    FormattedItem<typeof PresenceEntity>?,
    Lease?,
    FormattedItem<R['entity']>?,
  ];
  return { presence: row && presenceFrom(row), lease, other };
}

function presenceFrom(row: FormattedItem<typeof PresenceEntity>): Presence {
  const { characterId, accountId, sessionId, zoneId, epoch, ver, lastZone, visited, journey } = row;
  return {
    characterId: characterId as CharacterId,
    accountId: accountId as AccountId,
    sessionId: sessionId as SessionId,
    zoneId,
    epoch,
    ver,
    ...(lastZone ? { lastZone } : {}),
    ...(visited ? { visited } : {}),
    ...(journey ? { journey } : {}),
  };
}

/** Where these characters are, of at most 100, in no order. */
export async function readPresences(characterIds: readonly CharacterId[]): Promise<readonly Presence[]> {
  if (characterIds.length === 0) return [];
  const command = table
    .build(BatchGetCommand)
    .requests(...characterIds.map((characterId) => PresenceEntity.build(BatchGetRequest).key({ characterId })));
  const { Responses } = await execute({ maxAttempts: 3 }, command);
  return (Responses?.[0] ?? []).flatMap((row) => (row ? [presenceFrom(row as never)] : []));
}

/** Writes the next version of a presence if the one before is still there (version 1: if there is none). */
export function enterWrite(next: Presence & { readonly zoneId: Slug; readonly epoch: number }): Write {
  const { visited, journey: _arrived, ...row } = next;
  return PresenceEntity.build(PutTransaction)
    .item({ ...row, ...(visited ? { visited: [...visited] } : {}) })
    .options({ condition: next.ver === 1 ? { attr: 'ver', exists: false } : { attr: 'ver', eq: next.ver - 1 } });
}

/** Takes the character of this presence out of its zone, if the presence is still the same. */
export function leaveWrite({ characterId, ver }: Presence): Write {
  return PresenceEntity.build(UpdateTransaction)
    .item({ characterId, zoneId: $remove(), epoch: $remove(), journey: $remove(), ver: $add(1) })
    .options({ condition: { attr: 'ver', eq: ver } });
}

/** Sets a character on its way out of the stay that this version names, if it still is in it. */
export function setOutWrite({ characterId, ver, zoneId }: StayOf, journey: Journey): Write {
  return PresenceEntity.build(UpdateTransaction)
    .item({
      characterId,
      zoneId: $remove(),
      epoch: $remove(),
      journey: $set(journey) as never,
      lastZone: journey.toZone,
      ver: $add(1),
    })
    .options({
      condition: {
        and: [
          { attr: 'ver', eq: ver },
          { attr: 'zoneId', eq: zoneId },
          { attr: 'epoch', eq: journey.fromEpoch },
        ],
      },
    });
}

/** Condition: the character is in some unit of this zone of content; otherwise the given refusal. */
export function zonePresenceCheck(characterId: CharacterId, zoneId: Slug, otherwise: GameError): Write {
  const check = PresenceEntity.build(ConditionCheck)
    .key({ characterId })
    .condition({
      or: [
        { attr: 'zoneId', eq: zoneId },
        {
          and: [
            { attr: 'zoneId', exists: true },
            { attr: 'lastZone', eq: zoneId },
          ],
        },
      ],
    });
  return guarded(check, otherwise);
}

/** Condition: the character is in this zone; otherwise the given refusal. */
export function presenceCheck(characterId: CharacterId, zoneId: Slug, otherwise: GameError): Write {
  const check = PresenceEntity.build(ConditionCheck).key({ characterId }).condition({ attr: 'zoneId', eq: zoneId });
  return guarded(check, otherwise);
}

/** Condition: the character has not left or entered anew since this presence was read; otherwise the given refusal. */
export function stayCheck({ characterId, zoneId, ver }: StayOf, otherwise: GameError): Write {
  const check = PresenceEntity.build(ConditionCheck)
    .key({ characterId })
    .condition({
      and: [
        { attr: 'zoneId', eq: zoneId },
        { attr: 'ver', eq: ver },
      ],
    });
  return guarded(check, otherwise);
}
