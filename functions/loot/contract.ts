import * as z from 'zod';
import { Instant, MAX_DROP_SLOTS } from '#events/fields.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { CharacterId, DropId, ItemId, LootRollId, Slug } from '#shared/kernel/ids.ts';
import { lootErrors } from './errors.ts';
import { choices } from './rolls.ts';
import { DropView, LootedItemView, RollView } from './shapes.ts';
import { lootTopic } from './topics.ts';

/** A slot number in a path: 0 to 15. */
const SlotIndexParam = z
  .string()
  .regex(/^(?:\d|1[0-5])$/)
  .meta({ description: 'Number of the slot, from 0', examples: ['0'] });

const dropParams = z.strictObject({ dropId: DropId });
const slotParams = z.strictObject({ dropId: DropId, slotIndex: SlotIndexParam });
const rollParams = z.strictObject({ rollId: LootRollId });

const takingErrors = [
  'loot.drop_not_found',
  'loot.already_taken',
  'loot.not_eligible',
  'loot.reserved',
  'loot.being_rolled',
  'loot.awaits_master',
  'loot.locked_out',
  'loot.expired',
  'loot.wrong_zone',
  'inventory.item_not_found',
  'inventory.full',
] as const;

export const getDrop = defineEndpoint({
  id: 'loot.get-drop',
  method: 'GET',
  path: '/api/v1/loot/drops/{dropId}',
  summary: 'Look at a drop in the zone that the selected character is in',
  description: 'A look also brings about what is due: rolls whose time is over are decided.',
  auth: 'character',
  params: dropParams,
  success: 200,
  response: DropView,
  errors: ['loot.drop_not_found', 'loot.expired'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'write' },
  impact: 'Players cannot see what a kill has left.',
  // As a rule 2 reads; the most where the time of rolls for every slot is over.
  budget: { readUnits: 120, writeUnits: 500 },
});

export const pickUp = defineEndpoint({
  id: 'loot.pick-up',
  method: 'POST',
  path: '/api/v1/loot/drops/{dropId}/slots/{slotIndex}/pickup',
  summary: 'Take a slot of a drop into the bag',
  description:
    'Without a party, who did the most damage may take at once, the second 3 seconds after the kill, the third after 4, ' +
    'and all others who had a part in it after 5. In a party, as it has settled. After `freeForAllAt` everybody in the ' +
    'zone may take what is left. Of any number who reach for the same slot exactly one gets it. With a full bag the slot ' +
    'stays open. Of some bosses a character takes once a day.',
  auth: 'character',
  params: slotParams,
  success: 200,
  response: z.strictObject({ item: LootedItemView }),
  errors: [...takingErrors, 'loot.slot_not_found'],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot pick anything up.',
  budget: { readUnits: 24, writeUnits: 32 },
});

export const pickUpAll = defineEndpoint({
  id: 'loot.pick-up-all',
  method: 'POST',
  path: '/api/v1/loot/drops/{dropId}/pickup',
  summary: 'Take everything of a drop that you may take, as far as there is room',
  description: 'All of it in one go, or nothing. What stays, and why, is told by `left`.',
  auth: 'character',
  params: dropParams,
  success: 200,
  response: z.strictObject({
    items: z.array(LootedItemView.extend({ slotIndex: z.int().min(0) })).max(MAX_DROP_SLOTS),
    left: z
      .array(z.strictObject({ slotIndex: z.int().min(0), reason: z.string() }))
      .max(MAX_DROP_SLOTS)
      .meta({ description: 'Slots that stay, each with the code of its refusal' }),
  }),
  errors: [...takingErrors],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players must pick up slot by slot.',
  budget: { readUnits: 26, writeUnits: 200 },
});

export const releaseDrop = defineEndpoint({
  id: 'loot.release-drop',
  method: 'POST',
  path: '/api/v1/loot/drops/{dropId}/release',
  summary: 'Give up what is left of a drop that it is your turn to loot',
  description: 'It is free then to all who earned the kill. Releasing again changes nothing.',
  auth: 'character',
  params: dropParams,
  success: 204,
  errors: ['loot.drop_not_found', 'loot.expired', 'loot.wrong_zone', 'loot.not_your_turn'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'What one leaves lying stays closed to their party until it is free for all.',
  budget: { readUnits: 5, writeUnits: 10 },
});

export const assignSlot = defineEndpoint({
  id: 'loot.assign-slot',
  method: 'POST',
  path: '/api/v1/loot/drops/{dropId}/slots/{slotIndex}/assign',
  summary: 'Give a piece to a character, as the master looter',
  description:
    'To one of those who have earned it, with room and, of what can be worn once only, without another one. What is not ' +
    'given out within 60 seconds is rolled for.',
  auth: 'character',
  params: slotParams,
  body: z.strictObject({ characterId: CharacterId }),
  success: 200,
  response: z.strictObject({ characterId: CharacterId, item: LootedItemView }),
  errors: [
    'loot.drop_not_found',
    'loot.slot_not_found',
    'loot.expired',
    'loot.not_master',
    'loot.not_assignable',
    'loot.already_taken',
    'loot.target_not_eligible',
    'loot.target_locked_out',
    'loot.target_full',
    'loot.unique_clash',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Master looters cannot give anything out: everything is rolled for.',
  budget: { readUnits: 26, writeUnits: 36 },
});

export const putDown = defineEndpoint({
  id: 'loot.put-down',
  method: 'POST',
  path: '/api/v1/loot/drops',
  summary: 'Put an item of your bag down where you stand',
  description:
    'Anybody in the zone may take it, at once. After 5 minutes it is out of the game. Bound items cannot be put down. It lies ' +
    'where the zone last saved you.',
  auth: 'character',
  body: z.strictObject({
    itemId: ItemId,
    count: z.int().min(1).max(1_000_000).optional().meta({ description: 'How many of the stack; unset: all' }),
  }),
  success: 201,
  response: z.strictObject({ dropId: DropId, zoneId: Slug, item: LootedItemView, expiresAt: Instant }),
  errors: [
    'loot.not_in_zone',
    'loot.wrong_zone',
    'inventory.item_not_found',
    'inventory.not_enough',
    'inventory.item_bound',
    'inventory.item_expired',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot put items down.',
  budget: { readUnits: 24, writeUnits: 40 },
});

export const listRolls = defineEndpoint({
  id: 'loot.list-rolls',
  method: 'GET',
  path: '/api/v1/loot/rolls',
  summary: 'List the open rolls that the selected character may vote in',
  description: 'Also after it has left the party. Those that close first come first; at most 50.',
  auth: 'character',
  success: 200,
  response: z.strictObject({ rolls: z.array(RollView).max(50) }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see what they can roll for.',
  budget: { readUnits: 60, writeUnits: 0 },
});

export const getRoll = defineEndpoint({
  id: 'loot.get-roll',
  method: 'GET',
  path: '/api/v1/loot/rolls/{rollId}',
  summary: 'Look at a roll: who votes how, everybody’s chances, and the proof of what came out',
  description:
    'For those who have earned the drop, until a week after the roll. **To check a roll:** SHA-256 of `seed` (its text), ' +
    'base64url, is the `seedCommitment` that was published at the start. A character’s roll is HMAC-SHA-256 with the key ' +
    '`seed` (its text) over `<rollId>.<characterId>`: its first 6 bytes as a big-endian number, modulo 100, plus 1. Need ' +
    'beats greed, then the higher roll wins, then who comes first in `voters`. A look also decides a roll whose time is over.',
  auth: 'character',
  params: rollParams,
  success: 200,
  response: RollView,
  errors: ['loot.roll_not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'write' },
  impact: 'Players cannot see whether a roll was fair.',
  budget: { readUnits: 20, writeUnits: 40 },
});

export const vote = defineEndpoint({
  id: 'loot.vote',
  method: 'POST',
  path: '/api/v1/loot/rolls/{rollId}/votes',
  summary: 'Vote in a roll: need, greed or pass',
  description:
    'Once; a vote stands. Who does not vote within 60 seconds has passed. Need is for what your class can wear. With the ' +
    'last vote the roll is decided. Saying the same again changes nothing.',
  auth: 'character',
  params: rollParams,
  body: z.strictObject({ choice: z.enum(choices) }),
  success: 200,
  response: RollView,
  errors: ['loot.roll_not_found', 'loot.roll_closed', 'loot.already_voted', 'loot.need_refused', 'loot.locked_out'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot vote: whatever is rolled for is free to all who earned it.',
  budget: { readUnits: 34, writeUnits: 60 },
});

export const listLockouts = defineEndpoint({
  id: 'loot.list-lockouts',
  method: 'GET',
  path: '/api/v1/loot/lockouts',
  summary: 'List the bosses whose loot the selected character has had for now',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    lockouts: z
      .array(
        z.strictObject({
          npcKind: Slug,
          period: z.enum(['daily', 'weekly']),
          takenAt: Instant,
          resetsAt: Instant.meta({ description: 'From then on it may be looted again' }),
        }),
      )
      .max(100),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see which bosses they have looted.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const closeDue = defineJob({
  id: 'loot.close-due',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'Rolls that nobody looks at stay undecided, and what players have put down stays in the world.',
  timeoutSeconds: 50,
});

export const domain = defineDomain({
  name: 'loot',
  summary: 'Drops, their slots and who may take them; rolls and boss lockouts.',
  errors: lootErrors,
  foreignErrors: [inventoryErrors],
  endpoints: [getDrop, pickUp, pickUpAll, releaseDrop, assignSlot, putDown, listRolls, getRoll, vote, listLockouts],
  jobs: [closeDue],
  topics: [lootTopic],
});
