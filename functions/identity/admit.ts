import type { Account } from '#functions/account/public.ts';
import { noteSecondFactorDue, signIn } from '#functions/auth/public.ts';
import type { SignInReply } from '#functions/auth/shapes.ts';
import { openChallenge, secondFactorOf } from '#functions/mfa/public.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { RequestFacts } from '#shared/runtime/invocation.ts';

/**
 * What somebody who has proven to be the owner of an account gets: a session, or, where the account has a second
 * factor, a challenge for it. Nothing is open until the caller has committed the changes.
 */
export async function admit(who: {
  readonly account: Account;
  readonly deviceName: string | undefined;
  readonly deviceToken: string | undefined;
  readonly caller: Pick<RequestFacts, 'ip' | 'userAgent'>;
  readonly method: 'guest' | 'external';
  readonly nowMs: number;
}): Promise<{ readonly changes: Changes; readonly reply: SignInReply }> {
  const { account, caller, deviceName, nowMs } = who;
  const { ip, userAgent } = caller;
  const offer = await secondFactorOf(account.accountId);
  if (offer) {
    const { accountId } = account;
    const { changes, reply } = openChallenge({ accountId, offer, deviceName, nowMs });
    const noted = await noteSecondFactorDue(accountId, { method: who.method, deviceName, userAgent, ip, nowMs });
    return { changes: mergeChanges(changes, { writes: noted }), reply };
  }
  return signIn({ ...who, ip, userAgent, isFirst: false });
}
