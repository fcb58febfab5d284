import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listCampaigns as definition } from '../admin-contract.ts';
import { listCampaigns } from '../store-campaigns.ts';

export const handler = endpointHandler(definition, async ({ nowMs }) => ({
  campaigns: (await listCampaigns()).slice(0, 100).map((campaign) => ({
    campaignId: campaign.campaignId,
    audience: campaign.audience,
    texts: campaign.texts,
    state: campaign.state === 'CANCELLED' || campaign.expiresAtMs > nowMs ? campaign.state : ('EXPIRED' as const),
    reached: campaign.reached,
    createdBy: campaign.createdBy,
    reason: campaign.reason,
    createdAt: toIso(campaign.createdAtMs),
    expiresAt: toIso(campaign.expiresAtMs),
  })),
}));
