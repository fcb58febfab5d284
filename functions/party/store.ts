import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { qualities } from '#content/quality.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { partyKeys } from '#shared/table/keys/party.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { attendanceDueAtMs, type Invite, type Party, partyLimits } from './rules.ts';
import { lootMethods } from './shapes.ts';

const PartyEntity = new Entity({
  ...entityDefaults,
  name: 'Party',
  table,
  schema: item({
    partyId: string().key(),
    realmId: string(),
    leaderId: string(),
    members: list(
      map({
        accountId: string(),
        characterId: string(),
        name: string(),
        joinedAtMs: number(),
        awaySinceMs: number().optional(),
      }),
    ),
    loot: map({
      method: string().enum(...lootMethods),
      threshold: string().enum(...qualities),
      masterLooterId: string().optional(),
    }),
    createdAtMs: number(),
    version: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
  }),
  computeKey: partyKeys.party.primary,
});

const MemberEntity = new Entity({
  ...entityDefaults,
  name: 'PartyMember',
  table,
  schema: item({ characterId: string().key(), partyId: string(), joinedAtMs: number() }),
  computeKey: partyKeys.member.primary,
});

const InvitesEntity = new Entity({
  ...entityDefaults,
  name: 'PartyInvites',
  table,
  schema: item({
    characterId: string().key(),
    invites: list(
      map({
        groupId: string(),
        fromAccountId: string(),
        fromCharacterId: string(),
        fromName: string(),
        invitedAtMs: number(),
        expiresAtMs: number(),
      }),
    ),
    version: number(),
    ttl: number(),
  }),
  computeKey: partyKeys.invites.primary,
});

/** Partitions of the index of parties that somebody has to look at. */
export const DUE_SHARDS = 4;

function dueIndex(party: Party): { gsi1pk?: string; gsi1sk?: string } {
  const dueAtMs = attendanceDueAtMs(party);
  if (dueAtMs === undefined) return {};
  const { partyId } = party;
  const shard = createHash('sha256').update(partyId).digest()[0]! % DUE_SHARDS;
  return partyKeys.party.index('gsi1', { shard, dueAt: toIso(dueAtMs), partyId });
}

/** The party, strongly consistent; undefined when there is none any more. */
export async function readParty(partyId: PartyId): Promise<Party | undefined> {
  const { Item } = await PartyEntity.build(GetItemCommand).key({ partyId }).options({ consistent: true }).send();
  return Item as Party | undefined;
}

/** In which party a character is, strongly consistent. */
export async function readMembership(characterId: CharacterId): Promise<PartyId | undefined> {
  const { Item } = await MemberEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item?.partyId as PartyId | undefined;
}

/** A character's party, strongly consistent; undefined when it is in none. */
export async function readPartyOf(characterId: CharacterId): Promise<Party | undefined> {
  const partyId = await readMembership(characterId);
  const party = partyId && (await readParty(partyId));
  // Between the two reads it may have left, and the party gone on.
  return party?.members.some((member) => member.characterId === characterId) ? party : undefined;
}

export interface Membership {
  readonly characterId: CharacterId;
  readonly partyId: PartyId;
  readonly joinedAtMs: number;
}

/** Which of these characters, at most 100, are in a party; may lag by a moment. */
export async function listMemberships(characterIds: readonly CharacterId[]): Promise<readonly Membership[]> {
  if (characterIds.length === 0) return [];
  const requests = characterIds.map((characterId) => MemberEntity.build(BatchGetRequest).key({ characterId }));
  const { Responses } = await execute({ maxAttempts: 3 }, table.build(BatchGetCommand).requests(...requests));
  return ((Responses?.[0] ?? []) as readonly (Membership | undefined)[]).flatMap((one) => (one ? [one] : []));
}

/** Puts a party, or its next version when nothing has happened to it since it was read. */
export function putParty(next: Party, seen: Party | undefined): Write {
  return PartyEntity.build(PutTransaction)
    .item({
      ...next,
      members: next.members.map((member) => ({ ...member })),
      loot: { ...next.loot },
      ...dueIndex(next),
    })
    .options({
      condition: seen ? { attr: 'version', eq: seen.version } : { attr: 'version', exists: false },
    });
}

/** Ends a party when nothing has happened to it since it was read. */
export function deleteParty(seen: Party): Write {
  return PartyEntity.build(DeleteTransaction)
    .key({ partyId: seen.partyId })
    .options({ condition: { attr: 'version', eq: seen.version } });
}

/** Makes a character a member: it can be one of one party only. */
export function putMember(characterId: CharacterId, partyId: PartyId, joinedAtMs: number): Write {
  const put = MemberEntity.build(PutTransaction)
    .item({ characterId, partyId, joinedAtMs })
    .options({ condition: { attr: 'partyId', exists: false } });
  return guarded(put, new GameError('party.already_in_party'));
}

/** Ends a membership, if it is of this party. */
export function deleteMember(characterId: CharacterId, partyId: PartyId): Write {
  return MemberEntity.build(DeleteTransaction)
    .key({ characterId })
    .options({ condition: { attr: 'partyId', eq: partyId } });
}

/** What a character is invited to, of late. */
export interface InviteBox {
  readonly characterId: CharacterId;
  readonly invites: readonly Invite[];
  /** 0: there is no row yet. */
  readonly version: number;
}

/** Strongly consistent. */
export async function readInvites(characterId: CharacterId): Promise<InviteBox> {
  const { Item } = await InvitesEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return { characterId, invites: (Item?.invites ?? []) as unknown as readonly Invite[], version: Item?.version ?? 0 };
}

/** Puts a character's invites, when nothing has happened to them since they were read. */
export function putInvites(seen: InviteBox, invites: readonly Invite[], nowMs: number): Write {
  const { characterId, version } = seen;
  return InvitesEntity.build(PutTransaction)
    .item({
      characterId,
      invites: invites.map((one) => ({ ...one })),
      version: version + 1,
      ttl: ttlSeconds(nowMs + partyLimits.inviteLifeMs + DAY_MS),
    })
    .options({
      condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version },
    });
}

/** Forgets a character's invites. */
export function deleteInvites(characterId: CharacterId): Write {
  return InvitesEntity.build(DeleteTransaction).key({ characterId });
}

/** Parties of a shard that are due for a look, earliest first; at most `limit`. May lag by a moment. */
export async function listDueParties(shard: number, nowMs: number, limit: number): Promise<readonly Party[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(PartyEntity)
    .query({
      index: 'gsi1',
      partition: partyKeys.party.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items as unknown as readonly Party[];
}
