import type { EventDefinition } from '#shared/contract/event.ts';
import * as account from './account.ts';
import * as achievement from './achievement.ts';
import * as anticheat from './anticheat.ts';
import * as auction from './auction.ts';
import * as auth from './auth.ts';
import * as character from './character.ts';
import * as combat from './combat.ts';
import * as custody from './custody.ts';
import * as friend from './friend.ts';
import * as guild from './guild.ts';
import * as identity from './identity.ts';
import * as inventory from './inventory.ts';
import * as loot from './loot.ts';
import * as mail from './mail.ts';
import * as market from './market.ts';
import * as mfa from './mfa.ts';
import * as party from './party.ts';
import * as progression from './progression.ts';
import * as quest from './quest.ts';
import * as session from './session.ts';
import * as trade from './trade.ts';
import * as vendor from './vendor.ts';
import * as ledger from './wallet.ts';
import * as world from './world.ts';
import * as zone from './zone.ts';

/** Every event of the project, by owning domain. Functions import the single events that they use, never this list. */
export const eventRegistry: readonly EventDefinition[] = [
  account,
  achievement,
  anticheat,
  auction,
  auth,
  character,
  combat,
  custody,
  friend,
  guild,
  identity,
  inventory,
  ledger,
  loot,
  mail,
  market,
  mfa,
  party,
  progression,
  quest,
  session,
  trade,
  vendor,
  world,
  zone,
].flatMap((declarations) => Object.values<EventDefinition>(declarations));
