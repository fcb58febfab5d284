import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { DisplayName, Instant } from '#events/fields.ts';
import type { RealmId as Realm } from '#functions/character/shapes.ts';
import { AccountId, CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { partyLimits } from './rules.ts';

export type RealmId = z.infer<typeof Realm>;

/** How a party shares what its kills leave. */
export const lootMethods = ['free_for_all', 'round_robin', 'group', 'master', 'personal'] as const;
export type LootMethod = (typeof lootMethods)[number];

export const LootMethod = z.enum(lootMethods).meta({
  description:
    '`free_for_all`: whoever is first; `round_robin`: each drop to the next member; `group`: from the threshold on by ' +
    'need, greed or pass, below by turns; `master`: from the threshold on by the master looter, below by turns; ' +
    '`personal`: each piece is one member’s from the start',
});

export const LootThreshold = z
  .enum(qualities)
  .meta({ description: 'Lowest quality that is rolled for, or given out by the master looter' });

export const LootSettingsView = z.strictObject({
  method: LootMethod,
  threshold: LootThreshold,
  masterLooterId: CharacterId.optional().meta({ description: 'Who gives out; with method `master` only' }),
});

export const ReadyCheckView = z.strictObject({
  startedById: CharacterId,
  startedAt: Instant,
  endsAt: Instant.meta({ description: 'Who has not answered by then is not ready' }),
  answers: z
    .array(z.strictObject({ characterId: CharacterId, ready: z.boolean() }))
    .meta({ description: 'Of those who have answered' }),
});

export const PartyMemberView = z.strictObject({
  accountId: AccountId,
  characterId: CharacterId,
  name: DisplayName,
  joinedAt: Instant,
  away: z.boolean().meta({ description: 'Nobody plays the character at the moment' }),
});

export const PartyView = z.strictObject({
  partyId: PartyId,
  leaderId: CharacterId,
  members: z
    .array(PartyMemberView)
    .min(1)
    .max(partyLimits.members)
    .meta({ description: 'In the order in which they joined' }),
  loot: LootSettingsView,
  createdAt: Instant,
  version: z.int().min(1).meta({ description: 'Rises by one with every change' }),
  readyCheck: ReadyCheckView.optional().meta({ description: 'The ready check that is under way' }),
});
