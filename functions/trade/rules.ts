import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';

export const tradeLimits = {
  /** A request that nobody has answered by then is void. */
  requestLifeMs: MINUTE_MS,
  /** Who was declined may ask the same character again after this. */
  askAgainAfterMs: 30 * SECOND_MS,
  /** Most requests that are shown to the character they are for. */
  shownRequests: 20,
  /** Most items that one side offers. */
  items: 10,
  /** Most currencies that one side offers. */
  currencies: 4,
  /** After any change of the offers nobody can accept for this long. */
  coolDownMs: 3 * SECOND_MS,
  /** A trade in which nobody does anything ends. */
  idleMs: 45 * SECOND_MS,
  /** A trade ends at the latest this long after it was opened. */
  totalMs: 5 * MINUTE_MS,
  /** Metres between the two at most. */
  rangeM: 11,
  /** The view warns when one side's offer is worth more than so many times the other's. */
  valueGapRatio: 10n,
  /** Who gives more than this, by money and what vendors pay, has proven themselves anew not long ago. */
  stepUpAboveMinor: 50_000n,
  /** A trade that is over stays to be looked at. */
  keptMs: 7 * DAY_MS,
} as const;

/** Why a trade has ended without anything changing hands. */
export const endReasons = [
  'declined',
  'withdrawn',
  'cancelled',
  'expired',
  'idle',
  'timeout',
  'distance',
  'combat',
  'death',
  'zone_change',
  'left_world',
  'logout',
  'disconnected',
] as const;
export type EndReason = (typeof endReasons)[number];

/** What the fleet alone sees: it tells the trade domain, which ends the trade. */
export const zoneEndReasons = ['distance', 'combat', 'death'] as const satisfies readonly EndReason[];
export type ZoneEndReason = (typeof zoneEndReasons)[number];

/** Why a trade that both had accepted was not carried out. It goes on, with nothing locked. */
export const failures = [
  'insufficient_funds',
  'no_room',
  'item_changed',
  'daily_limit',
  'balance_limit',
  'aborted',
] as const;
export type Failure = (typeof failures)[number];

/** How much an account may give away in trades in a day, by vendor value and money; the first row that fits counts. */
export const dailyAllowances = [
  { youngerThanMs: 72 * HOUR_MS, valueMinor: 20_000n },
  { youngerThanMs: Infinity, valueMinor: 500_000n },
] as const;

/** Days of the allowance turn with this clock. */
export const ALLOWANCE_TIME_ZONE = 'Europe/Berlin';

/**
 * What an account may give away in a day, in minor units of value; undefined: as much as it likes. A second factor
 * lifts the limit: what somebody has stolen with a password alone does not go far.
 */
export function dailyAllowance(account: {
  readonly ageMs: number;
  readonly hasSecondFactor: boolean;
}): bigint | undefined {
  if (account.hasSecondFactor) return undefined;
  return dailyAllowances.find(({ youngerThanMs }) => account.ageMs < youngerThanMs)?.valueMinor;
}
