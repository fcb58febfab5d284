import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

const TravelEntity = new Entity({
  ...entityDefaults,
  name: 'TravelCoolDown',
  table,
  schema: item({
    characterId: string().key(),
    teleportAtMs: number().optional(),
    swapAtMs: number().optional(),
  }),
  computeKey: zoneKeys.travel.primary,
});

/** From when on a character may teleport, or change its layer by its own wish; 0: it may. */
export async function readCoolDowns(
  characterId: CharacterId,
): Promise<{ readonly teleportAtMs: number; readonly swapAtMs: number }> {
  const { Item } = await TravelEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return { teleportAtMs: Item?.teleportAtMs ?? 0, swapAtMs: Item?.swapAtMs ?? 0 };
}

/** Begins a cool-down, with the journey that it is for. */
export function coolDownWrite(
  characterId: CharacterId,
  until: { readonly teleportAtMs: number } | { readonly swapAtMs: number },
): Write {
  return TravelEntity.build(UpdateTransaction).item({ characterId, ...until });
}
