import type { InstanceId, Slug } from './ids.ts';

/**
 * What one process runs is a *unit*: a zone of content as everybody shares it (its first layer), a further layer of it,
 * or an instance of it that belongs to a group. Leases, epochs, orders, presences, kills and drops name units. A unit's id
 * is a slug like any zone's, the first layer's is the zone's own, and content may use no id that reads like another unit's
 * (checked with the catalogue), so that the zone can always be read from it.
 */
const LAYER = /^(.+)-layer-([1-9]\d?)$/;
const INSTANCE = /^(.+)-ins-([0-9a-hjkmnp-tv-z]{26})$/;

/** Longest id of a zone in content: with what names an instance it still is a slug. */
export const MAX_ZONE_ID_CHARACTERS = 32;
/** Layers that a zone can have. */
export const MAX_LAYERS = 20;

/** Names a layer of a zone, from 1. */
export function layerUnit(zoneId: Slug, layer: number): Slug {
  return layer === 1 ? zoneId : `${zoneId}-layer-${layer}`;
}

/** Names an instance of a zone. */
export function instanceUnit(zoneId: Slug, instanceId: InstanceId): Slug {
  return `${zoneId}-ins-${instanceId.slice('ins_'.length).toLowerCase()}`;
}

export interface UnitParts {
  /** In content. */
  readonly zoneId: Slug;
  /** Unset: an instance. */
  readonly layer?: number | undefined;
  readonly instanceId?: InstanceId | undefined;
}

/** What a unit's id says. */
export function unitParts(unitId: Slug): UnitParts {
  const instance = INSTANCE.exec(unitId);
  if (instance) return { zoneId: instance[1]!, instanceId: `ins_${instance[2]!.toUpperCase()}` as InstanceId };
  const layer = LAYER.exec(unitId);
  return layer ? { zoneId: layer[1]!, layer: Number(layer[2]) } : { zoneId: unitId, layer: 1 };
}

/** The zone of content that a unit shows. */
export function zoneOf(unitId: Slug): Slug {
  return unitParts(unitId).zoneId;
}
