import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import * as z from 'zod';
import { clock } from './clock.ts';
import { systemRandomBytes } from './random.ts';

/** Every kind of generated id, by prefix. An id is `<prefix>_<26 Crockford base-32 characters>`. */
export const idKinds = {
  acc: 'account',
  ach: 'achievement grant',
  auc: 'auction',
  cac: 'act of staff on items and money',
  cbt: 'combat session',
  chr: 'character',
  cmd: 'order to the owner of a zone',
  cpn: 'campaign: what operators send to many players',
  crq: 'request that a mailed link answers: for another password or address',
  drp: 'world drop (a corpse with its loot slots)',
  evt: 'event',
  fam: 'refresh-token family',
  gld: 'guild',
  inc: 'incident report',
  ins: 'zone instance',
  itm: 'item instance',
  lrl: 'loot roll',
  mal: 'mail message',
  mch: 'match',
  mtk: 'matchmaking ticket',
  ntf: 'notification',
  opr: 'operation: one commit and all its events',
  ord: 'market or crafting order',
  psh: 'push: one message to one topic',
  pty: 'party',
  ses: 'session',
  shd: 'zone shard: one fleet process',
  trd: 'trade',
  txn: 'value transaction',
} as const;

export type IdPrefix = keyof typeof idKinds;

/** An id that the type system keeps apart from ids of other kinds. */
export type Id<P extends IdPrefix> = string & z.core.$brand<P>;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BODY_LENGTH = 26;
/** Of the body; the ones before say when the id was made. */
const RANDOM_CHARACTERS = 16;

/** Zod schema of ids with this prefix; refuses ids of any other kind. */
export function idSchema<P extends IdPrefix>(prefix: P): z.ZodType<Id<P>, string> {
  const schema = z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{${BODY_LENGTH}}$`))
    .meta({ description: `Id of a ${idKinds[prefix]}`, examples: [`${prefix}_01JD8Z3V6Q4M5N7P9R2S4T6V8X`] });
  // zod's own brand() loses the brand while P is generic.
  return schema as unknown as z.ZodType<Id<P>, string>;
}

/** A fresh id: sorts by creation time, unless another time is given; 80 random bits. */
export function createId<P extends IdPrefix>(prefix: P, atMs = clock.nowMs()): Id<P> {
  const bytes = systemRandomBytes(RANDOM_CHARACTERS);
  let used = 0;
  return `${prefix}_${ulid(atMs, () => bytes[used++]! / 256)}` as Id<P>;
}

/**
 * The same id for the same parts, always. It is what makes a replay mint nothing new: an item that stands for
 * (zone, epoch, kill, slot) has one id however often its creation is retried.
 */
export function deriveId<P extends IdPrefix>(prefix: P, ...parts: readonly (string | number)[]): Id<P> {
  const digest = createHash('sha256')
    .update(JSON.stringify([prefix, ...parts]))
    .digest();
  let body = '';
  let bits = 0;
  let buffer = 0;
  for (const byte of digest) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && body.length < BODY_LENGTH) {
      bits -= 5;
      body += CROCKFORD[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
    if (body.length === BODY_LENGTH) break;
  }
  return `${prefix}_${body}` as Id<P>;
}

export const AccountId = idSchema('acc');
export type AccountId = Id<'acc'>;
export const SessionId = idSchema('ses');
export type SessionId = Id<'ses'>;
export const CharacterId = idSchema('chr');
export type CharacterId = Id<'chr'>;
export const ItemId = idSchema('itm');
export type ItemId = Id<'itm'>;
export const DropId = idSchema('drp');
export type DropId = Id<'drp'>;
export const CredentialRequestId = idSchema('crq');
export type CredentialRequestId = Id<'crq'>;
export const NotificationId = idSchema('ntf');
export type NotificationId = Id<'ntf'>;

export const CombatId = idSchema('cbt');
export type CombatId = Id<'cbt'>;
export const LootRollId = idSchema('lrl');
export type LootRollId = Id<'lrl'>;
export const AchievementGrantId = idSchema('ach');
export type AchievementGrantId = Id<'ach'>;
export const PartyId = idSchema('pty');
export type PartyId = Id<'pty'>;
export const GuildId = idSchema('gld');
export type GuildId = Id<'gld'>;
export const MailId = idSchema('mal');
export type MailId = Id<'mal'>;
export const TradeId = idSchema('trd');
export type TradeId = Id<'trd'>;
export const AuctionId = idSchema('auc');
export type AuctionId = Id<'auc'>;
export const OrderId = idSchema('ord');
export type OrderId = Id<'ord'>;
export const CustodyActId = idSchema('cac');
export type CustodyActId = Id<'cac'>;
export const TransactionId = idSchema('txn');
export type TransactionId = Id<'txn'>;
export const InstanceId = idSchema('ins');
export type InstanceId = Id<'ins'>;

/** Ids that designers give by hand in content: `glasswater-docks`, `neural-spike-mk2`. */
export const Slug = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .meta({ description: 'Content id: lower-case words joined by hyphens', examples: ['glasswater-docks'] });
export type Slug = z.infer<typeof Slug>;
