import type { Currency } from '../schema/currency.ts';

export const currencyRows: readonly Currency[] = [
  {
    id: 'eddies',
    name: 'Eddies',
    description: 'What the street takes. Earned by work, spent on everything.',
    scopes: ['character', 'guild'],
    cap: 9_000_000_000_000n,
    transferable: true,
  },
  {
    id: 'neon-tokens',
    name: 'Neon Tokens',
    description: 'Bought or given by the house; belongs to the player, not to a character, and cannot be given on.',
    scopes: ['account'],
    cap: 10_000_000n,
    transferable: false,
  },
  {
    id: 'crew-marks',
    name: 'Crew Marks',
    description: 'What a guild earns by its members, and spends on itself.',
    scopes: ['guild'],
    cap: 1_000_000_000n,
    transferable: false,
  },
  {
    id: 'festival-chits',
    name: 'Festival Chits',
    description: 'Won at world events; good at the event’s own stalls only.',
    scopes: ['character'],
    cap: 1_000_000n,
    transferable: false,
  },
];
