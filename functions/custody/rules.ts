import type { Quality } from '#content/quality.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';

export const actLimits = {
  /** Things of one act: with everything that goes with them they fit into one transaction. */
  items: 10,
  currencies: 4,
  /** Mails whose money goes by one act. */
  mails: 4,
  /** Of one kind of thing that is made. */
  pieces: 1_000,
  /** What one member of staff may move on a day without anybody else, in minor units of the soft currency. */
  aloneInADay: 50_000n,
  /** So long a proposal waits for a second pair of eyes. */
  proposalLifeMs: 7 * DAY_MS,
  /** Most open proposals that a list looks at. */
  openProposals: 100,
} as const;

/** What a thing is worth at least, whatever vendors pay for it, in minor units of the soft currency. */
const leastWorth: Readonly<Record<Quality, bigint>> = {
  common: 1n,
  uncommon: 50n,
  rare: 2_000n,
  epic: 20_000n,
  legendary: 100_000n,
};

/** What one minor unit of a currency is worth; of those that are not here, more than anybody moves alone. */
const currencyWorth: Readonly<Record<string, bigint>> = {
  eddies: 1n,
  'festival-chits': 10n,
  'neon-tokens': 100n,
};

/** Things of one kind. */
export interface Pieces {
  readonly quality: Quality;
  readonly vendorValue: number;
  readonly count: number;
}

/** What an act moves, in minor units of the soft currency: what decides whether somebody else has to agree. */
export function worthOf(
  pieces: readonly Pieces[],
  money: readonly { readonly currency: string; readonly amount: bigint }[],
): bigint {
  const things = pieces.map(({ quality, vendorValue, count }) => {
    const least = leastWorth[quality];
    return (BigInt(vendorValue) > least ? BigInt(vendorValue) : least) * BigInt(count);
  });
  const sums = money.map(({ currency, amount }) => (currencyWorth[currency] ?? actLimits.aloneInADay + 1n) * amount);
  return [...things, ...sums].reduce((sum, one) => sum + one, 0n);
}

/** How many stacks pieces of one kind make. */
export function stacksOf(count: number, maxStack: number): number {
  return Math.ceil(count / maxStack);
}
