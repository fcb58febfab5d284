import * as z from 'zod';
import { cheatChecks } from '#shared/contract/cheat-checks.ts';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { Instant, ZoneEpoch } from './fields.ts';

export const CHEAT_SUSPECTED = defineEvent({
  name: 'CHEAT_SUSPECTED',
  version: 1,
  owner: 'anticheat',
  summary: 'What is held against an account has risen to the next level; the evidence stands in its case.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    zoneId: Slug,
    epoch: ZoneEpoch,
    level: z.int().min(1).max(100_000).meta({ description: 'Told once for each time that it is reached' }),
    score: z.int().min(0).max(1_000_000),
    checks: z
      .array(z.enum(cheatChecks))
      .max(cheatChecks.length)
      .meta({ description: 'What counts against it, the weightiest first' }),
    isUrgent: z.boolean().meta({ description: 'Staff should look at it before others' }),
    kickAt: Instant.optional().meta({ description: 'When it is put out of its zone; unset: it is not' }),
  }),
});

export const CHEAT_REVIEWED = defineEvent({
  name: 'CHEAT_REVIEWED',
  version: 1,
  owner: 'anticheat',
  summary: 'Staff have decided on what is held against an account; the reason stands in the log.',
  detail: z.strictObject({
    accountId: AccountId,
    verdict: z.enum(['watch', 'dismiss', 'kick', 'suspend']),
    revision: z.int().min(1),
    by: AccountId,
    until: Instant.optional().meta({ description: 'Of a suspension: its end' }),
  }),
});
