import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { guildKeys } from '#shared/table/keys/guild.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { guildLimits, type Invite } from './rules.ts';

const InvitesEntity = new Entity({
  ...entityDefaults,
  name: 'GuildInvites',
  table,
  schema: item({
    characterId: string().key(),
    invites: list(
      map({
        groupId: string(),
        guildName: string(),
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
  computeKey: guildKeys.invites.primary,
});

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
      ttl: ttlSeconds(nowMs + guildLimits.inviteLifeMs + DAY_MS),
    })
    .options({
      condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version },
    });
}

/** Forgets a character's invites. */
export function deleteInvites(characterId: CharacterId): Write {
  return InvitesEntity.build(DeleteTransaction).key({ characterId });
}
