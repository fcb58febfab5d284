import { getAccount } from '#functions/account/public.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { type Locale, locales } from '#shared/kernel/locale.ts';

/** In which language a player reads what the game writes. */
export async function localeOf(accountId: AccountId): Promise<Locale> {
  return (await getAccount(accountId))?.locale ?? locales[0];
}
