import * as z from 'zod';
import { DisplayName, Instant } from '#events/fields.ts';
import type { RealmId as Realm } from '#functions/character/shapes.ts';
import { AccountId, CharacterId, GuildId } from '#shared/kernel/ids.ts';

export type RealmId = z.infer<typeof Realm>;

export const RankId = z
  .enum(['leader', 'officer', 'veteran', 'member', 'recruit'])
  .meta({ description: 'From the highest to the lowest' });
export type RankId = z.infer<typeof RankId>;

export const Right = z
  .enum(['invite', 'remove', 'promote', 'demote'])
  .meta({ description: 'What a member may do, to members of lower ranks' });
export type Right = z.infer<typeof Right>;

export const GuildMemberView = z.strictObject({
  accountId: AccountId,
  characterId: CharacterId,
  name: DisplayName,
  rankId: RankId,
  joinedAt: Instant,
});

export const GuildView = z.strictObject({
  guildId: GuildId,
  name: DisplayName,
  leaderId: CharacterId,
  memberCount: z.int().min(1),
  createdAt: Instant.meta({ description: 'When its charter was drawn up' }),
  charter: z
    .strictObject({
      signaturesNeeded: z.int().min(1).meta({ description: 'In all, the founder’s among them' }),
      endsAt: Instant.meta({ description: 'Void from then on, unless all have signed' }),
    })
    .optional()
    .meta({ description: 'Until the guild is founded' }),
  version: z.int().min(1).meta({ description: 'Rises by one with every change' }),
  own: z.strictObject({ rankId: RankId, rights: z.array(Right), joinedAt: Instant }).meta({
    description: 'What the selected character is in it',
  }),
});
