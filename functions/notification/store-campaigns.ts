import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $remove } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { notificationKeys } from '#shared/table/keys/notification.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type Campaign, type CampaignAudience, type CampaignId, campaignLimits } from './campaign-rules.ts';

const CampaignEntity = new Entity({
  ...entityDefaults,
  name: 'NotificationCampaign',
  table,
  schema: item({
    campaignId: string().key(),
    /** JSON, both: nobody queries by them. */
    audience: string(),
    texts: string(),
    createdAtMs: number(),
    expiresAtMs: number(),
    createdBy: string(),
    reason: string(),
    state: string().enum('RUNNING', 'DELIVERED', 'CANCELLED'),
    shard: number(),
    cursor: string().optional(),
    reached: number(),
    version: number(),
    ttl: number(),
  }),
  computeKey: notificationKeys.campaign.primary,
});

function campaignOf(row: FormattedItem<typeof CampaignEntity>): Campaign {
  const { audience, texts, ttl: _ttl, ...rest } = row;
  return {
    ...rest,
    campaignId: row.campaignId as CampaignId,
    createdBy: row.createdBy as AccountId,
    audience: JSON.parse(audience) as CampaignAudience,
    texts: JSON.parse(texts) as Campaign['texts'],
  };
}

/** All that are kept, newest first. Bounded: so many may be live, and they go 30 days after they have expired. */
export async function listCampaigns(): Promise<readonly Campaign[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(CampaignEntity)
    .query({ partition: notificationKeys.campaign.partition({}) })
    .options({ reverse: true, limit: 1_000 })
    .send();
  return Items.map(campaignOf);
}

/** Strongly consistent. */
export async function getCampaign(campaignId: CampaignId): Promise<Campaign | undefined> {
  const { Item } = await CampaignEntity.build(GetItemCommand).key({ campaignId }).options({ consistent: true }).send();
  return Item && campaignOf(Item);
}

export function putCampaign(campaign: Omit<Campaign, 'state' | 'shard' | 'cursor' | 'reached' | 'version'>): Write {
  return CampaignEntity.build(PutTransaction)
    .item({
      ...campaign,
      audience: JSON.stringify(campaign.audience),
      texts: JSON.stringify(campaign.texts),
      state: 'RUNNING',
      shard: 0,
      reached: 0,
      version: 1,
      ttl: ttlSeconds(campaign.expiresAtMs + campaignLimits.keptMs),
    })
    .options({ condition: { attr: 'campaignId', exists: false } });
}

/** Notes what has become of it, if nobody has noted anything since it was read. */
export function updateCampaign(
  { campaignId, version }: Campaign,
  next: Partial<Pick<Campaign, 'state' | 'shard' | 'reached'>> & { readonly cursor: string | undefined },
): Write {
  return CampaignEntity.build(UpdateTransaction)
    .item({ campaignId, ...next, cursor: next.cursor ?? $remove(), version: version + 1 })
    .options({ condition: { attr: 'version', eq: version } });
}
