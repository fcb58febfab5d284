import { clock } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { layerUnit, unitParts } from '#shared/kernel/zone-unit.ts';
import { decideMerge, isMoving } from './layer-rules.ts';
import { layersOf } from './layers.ts';
import { zoneOperation } from './operation.ts';
import { ownerCheck, type ZoneFence } from './store-leases.ts';
import { mergeWrite } from './store-units.ts';

/**
 * Into which unit the players of a further layer are to be moved now, asked by its owner again and again. That a merge
 * begins or is given up is noted, so that no newcomers are sent there. Undefined: nobody is to be moved.
 * @param players how many are in it at this moment
 * @throws GameError `zone.fenced` when it is another's.
 */
export async function planMerge(fence: ZoneFence, players: number): Promise<Slug | undefined> {
  const nowMs = clock.nowMs();
  const { zoneId: unitId } = fence;
  const { zoneId, layer: own } = unitParts(unitId);
  if (own === undefined || own === 1) return undefined;
  const layers = (await layersOf(zoneId, nowMs)).map((one) => (one.layer === own ? { ...one, players } : one));
  const before = layers.find(({ layer }) => layer === own)?.merge;
  const merge = decideMerge(layers, own, nowMs);
  if (merge?.sinceMs !== before?.sinceMs || merge?.into !== before?.into) {
    await zoneOperation(unitId).commit({ writes: [ownerCheck(fence), mergeWrite(unitId, merge)] });
  }
  return merge && isMoving(merge, nowMs) ? layerUnit(zoneId, merge.into) : undefined;
}
