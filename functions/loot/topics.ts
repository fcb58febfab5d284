import * as z from 'zod';
import { Instant, ItemQuality, StackCount } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { CharacterId, DropId, LootRollId, Slug } from '#shared/kernel/ids.ts';
import { choices } from './rolls.ts';

const piece = {
  dropId: DropId,
  slotIndex: z.int().min(0),
  templateId: Slug,
  quality: ItemQuality,
  count: StackCount,
};

export const lootTopic = defineTopic({
  destination: '/topic/party/{partyId}/loot',
  summary: 'What a party rolls for, who votes how, who wins, and what the master looter gives out.',
  audience: 'party',
  transport: 'gateway',
  replay: { messages: 100, seconds: 600 },
  message: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('roll_started'),
      rollId: LootRollId,
      ...piece,
      eligibleIds: z.array(CharacterId).meta({ description: 'In the order that decides between equal rolls' }),
      closesAt: Instant,
      seedCommitment: z.string().meta({ description: 'SHA-256 of the seed, base64url; the seed follows' }),
    }),
    z.strictObject({
      type: z.literal('vote_cast'),
      rollId: LootRollId,
      characterId: CharacterId,
      choice: z.enum(choices),
    }),
    z.strictObject({
      type: z.literal('roll_completed'),
      rollId: LootRollId,
      ...piece,
      winnerId: CharacterId.optional().meta({ description: 'Unset: all have passed; it is free to who earned it' }),
      byMail: z.boolean().meta({ description: 'The winner had no room: it is in their mail' }),
      votes: z.array(
        z.strictObject({ characterId: CharacterId, choice: z.enum(choices), roll: z.int().min(1).max(100).optional() }),
      ),
      seed: z.string(),
    }),
    z.strictObject({
      type: z.literal('master_waits'),
      dropId: DropId,
      masterLooterId: CharacterId,
      slots: z.array(z.strictObject({ slotIndex: z.int(), templateId: Slug, quality: ItemQuality, count: StackCount })),
      until: Instant.meta({ description: 'What is not given out by then is rolled for' }),
    }),
    z.strictObject({ type: z.literal('assigned'), ...piece, toId: CharacterId, byId: CharacterId }),
    z.strictObject({ type: z.literal('released'), dropId: DropId, byId: CharacterId }),
  ]),
});
