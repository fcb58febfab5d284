import { currencyRows } from './data/currencies.ts';
import { systemAccountRows } from './data/system-accounts.ts';
import { lookup } from './lookup.ts';

/** Every currency. */
export const currencies = lookup('currency', currencyRows);

/** Every account of the system: where money comes from, waits, and goes. */
export const systemAccounts = lookup('system account', systemAccountRows);

/** The money of the street: what quests pay, vendors take and players trade. */
export const SOFT_CURRENCY = 'eddies';
