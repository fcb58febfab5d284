import type { Domain } from '#shared/contract/domain.ts';
import { domain as account } from './account/contract.ts';
import { domain as achievement } from './achievement/contract.ts';
import { domain as analytics } from './analytics/contract.ts';
import { domain as anticheat } from './anticheat/contract.ts';
import { domain as auth } from './auth/contract.ts';
import { domain as character } from './character/contract.ts';
import { domain as combat } from './combat/contract.ts';
import { domain as credential } from './credential/contract.ts';
import { domain as custody } from './custody/contract.ts';
import { domain as friend } from './friend/contract.ts';
import { domain as guild } from './guild/contract.ts';
import { domain as identity } from './identity/contract.ts';
import { domain as inventory } from './inventory/contract.ts';
import { domain as loot } from './loot/contract.ts';
import { domain as mail } from './mail/contract.ts';
import { domain as mfa } from './mfa/contract.ts';
import { domain as notification } from './notification/contract.ts';
import { domain as party } from './party/contract.ts';
import { domain as platform } from './platform/contract.ts';
import { domain as progression } from './progression/contract.ts';
import { domain as push } from './push/contract.ts';
import { domain as quest } from './quest/contract.ts';
import { domain as session } from './session/contract.ts';
import { domain as settlement } from './settlement/contract.ts';
import { domain as trade } from './trade/contract.ts';
import { domain as vendor } from './vendor/contract.ts';
import { domain as wallet } from './wallet/contract.ts';
import { domain as zone } from './zone/contract.ts';

/** Every domain of the backend: infrastructure, documents, builds and tests walk this list. */
export const domains: readonly Domain[] = [
  account,
  achievement,
  analytics,
  anticheat,
  auth,
  character,
  combat,
  credential,
  custody,
  friend,
  guild,
  identity,
  inventory,
  loot,
  mail,
  mfa,
  notification,
  party,
  platform,
  progression,
  push,
  quest,
  session,
  settlement,
  trade,
  vendor,
  wallet,
  zone,
];
