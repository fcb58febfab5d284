import { getAccount } from '#functions/account/public.ts';
import { HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { addNotice } from '../add.ts';
import { send } from '../admin-contract.ts';
import { campaignLimits, emptyRangeOf, isLive, messageOf } from '../campaign-rules.ts';
import { listCampaigns, putCampaign } from '../store-campaigns.ts';

/** To one: at once. To many: a campaign, which the job takes to who is there and each login to who comes. */
export const handler = endpointHandler(send, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { audience, texts, transient, expiresInHours, reason } = input.body;
    const empty = emptyRangeOf(audience);
    if (empty) throw new InvalidRequestError([{ path: `body.audience.${empty}`, message: 'ends before it begins' }]);
    const campaignId = createId('cpn');
    const message = {
      campaignId,
      texts,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + expiresInHours * HOUR_MS,
      createdBy: actor.accountId,
      reason,
    };
    const reply = { campaignId, sentAt: toIso(nowMs) };
    if (audience.kind === 'account') {
      const account = await getAccount(audience.accountId);
      if (!account || account.status === 'ERASED') throw fail('notification.recipient_not_found');
      return commit(
        await addNotice({ ...messageOf(message, account), ...(transient ? { transient } : {}) }, nowMs),
        reply,
      );
    }
    const live = (await listCampaigns()).filter((campaign) => isLive(campaign, nowMs));
    if (live.length >= campaignLimits.live) throw fail('notification.too_many_campaigns');
    return commit({ writes: [putCampaign({ ...message, audience })] }, reply);
  }),
);
