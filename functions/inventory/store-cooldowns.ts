import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';

const CooldownEntity = new Entity({
  ...entityDefaults,
  name: 'Cooldown',
  table,
  schema: item({ characterId: string().key(), templateId: string().key(), readyAtMs: number(), ttl: number() }),
  computeKey: inventoryKeys.cooldown.primary,
});

/** From when on a character may use this kind of thing again, in epoch milliseconds; strongly consistent. */
export async function readCooldown(characterId: CharacterId, templateId: Slug): Promise<number> {
  const { Item } = await CooldownEntity.build(GetItemCommand)
    .key({ characterId, templateId })
    .options({ consistent: true })
    .send();
  return Item?.readyAtMs ?? 0;
}

/** Starts a cool-down unless one runs: of two uses at one moment one passes. */
export function cooldownWrite(cooldown: {
  readonly characterId: CharacterId;
  readonly templateId: Slug;
  readonly readyAtMs: number;
  readonly nowMs: number;
}): Write {
  const { characterId, templateId, readyAtMs, nowMs } = cooldown;
  const put = CooldownEntity.build(PutTransaction)
    .item({ characterId, templateId, readyAtMs, ttl: ttlSeconds(readyAtMs) })
    .options({
      condition: {
        or: [
          { attr: 'readyAtMs', exists: false },
          { attr: 'readyAtMs', lte: nowMs },
        ],
      },
    });
  return guarded(put, new GameError('inventory.on_cooldown', {}, { retryAfterSeconds: 1 }));
}
