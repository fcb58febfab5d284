import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { AccountId, CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';

/**
 * Fields that many events carry. Everything here is bounded: the registry's test sums the bounds up and holds every
 * event under the size limit of an envelope.
 */

/** Most people in one group of any kind (a raid): the bound of every list of participants. */
export const MAX_GROUP = 40;
/** Most slots of one drop. */
export const MAX_DROP_SLOTS = 16;
/** Most items in one mail by the game, such as what a full bag had no room for; players send fewer. */
export const MAX_MAIL_ITEMS = 24;

export const Instant = z.iso.datetime().meta({ description: 'Instant, ISO 8601 in UTC' });

/** Names that players choose; their own rules are stricter than this bound. */
export const DisplayName = z.string().min(1).max(32).meta({ description: 'Name as players see it' });

/** Short machine-readable cause, such as `quest:first-steps` or `tooth-and-chrome`. */
export const ReasonCode = z
  .string()
  .min(1)
  .max(96)
  .regex(/^[a-z0-9][a-z0-9_:.-]*$/)
  .meta({ description: 'Cause, as a stable code' });

export const CharacterLevel = z.int().min(1).max(200);

export const Experience = z.int().min(0).max(1_000_000_000);

export const StackCount = z.int().min(1).max(1_000_000).meta({ description: 'How many of it are in the stack' });

export const Figure = z.int().min(0).max(1_000_000_000_000).meta({ description: 'A sum such as damage or healing' });

export const ItemQuality = z.enum(qualities).meta({ description: 'Quality, rising in this order' });

/** The owner's life of a zone: rises by one with every claim; writes with a lower one are refused. */
export const ZoneEpoch = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export const Position = z
  .strictObject({ x: z.number().min(-1_000_000).max(1_000_000), y: z.number().min(-1_000_000).max(1_000_000) })
  .meta({ description: "Metres from the zone's south-west corner" });

/** A character and the account behind it, so that a subscriber can reach the player without a read. */
export const CharacterRef = z.strictObject({ accountId: AccountId, characterId: CharacterId });

/** What a reader needs to know of an item instance to count or show it. */
export const ItemSummary = z.strictObject({
  itemId: ItemId,
  templateId: Slug,
  quality: ItemQuality,
  count: StackCount,
});

export const CurrencyAmount = z.strictObject({ currency: Slug, amount: Amount });
