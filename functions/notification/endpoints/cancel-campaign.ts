import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { cancelCampaign } from '../admin-contract.ts';
import { getCampaign, updateCampaign } from '../store-campaigns.ts';

export const handler = endpointHandler(cancelCampaign, ({ input, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const campaign = await getCampaign(input.params.campaignId);
    if (!campaign || campaign.expiresAtMs <= nowMs) throw fail('notification.campaign_not_found');
    if (campaign.state === 'CANCELLED') return;
    await commit({ writes: [updateCampaign(campaign, { state: 'CANCELLED', cursor: undefined })] });
  }),
);
