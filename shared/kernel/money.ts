import * as z from 'zod';

/** Largest amount of one operation, in minor units. */
export const MAX_AMOUNT = 9_000_000_000_000_000n;

/** Money on the wire: a non-negative decimal string of minor units, without leading zeros. */
export const Amount = z
  .string()
  // What is no number never gets as far as the comparison, which would break on it.
  .regex(/^(0|[1-9]\d{0,15})$/, { abort: true })
  .refine((text) => BigInt(text) <= MAX_AMOUNT, 'amount is above the limit of one operation')
  .meta({ description: 'Money in minor units, as a decimal string', examples: ['1250'] });

/** Inside the game money is a bigint; this is the way in. */
export function parseAmount(text: z.infer<typeof Amount>): bigint {
  return BigInt(text);
}

/** And this is the way out. */
export function formatAmount(amount: bigint): string {
  return amount.toString(10);
}
