import { Entity } from 'dynamodb-toolbox/entity';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { any } from 'dynamodb-toolbox/schema/any';
import { binary } from 'dynamodb-toolbox/schema/binary';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { NotedEvents } from './noted-events.ts';
import type { DueRespawn } from './places.ts';
import type { ZoneFence } from './store-leases.ts';

/** What a unit's owner notes down for the case that it dies: where everybody is, which NPCs are still dead, what goes on. */
export interface UnitMemory {
  /** Packed by `PlacesPacker`. */
  readonly places: Uint8Array;
  readonly respawns: readonly DueRespawn[];
  /** Unset: nothing goes on. */
  readonly events?: NotedEvents | undefined;
  readonly savedAtMs: number;
}

const PlacesEntity = new Entity({
  ...entityDefaults,
  name: 'ZonePlaces',
  table,
  schema: item({
    zoneId: string().key(),
    epoch: number(),
    places: binary().optional(),
    respawns: any().castAs<readonly DueRespawn[]>().optional(),
    events: any().castAs<NotedEvents>().optional(),
    savedAtMs: number().optional(),
  }),
  computeKey: zoneKeys.places.primary,
});

/**
 * Overwrites the memory of a unit while its row names the caller's epoch: whoever has claimed the unit since has sealed
 * the row with a higher one. A plain write with one condition costs half of what one beside the lease would.
 * @throws GameError `zone.fenced`
 */
export async function putMemory({ zoneId, epoch }: ZoneFence, memory: UnitMemory): Promise<void> {
  const { places, respawns, events, savedAtMs } = memory;
  try {
    await PlacesEntity.build(PutItemCommand)
      .item({ zoneId, epoch, places, respawns: [...respawns], events, savedAtMs })
      .options({ condition: { attr: 'epoch', eq: epoch } })
      .send();
  } catch (error) {
    if (isConditionFailed(error)) throw new GameError('zone.fenced');
    throw error;
  }
}

export function deleteMemoryWrite(zoneId: Slug): Write {
  return PlacesEntity.build(DeleteTransaction).key({ zoneId });
}

/**
 * Takes over the memory that the owners before have left: from here on they write none. Answers the same when repeated.
 * @throws GameError `zone.fenced` when a later owner has done so already.
 */
export async function sealMemory({ zoneId, epoch }: ZoneFence): Promise<UnitMemory | undefined> {
  try {
    const { Attributes } = await PlacesEntity.build(UpdateItemCommand)
      .item({ zoneId, epoch })
      .options({
        returnValues: 'ALL_NEW',
        condition: {
          or: [
            { attr: 'epoch', exists: false },
            { attr: 'epoch', lte: epoch },
          ],
        },
      })
      .send();
    if (!Attributes?.places || Attributes.savedAtMs === undefined) return undefined;
    const { places, respawns = [], events, savedAtMs } = Attributes;
    return { places, respawns, events, savedAtMs };
  } catch (error) {
    if (isConditionFailed(error)) throw new GameError('zone.fenced');
    throw error;
  }
}
