import { OPEN_SESSION_SHARDS, pageOpenSessions } from '#functions/session/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Operation } from '#shared/events/operation.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { addNotice } from '../add.ts';
import { type Campaign, campaignLimits, isMeant, messageOf } from '../campaign-rules.ts';
import { runCampaigns } from '../contract.ts';
import { readRecipient } from '../recipient.ts';
import { listCampaigns, updateCampaign } from '../store-campaigns.ts';

type Begin = (name: string) => Operation;

/**
 * Takes each campaign to all who have an open session, page by page. Who is met twice is told once, by the notice's
 * key; a run that loses a race for the progress leaves the rest to the one that won.
 */
export const handler = jobHandler(runCampaigns, async ({ nowMs, operation }) => {
  let processed = 0;
  for (const campaign of await listCampaigns()) {
    if (campaign.state !== 'RUNNING') continue;
    let current: Campaign | undefined = campaign;
    while (current?.state === 'RUNNING' && clock.nowMs() - nowMs < campaignLimits.runMs) {
      const { reached }: Campaign = current;
      current = await deliverPage(current, operation, nowMs);
      processed += (current?.reached ?? reached) - reached;
    }
  }
  return { processed };
});

/** Tells one page of players and notes it; undefined when another run, or a cancellation, has noted something first. */
async function deliverPage(campaign: Campaign, operation: Begin, nowMs: number): Promise<Campaign | undefined> {
  const { campaignId, shard, cursor, version } = campaign;
  const { accountIds, next } = await pageOpenSessions(shard, { limit: campaignLimits.page, cursor });
  const unique = [...new Set(accountIds)];
  let told = 0;
  for (let from = 0; from < unique.length; from += campaignLimits.parallel) {
    const some = unique.slice(from, from + campaignLimits.parallel);
    const results = await Promise.all(some.map((accountId) => tell(campaign, accountId, operation, nowMs)));
    told += results.filter(Boolean).length;
  }
  const isOver = campaign.expiresAtMs <= nowMs || (next === undefined && shard + 1 >= OPEN_SESSION_SHARDS);
  const progress = {
    state: isOver ? ('DELIVERED' as const) : ('RUNNING' as const),
    shard: next === undefined ? shard + 1 : shard,
    cursor: next,
    reached: campaign.reached + told,
  };
  try {
    await operation(`${campaignId}/${version}`).commit({ writes: [updateCampaign(campaign, progress)] });
  } catch (error) {
    if (error instanceof GameError && error.code === 'request.conflict') return undefined;
    throw error;
  }
  return { ...campaign, ...progress, version: version + 1 };
}

async function tell(campaign: Campaign, accountId: AccountId, operation: Begin, nowMs: number): Promise<boolean> {
  const account = await readRecipient(accountId, [campaign]);
  if (!account || !isMeant(campaign, account)) return false;
  return withConflictRetry(async () => {
    const changes = await addNotice(messageOf(campaign, account), nowMs);
    if (!changes.writes) return false;
    await operation(`${campaign.campaignId}/${accountId}`).commit(changes);
    return true;
  });
}
