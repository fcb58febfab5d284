import type { SubscribedEvent } from '#shared/contract/subscriber.ts';
import type { welcome } from './contract.ts';
import type { Notice } from './rules.ts';

/** What a player is greeted with. */
export function greetingOf({ data }: SubscribedEvent<typeof welcome>): Notice {
  return data.isFirst
    ? { accountId: data.accountId, code: 'account.welcome', params: {} }
    : { accountId: data.accountId, code: 'account.welcome_back', params: {}, dedupeKey: 'welcome-back' };
}
