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

/** Whom a campaign is for. Of a segment's criteria all that are set must hold. */
export type CampaignAudience =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'segment';
      readonly locales?: Locale[] | undefined;
      readonly roles?: Role[] | undefined;
      readonly createdAfter?: string | undefined;
      readonly createdBefore?: string | undefined;
    };

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

interface Recipient {
  readonly accountId: AccountId;
  readonly locale: Locale;
  readonly roles: readonly Role[];
  readonly createdAtMs: number;
  readonly status: string;
}

/** Whether this player is meant: of the audience, and there when it was sent. */
export function isMeant(
  { audience, createdAtMs }: Pick<Campaign, 'audience' | 'createdAtMs'>,
  who: Recipient,
): boolean {
  if (who.status !== 'ACTIVE' || who.createdAtMs > createdAtMs) return false;
  if (audience.kind === 'all') return true;
  const { locales, roles, createdAfter, createdBefore } = audience;
  return (
    (!locales || locales.includes(who.locale)) &&
    (!roles || roles.some((role) => who.roles.includes(role))) &&
    (!createdAfter || who.createdAtMs >= Date.parse(createdAfter)) &&
    (!createdBefore || who.createdAtMs < Date.parse(createdBefore))
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
