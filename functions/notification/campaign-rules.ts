import type { RealmId } from '#functions/character/public.ts';
import type { Role } from '#shared/contract/endpoint.ts';
import { DAY_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, Id } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import type { Notice } from './rules.ts';

export type CampaignId = Id<'cpn'>;

export const campaignLimits = {
  /** Live at the same time: each login looks at all of them. */
  live: 50,
  /** Sessions of one page, and players told side by side. */
  page: 50,
  parallel: 8,
  /** Of the job's minute; what is left is for the next run. */
  runMs: 40 * SECOND_MS,
  /** Finished ones stay in the operators' list this long after they have expired. */
  keptMs: 30 * DAY_MS,
} as const;

interface Segment {
  readonly kind: 'segment';
  readonly locales?: Locale[] | undefined;
  readonly roles?: Role[] | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly realms?: RealmId[] | undefined;
  readonly levels?: { readonly from: number; readonly to: number } | undefined;
  readonly lastSeenAfter?: string | undefined;
  readonly lastSeenBefore?: string | undefined;
}

/** Whom a campaign is for. Of a segment's criteria all that are set must hold. */
export type CampaignAudience = { readonly kind: 'all' } | Segment;

/** The field of a range that ends before it begins, and so means nobody; undefined where there is none. */
export function emptyRangeOf(audience: { readonly kind: string }): string | undefined {
  if (audience.kind !== 'segment') return undefined;
  const { createdAfter, createdBefore, levels, lastSeenAfter, lastSeenBefore } = audience as Segment;
  const isEmpty = (from?: string, to?: string) => from !== undefined && to !== undefined && from >= to;
  if (isEmpty(createdAfter, createdBefore)) return 'createdBefore';
  if (isEmpty(lastSeenAfter, lastSeenBefore)) return 'lastSeenBefore';
  return levels && levels.from > levels.to ? 'levels' : undefined;
}

/** What has to be known of a player beside the account, to tell whether one of these audiences means them. */
export function factsAsked(audiences: readonly CampaignAudience[]): { characters: boolean; lastVisit: boolean } {
  const segments = audiences.filter((audience) => audience.kind === 'segment');
  return {
    characters: segments.some(({ realms, levels }) => realms || levels),
    lastVisit: segments.some(({ lastSeenAfter, lastSeenBefore }) => lastSeenAfter || lastSeenBefore),
  };
}

/** Words of an operator, to one or to many. */
export interface Message {
  readonly campaignId: CampaignId;
  readonly texts: Readonly<Partial<Record<Locale, string>> & { en: string }>;
  readonly expiresAtMs: number;
}

export interface Campaign extends Message {
  readonly audience: CampaignAudience;
  readonly createdAtMs: number;
  readonly createdBy: AccountId;
  readonly reason: string;
  readonly state: 'RUNNING' | 'DELIVERED' | 'CANCELLED';
  /** How far the job has come among the open sessions. */
  readonly shard: number;
  readonly cursor?: string | undefined;
  /** Players whom the job has told. */
  readonly reached: number;
  readonly version: number;
}

export interface Recipient {
  readonly accountId: AccountId;
  readonly locale: Locale;
  readonly roles: readonly Role[];
  readonly createdAtMs: number;
  readonly status: string;
  /** Those that are not deleted. */
  readonly characters: readonly { readonly realmId: RealmId; readonly level: number }[];
  /** When they last played, before the visit that is going on; unset for who never has. */
  readonly lastVisitMs: number | undefined;
}

/** Whether this player is meant: of the audience, and there when it was sent. */
export function isMeant(
  { audience, createdAtMs }: Pick<Campaign, 'audience' | 'createdAtMs'>,
  who: Recipient,
): boolean {
  if (who.status !== 'ACTIVE' || who.createdAtMs > createdAtMs) return false;
  if (audience.kind === 'all') return true;
  const { locales, roles, createdAfter, createdBefore, lastSeenAfter, lastSeenBefore } = audience;
  return (
    (!locales || locales.includes(who.locale)) &&
    (!roles || roles.some((role) => who.roles.includes(role))) &&
    isWithin(who.createdAtMs, createdAfter, createdBefore) &&
    isWithin(who.lastVisitMs, lastSeenAfter, lastSeenBefore) &&
    hasCharacterOf(audience, who)
  );
}

/** Who has no such moment is within no range that is set. */
function isWithin(atMs: number | undefined, after: string | undefined, before: string | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  if (atMs === undefined) return false;
  return (after === undefined || atMs >= Date.parse(after)) && (before === undefined || atMs < Date.parse(before));
}

/** Realm and level are of one and the same character. */
function hasCharacterOf({ realms, levels }: Segment, { characters }: Recipient): boolean {
  if (!realms && !levels) return true;
  return characters.some(
    ({ realmId, level }) =>
      (!realms || realms.includes(realmId)) && (!levels || (level >= levels.from && level <= levels.to)),
  );
}

/** Whether it still reaches who comes: nobody has stopped it, and it has not expired. */
export function isLive({ state, expiresAtMs }: Pick<Campaign, 'state' | 'expiresAtMs'>, nowMs: number): boolean {
  return state !== 'CANCELLED' && expiresAtMs > nowMs;
}

/** What the player reads, in their language where the operator has written it, once. */
export function messageOf(
  { campaignId, texts, expiresAtMs }: Message,
  { accountId, locale }: Pick<Recipient, 'accountId' | 'locale'>,
): Notice {
  return {
    accountId,
    code: 'operator.message',
    params: {},
    text: texts[locale] ?? texts.en,
    dedupeKey: `campaign~${campaignId}`,
    once: true,
    expiresAtMs,
  };
}
