import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewProfile } from '../contract.ts';
import { standingOf } from '../standing.ts';
import { getAccount } from '../store.ts';
import { privacyOf } from '../store-choices.ts';
import { publicViewOf } from '../view.ts';

/** Reads both always, so that a hidden profile costs what a missing one costs. */
export const handler = endpointHandler(viewProfile, async ({ input, actor, nowMs, fail }) => {
  const { accountId } = input.params;
  const [account, [privacy]] = await Promise.all([getAccount(accountId), privacyOf([accountId])]);
  const isShown = accountId === actor.accountId || privacy?.publicProfile;
  if (!account || !isShown || standingOf(account, nowMs).kind !== 'active') throw fail('request.not_found');
  return publicViewOf(account);
});
