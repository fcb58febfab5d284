import * as z from 'zod';
import { Slug } from '#shared/kernel/ids.ts';

/** Who can have it: by the prefix of their ids. */
export const currencyScopes = { character: 'chr', account: 'acc', guild: 'gld' } as const;
export type CurrencyScope = keyof typeof currencyScopes;

export const Currency = z.strictObject({
  id: Slug,
  name: z.string().min(2).max(40),
  description: z.string().min(5).max(240),
  scopes: z
    .array(z.enum(['character', 'account', 'guild']))
    .min(1)
    .max(3)
    .meta({ description: 'Who can have it' }),
  cap: z
    .bigint()
    .min(1n)
    .max(9_000_000_000_000_000n)
    .meta({ description: 'Most that one owner can have, in minor units' }),
  transferable: z.boolean().meta({ description: 'Players can give it to each other' }),
});
export type Currency = z.infer<typeof Currency>;

/** `faucet`: money comes from there; `sink`: it is gone there; `fee`: gathered, and busy; `escrow`: it waits. */
export const systemAccountKinds = ['faucet', 'sink', 'fee', 'escrow'] as const;

export const SystemAccountRow = z.strictObject({
  id: z.string().regex(/^system\.(?:faucet|sink|fee|escrow)\.[a-z]+(?:-[a-z]+)*$/),
  description: z.string().min(5).max(240),
});
export type SystemAccountRow = z.infer<typeof SystemAccountRow>;
