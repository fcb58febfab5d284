import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import './errors.ts';

/** What each domain knows of a player, as its `exportOf` tells it. */
const section = (description: string) => z.record(z.string(), z.unknown()).meta({ description });

export const AccountExport = z.strictObject({
  format: z.literal(1).meta({ description: 'Version of this document' }),
  accountId: AccountId,
  exportedAt: Instant,
  account: section('Profile, privacy, consents with their history, and what staff did to the account'),
  auth: section('How you log in, from which devices, and when you did; no secrets'),
  credential: section('Changes of password and address under way'),
  identity: section('Identity providers that it is linked with'),
  mfa: section('Second factor; no secrets'),
  session: section('Open sessions and presence'),
  character: section('Characters, deleted ones among them, and where they are'),
  progression: section('Their levels, attributes and skills'),
  inventory: section('What they carry'),
  wallet: section('Their money, what is reserved of it, and where it came from and went'),
  custody: section('What the support took from them or gave them'),
  quest: section('Their quests, under way and done'),
  achievement: section('What they have unlocked and how far they are'),
  combat: section('Their fights of late'),
  friend: section('Friends and open requests'),
  trade: section('Their latest trades with other players'),
  vendor: section('What they have sold to vendors and can buy back'),
  loot: section('Which bosses they have looted for now'),
  party: section('Parties that they are in'),
  guild: section('Guilds that they are in, and charters that they have signed'),
  notification: section('What you were told, and what you wish to be told of'),
  mail: section('Mail that they received and sent'),
  push: section('Open sockets'),
  cut: z
    .array(z.strictObject({ path: z.string(), total: z.int(), kept: z.int() }))
    .meta({ description: 'Lists that were too long for one document, and how much of them is in it' }),
});

export const exportData = defineEndpoint({
  id: 'account.export-data',
  method: 'GET',
  path: '/api/v1/account/export',
  summary: 'Get everything that the game knows about you',
  description:
    'One JSON document of less than 5 MB. Lists that are too long are cut, and `cut` says which. Once a day; the refusal ' +
    'says when again.',
  auth: 'account',
  stepUp: true,
  success: 200,
  response: AccountExport,
  errors: ['account.export_too_soon'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', ledger: true },
  memoryMb: 1024,
  timeoutSeconds: 25,
  impact: 'Players cannot get their data, as the law lets them.',
  budget: { readUnits: 400, writeUnits: 12 },
});
