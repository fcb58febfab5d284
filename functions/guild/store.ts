import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, GuildId } from '#shared/kernel/ids.ts';
import { guildKeys } from '#shared/table/keys/guild.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Guild, GuildMember } from './rules.ts';
import { RankId } from './shapes.ts';

const memberFields = {
  accountId: string(),
  guildId: string(),
  name: string(),
  rankId: string().enum(...RankId.options),
  joinedAtMs: number(),
};

const GuildEntity = new Entity({
  ...entityDefaults,
  name: 'Guild',
  table,
  schema: item({
    guildId: string().key(),
    realmId: string(),
    name: string(),
    skeleton: string(),
    leaderId: string(),
    memberCount: number(),
    createdAtMs: number(),
    charter: map({ endsAtMs: number(), signers: list(map({ ...memberFields, characterId: string() })) }).optional(),
    version: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
  }),
  computeKey: guildKeys.guild.primary,
});

const NameEntity = new Entity({
  ...entityDefaults,
  name: 'GuildName',
  table,
  schema: item({ realmId: string().key(), skeleton: string().key(), guildId: string() }),
  computeKey: guildKeys.name.primary,
});

const MemberEntity = new Entity({
  ...entityDefaults,
  name: 'GuildMember',
  table,
  schema: item({ ...memberFields, characterId: string().key(), gsi1pk: string(), gsi1sk: string() }),
  computeKey: guildKeys.member.primary,
});

/** Partitions of the index of charters that end. */
export const DUE_SHARDS = 4;

function dueIndex({ guildId, charter }: Guild): { gsi1pk?: string; gsi1sk?: string } {
  if (!charter) return {};
  const shard = createHash('sha256').update(guildId).digest()[0]! % DUE_SHARDS;
  return guildKeys.guild.index('gsi1', { shard, dueAt: toIso(charter.endsAtMs), guildId });
}

type Stored = { readonly gsi1pk?: string | undefined; readonly gsi1sk?: string | undefined };

function guildOf({ gsi1pk: _pk, gsi1sk: _sk, ...guild }: Stored): Guild {
  return guild as unknown as Guild;
}

function memberOf({ gsi1pk: _pk, gsi1sk: _sk, ...member }: Stored): GuildMember {
  return member as unknown as GuildMember;
}

/** The guild or charter, strongly consistent; undefined when there is none any more. */
export async function readGuild(guildId: GuildId): Promise<Guild | undefined> {
  const { Item } = await GuildEntity.build(GetItemCommand).key({ guildId }).options({ consistent: true }).send();
  return Item && guildOf(Item);
}

/** What a character is in the guild that it is in, strongly consistent. */
export async function readMember(characterId: CharacterId): Promise<GuildMember | undefined> {
  const { Item } = await MemberEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item && memberOf(Item);
}

/**
 * Members of a guild by the id of their character, at most `limit`, those that come after one alone; may lag by a moment.
 * @param before those that come before this one alone
 */
export async function listMembers(
  guildId: GuildId,
  page: { readonly limit: number; readonly after?: string | undefined; readonly before?: string | undefined },
): Promise<{ readonly members: readonly GuildMember[]; readonly lastKey: CharacterId | undefined }> {
  const { limit, after, before } = page;
  const partition = guildKeys.member.indexPartition('gsi1', { guildId });
  const range = after !== undefined ? { gt: after } : before !== undefined ? { lt: before } : undefined;
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(MemberEntity)
    .query({ index: 'gsi1', partition, ...(range ? { range } : {}) })
    .options({ limit })
    .send();
  const members = Items.map(memberOf);
  return { members, lastKey: LastEvaluatedKey && members.at(-1)?.characterId };
}

/** Puts a guild, or its next version when nothing has happened to it, or to a member, since it was read. */
export function putGuild(next: Guild, seen: Guild | undefined): Write {
  const { charter, ...guild } = next;
  return GuildEntity.build(PutTransaction)
    .item({
      ...guild,
      ...(charter
        ? { charter: { endsAtMs: charter.endsAtMs, signers: charter.signers.map((signer) => ({ ...signer })) } }
        : {}),
      ...dueIndex(next),
    })
    .options({
      condition: seen ? { attr: 'version', eq: seen.version } : { attr: 'version', exists: false },
    });
}

/** Ends a guild when nothing has happened to it since it was read. */
export function deleteGuild({ guildId, version }: Guild): Write {
  return GuildEntity.build(DeleteTransaction)
    .key({ guildId })
    .options({ condition: { attr: 'version', eq: version } });
}

/** Takes the name, which no other guild of the realm may have: nor one that looks like it. */
export function claimName({ realmId, skeleton, guildId }: Guild): Write {
  const put = NameEntity.build(PutTransaction)
    .item({ realmId, skeleton, guildId })
    .options({ condition: { attr: 'guildId', exists: false } });
  return guarded(put, new GameError('guild.name_taken'));
}

export function freeName({ realmId, skeleton, guildId }: Guild): Write {
  return NameEntity.build(DeleteTransaction)
    .key({ realmId, skeleton })
    .options({ condition: { attr: 'guildId', eq: guildId } });
}

function memberItem(member: GuildMember) {
  const { guildId, characterId } = member;
  return { ...member, ...guildKeys.member.index('gsi1', { guildId, characterId }) };
}

/** Makes a character a member: it can be one of one guild only. */
export function putNewMember(member: GuildMember): Write {
  const put = MemberEntity.build(PutTransaction)
    .item(memberItem(member))
    .options({ condition: { attr: 'guildId', exists: false } });
  return guarded(put, new GameError('guild.already_in_guild'));
}

/** Changes what a member is, while it is one of this guild. */
export function putMember(member: GuildMember): Write {
  return MemberEntity.build(PutTransaction)
    .item(memberItem(member))
    .options({ condition: { attr: 'guildId', eq: member.guildId } });
}

/** Ends a membership, if it is of this guild. */
export function deleteMember({ characterId, guildId }: GuildMember): Write {
  return MemberEntity.build(DeleteTransaction)
    .key({ characterId })
    .options({ condition: { attr: 'guildId', eq: guildId } });
}

/** Charters of a shard whose time is over, earliest first; at most `limit`. May lag by a moment. */
export async function listVoidCharters(shard: number, nowMs: number, limit: number): Promise<readonly Guild[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(GuildEntity)
    .query({
      index: 'gsi1',
      partition: guildKeys.guild.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map(guildOf);
}
