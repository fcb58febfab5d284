import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add, $remove, $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute, type IBatchGetRequest } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type * as z from 'zod';
import type { UseEffect } from '#content/schema/item.ts';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Id, PartyId, SessionId, Slug, TradeId } from '#shared/kernel/ids.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type EvictReason, evictReasons } from './rules.ts';
import { deleteMemoryWrite } from './store-places.ts';

/** Names one life of a zone in one process. Epochs rise by one with every claim and never repeat. */
export interface ZoneFence {
  readonly zoneId: Slug;
  readonly shardId: string;
  readonly epoch: number;
}

export interface Lease extends ZoneFence {
  /** Where clients reach the zone's socket. */
  readonly url: string;
  readonly leaseUntilMs: number;
  /** Last claimed or renewed. */
  readonly renewedAtMs?: number | undefined;
  readonly players: number;
}

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

/** What an order to the owner of a zone says that is about one character in it. */
interface Order {
  readonly commandId: Id<'cmd'>;
  readonly zoneId: Slug;
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  /** Version of the presence that it concerns. */
  readonly presenceVer: number;
  readonly expiresAtMs: number;
}

/** An order to put a character out. */
export interface EvictCommand extends Order {
  readonly kind: 'evict';
  readonly reason: EvictReason;
  /** Not carried out before; unset: at once. */
  readonly notBeforeMs?: number | undefined;
}

/** What something that was used does to its character at once. */
export type UsedEffect = z.infer<typeof UseEffect>;

/** An order to look again at a character's level and at what it wears, and to let something that it used take effect. */
export interface RefreshCommand extends Order {
  readonly kind: 'refresh';
  readonly effects?: readonly UsedEffect[] | undefined;
}

/** An order to watch two characters that trade: the owner tells when they part, fight or die. */
export interface WatchPairCommand {
  readonly kind: 'watch-pair';
  readonly commandId: Id<'cmd'>;
  readonly zoneId: Slug;
  readonly tradeId: TradeId;
  readonly characterIds: readonly [CharacterId, CharacterId];
  /** Metres that may lie between them. */
  readonly rangeM: number;
  /** Until then; also the end of the order. */
  readonly expiresAtMs: number;
}

/** An order to let a character go to another unit. */
export interface TravelCommand extends Order {
  readonly kind: 'travel';
  readonly trip: Trip;
}

/** An order to look again at a character's party and quests. */
export interface TiesCommand extends Order {
  readonly kind: 'ties';
}

/** An order to let a character leave the world as if it had wished so itself. */
export interface LeaveCommand extends Order {
  readonly kind: 'leave';
}

/** Where an order sends a character, and how. */
export interface Trip {
  readonly toZone: Slug;
  readonly toUnit?: Slug | undefined;
  /** Where it arrives; unset: where it stands now. */
  readonly at?: { readonly x: number; readonly y: number; readonly radiusM: number } | undefined;
  /** So long it must neither move nor fight before it goes; unset: it goes at once, whatever it does. */
  readonly channelMs?: number | undefined;
  /** What it uses up when it takes place; unset: nothing. */
  readonly use?: 'teleport' | 'swap' | undefined;
  /** Not carried out before; by then `unlessInParty` counts. */
  readonly notBeforeMs?: number | undefined;
  /** Void while the character is in this party. */
  readonly unlessInParty?: PartyId | undefined;
}

export type ZoneCommand = EvictCommand | RefreshCommand | TiesCommand | WatchPairCommand | TravelCommand | LeaveCommand;

const LeaseEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneLease',
  table,
  schema: item({
    zoneId: string().key(),
    shardId: string(),
    url: string(),
    epoch: number(),
    leaseUntilMs: number(),
    renewedAtMs: number().optional(),
    players: number(),
  }),
  computeKey: zoneKeys.lease.primary,
});

const CommandEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneCommand',
  table,
  schema: item({
    zoneId: string().key(),
    commandId: string().key(),
    accountId: string().optional(),
    sessionId: string().optional(),
    characterId: string().optional(),
    kind: string().enum('evict', 'refresh', 'ties', 'watch-pair', 'travel', 'leave'),
    reason: string()
      .enum(...evictReasons)
      .optional(),
    effects: any().castAs<readonly UsedEffect[]>().optional(),
    trip: any().castAs<Trip>().optional(),
    presenceVer: number().optional(),
    notBeforeMs: number().optional(),
    tradeId: string().optional(),
    characterIds: list(string()).optional(),
    rangeM: number().optional(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: zoneKeys.command.primary,
});

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

const fenced = () => new GameError('zone.fenced');

function heldBy({ shardId, epoch }: ZoneFence): Condition<typeof LeaseEntity> {
  return {
    and: [
      { attr: 'shardId', eq: shardId },
      { attr: 'epoch', eq: epoch },
    ],
  };
}

/** Undefined in place of a failed condition. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Takes a zone that is free, or the caller's own, with the next epoch; undefined while another process holds it. */
export async function claimLease(claim: {
  readonly zoneId: Slug;
  readonly shardId: string;
  readonly url: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
}): Promise<{ readonly epoch: number } | undefined> {
  const { zoneId, shardId, url, nowMs, leaseUntilMs } = claim;
  const result = await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId, shardId, url, leaseUntilMs, renewedAtMs: nowMs, players: 0, epoch: $add(1) })
      .options({
        returnValues: 'ALL_NEW',
        condition: {
          or: [
            { attr: 'epoch', exists: false },
            { attr: 'leaseUntilMs', lte: nowMs },
            { attr: 'shardId', eq: shardId },
          ],
        },
      })
      .send(),
  );
  return result?.Attributes && { epoch: result.Attributes.epoch! };
}

/**
 * Moves the end of a lease that is the caller's.
 * @throws GameError `zone.fenced` when it is not.
 */
export async function extendLease(
  fence: ZoneFence,
  state: { readonly leaseUntilMs: number; readonly renewedAtMs: number; readonly players: number },
): Promise<void> {
  const result = await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId: fence.zoneId, ...state })
      .options({ condition: heldBy(fence) })
      .send(),
  );
  if (!result) throw fenced();
}

/** Ends a lease that is the caller's; another's stays. The row stays too: it carries the epoch on. */
export async function endLease(fence: ZoneFence, nowMs: number): Promise<void> {
  await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId: fence.zoneId, leaseUntilMs: nowMs, players: 0 })
      .options({ condition: heldBy(fence) })
      .send(),
  );
}

/**
 * Ends a unit for good that is the caller's: the lease of an instance, which is never wanted again, goes with its notes;
 * a layer's stays and carries the epoch on, since it may open again.
 */
export function retireWrites(fence: ZoneFence): Write[] {
  const { zoneId } = fence;
  if (unitParts(zoneId).instanceId === undefined) {
    const lease = LeaseEntity.build(UpdateTransaction)
      .item({ zoneId, leaseUntilMs: 0, players: 0 })
      .options({ condition: heldBy(fence) });
    return [guarded(lease, fenced())];
  }
  const lease = LeaseEntity.build(DeleteTransaction)
    .key({ zoneId })
    .options({ condition: heldBy(fence) });
  return [guarded(lease, fenced()), deleteMemoryWrite(zoneId)];
}

export async function readLease(zoneId: Slug): Promise<Lease | undefined> {
  const { Item } = await LeaseEntity.build(GetItemCommand).key({ zoneId }).send();
  return Item;
}

/** Leases of the zones that have one, in no order. */
export async function readLeases(zoneIds: readonly Slug[]): Promise<readonly Lease[]> {
  if (zoneIds.length === 0) return [];
  const command = table
    .build(BatchGetCommand)
    .requests(...zoneIds.map((zoneId) => LeaseEntity.build(BatchGetRequest).key({ zoneId })));
  const { Responses } = await execute({ maxAttempts: 3 }, command);
  return (Responses?.[0] ?? []).flatMap((lease) => (lease ? [lease as Lease] : []));
}

/** Condition: the caller still owns this life of the zone. */
export function ownerCheck(fence: ZoneFence): Write {
  const check = LeaseEntity.build(ConditionCheck).key({ zoneId: fence.zoneId }).condition(heldBy(fence));
  return guarded(check, fenced());
}

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
  const unit = LeaseEntity.build(BatchGetRequest).key({ zoneId: unitId });
  const read = table.build(BatchGetCommand).requests(own, unit, request).options({ consistent: true });
  const { Responses, UnprocessedKeys = {} } = await execute({ maxAttempts: 3 }, read);
  if (Object.keys(UnprocessedKeys).length > 0) throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1 });
  const [row, lease, other] = (Responses?.[0] ?? []) as [
    FormattedItem<typeof PresenceEntity>?,
    FormattedItem<typeof LeaseEntity>?,
    FormattedItem<R['entity']>?,
  ];
  return { presence: row && presenceFrom(row), lease: lease as Lease | undefined, other };
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

export function commandWrite(command: ZoneCommand): Write {
  const row = command.kind === 'watch-pair' ? { ...command, characterIds: [...command.characterIds] } : command;
  return CommandEntity.build(PutTransaction).item({ ...row, ttl: ttlSeconds(command.expiresAtMs) });
}

/** The zone's orders that still live, oldest first, strongly consistent. */
export async function listCommands(
  zoneId: Slug,
  page: { readonly limit: number; readonly nowMs: number },
): Promise<readonly ZoneCommand[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(CommandEntity)
    .query({
      partition: zoneKeys.command.partition({ zoneId }),
      range: { beginsWith: zoneKeys.command.sortPrefix },
    })
    .options({ consistent: true, limit: page.limit })
    .send();
  return ((Items ?? []) as unknown as (ZoneCommand & { ttl: number })[]).filter(
    ({ expiresAtMs }) => expiresAtMs > page.nowMs,
  );
}

export async function deleteCommand(zoneId: Slug, commandId: string): Promise<void> {
  await CommandEntity.build(DeleteItemCommand).key({ zoneId, commandId }).send();
}
