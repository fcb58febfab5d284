import { getAccount } from '#functions/account/public.ts';
import { secondFactorOf } from '#functions/mfa/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { periodEndMs, periodKey } from '#shared/kernel/period-key.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Side } from './negotiation.ts';
import { offerValue } from './offer.ts';
import { ALLOWANCE_TIME_ZONE, dailyAllowance } from './rules.ts';
import { countGift, type Gift, givenOn } from './store-given.ts';

/** What a side would give away, as far as it counts against its account's allowance. */
export interface CountedGift {
  readonly gift: Gift;
  readonly allowance: bigint;
}

function beyond({ allowance }: Pick<CountedGift, 'allowance'>, nowMs: number, given?: bigint): GameError {
  return new GameError('trade.daily_limit', {
    limit: formatAmount(allowance),
    ...(given === undefined ? {} : { given: formatAmount(given) }),
    resetsAt: toIso(periodEndMs('daily', ALLOWANCE_TIME_ZONE, nowMs)),
  });
}

/** What counts of a side's gift; undefined when it gives nothing of value, or its account has no limit. */
export async function countedGift(side: Side, nowMs: number): Promise<CountedGift | undefined> {
  const { accountId, offer } = side;
  const value = offerValue(offer);
  if (value === 0n) return undefined;
  const [account, secondFactor] = await Promise.all([getAccount(accountId), secondFactorOf(accountId)]);
  const ageMs = account ? nowMs - account.createdAtMs : 0;
  const allowance = dailyAllowance({ ageMs, hasSecondFactor: secondFactor !== undefined });
  if (allowance === undefined) return undefined;
  const day = periodKey('daily', ALLOWANCE_TIME_ZONE, nowMs);
  if (value > allowance) throw beyond({ allowance }, nowMs);
  return { gift: { accountId, day, value }, allowance };
}

/**
 * Looks whether a side may give today what it offers; whether it may when both have accepted is a condition then.
 * @throws GameError `trade.daily_limit`, with the limit, what is given already, and when the day ends.
 */
export async function requireAllowance(side: Side, nowMs: number): Promise<void> {
  const counted = await countedGift(side, nowMs);
  if (!counted) return;
  const given = await givenOn(counted.gift);
  if (given + counted.gift.value > counted.allowance) throw beyond(counted, nowMs, given);
}

/** Counts a gift, on the condition that it is within the allowance. */
export function countWithin(counted: CountedGift, nowMs: number): Write {
  return guarded(countGift(counted.gift, counted.allowance, nowMs), beyond(counted, nowMs));
}
