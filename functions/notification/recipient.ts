import { type Account, getAccount } from '#functions/account/public.ts';
import { livingCharactersOf } from '#functions/character/public.ts';
import { lastVisitMsOf } from '#functions/session/public.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { type Campaign, factsAsked, type Recipient } from './campaign-rules.ts';

/**
 * A player as these campaigns see them; undefined when there is no such account. Characters (2 RCU, and 0.5 for each) and
 * presence (1 RCU) are read only where one of the campaigns asks for them.
 */
export async function readRecipient(
  accountId: AccountId,
  campaigns: readonly Pick<Campaign, 'audience'>[],
): Promise<(Account & Recipient) | undefined> {
  const asked = factsAsked(campaigns.map(({ audience }) => audience));
  const [account, characters, lastVisitMs] = await Promise.all([
    getAccount(accountId),
    asked.characters ? livingCharactersOf(accountId) : [],
    asked.lastVisit ? lastVisitMsOf(accountId) : undefined,
  ]);
  return account && { ...account, characters, lastVisitMs };
}
