import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { addNotice } from '../add.ts';
import { isLive, isMeant, messageOf } from '../campaign-rules.ts';
import { catchUp } from '../contract.ts';
import { readRecipient } from '../recipient.ts';
import { listCampaigns } from '../store-campaigns.ts';

/** Tells a player who comes what operators have told the others meanwhile. */
export const handler = subscriberHandler(catchUp, async ({ data: { accountId } }, { nowMs, part }) => {
  const live = (await listCampaigns()).filter((campaign) => isLive(campaign, nowMs));
  if (live.length === 0) return;
  const account = await readRecipient(accountId, live);
  if (!account) return;
  for (const campaign of live.reverse()) {
    if (!isMeant(campaign, account)) continue;
    await part(campaign.campaignId, async ({ commit }) => {
      await commit(await addNotice(messageOf(campaign, account), nowMs));
    });
  }
});
