import type { DomainKeys } from './define-keys.ts';
import { accountKeys } from './keys/account.ts';
import { achievementKeys } from './keys/achievement.ts';
import { analyticsKeys } from './keys/analytics.ts';
import { anticheatKeys } from './keys/anticheat.ts';
import { authKeys } from './keys/auth.ts';
import { characterKeys } from './keys/character.ts';
import { combatKeys } from './keys/combat.ts';
import { credentialKeys } from './keys/credential.ts';
import { custodyKeys } from './keys/custody.ts';
import { friendKeys } from './keys/friend.ts';
import { guildKeys } from './keys/guild.ts';
import { identityKeys } from './keys/identity.ts';
import { inventoryKeys } from './keys/inventory.ts';
import { lootKeys } from './keys/loot.ts';
import { mailKeys } from './keys/mail.ts';
import { mfaKeys } from './keys/mfa.ts';
import { notificationKeys } from './keys/notification.ts';
import { partyKeys } from './keys/party.ts';
import { platformKeys } from './keys/platform.ts';
import { progressionKeys } from './keys/progression.ts';
import { pushKeys } from './keys/push.ts';
import { questKeys } from './keys/quest.ts';
import { sessionKeys } from './keys/session.ts';
import { settlementKeys } from './keys/settlement.ts';
import { tradeKeys } from './keys/trade.ts';
import { vendorKeys } from './keys/vendor.ts';
import { zoneKeys } from './keys/zone.ts';

/** Every key of the table, by domain. For documents and checks; functions import only their own domain's keys. */
export const keyRegistry: readonly DomainKeys[] = [
  accountKeys.registry,
  achievementKeys.registry,
  analyticsKeys.registry,
  anticheatKeys.registry,
  authKeys.registry,
  characterKeys.registry,
  combatKeys.registry,
  credentialKeys.registry,
  custodyKeys.registry,
  friendKeys.registry,
  guildKeys.registry,
  identityKeys.registry,
  inventoryKeys.registry,
  lootKeys.registry,
  mailKeys.registry,
  mfaKeys.registry,
  notificationKeys.registry,
  partyKeys.registry,
  platformKeys.registry,
  progressionKeys.registry,
  pushKeys.registry,
  questKeys.registry,
  sessionKeys.registry,
  settlementKeys.registry,
  tradeKeys.registry,
  vendorKeys.registry,
  zoneKeys.registry,
];
