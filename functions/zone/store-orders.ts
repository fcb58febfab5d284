import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type * as z from 'zod';
import type { UseEffect } from '#content/schema/item.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Id, PartyId, SessionId, Slug, TradeId } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type EvictReason, evictReasons } from './rules.ts';

/** What an order to the owner of a zone says that is about one character in it. */
export interface Order {
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
