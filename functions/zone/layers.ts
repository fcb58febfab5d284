import { partyOf } from '#functions/party/public.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { layerUnit, unitParts } from '#shared/kernel/zone-unit.ts';
import { isAnswering } from './rules.ts';
import { type Lease, type Presence, readLeases, readPresences } from './store.ts';
import { listUnits, wantUnit } from './store-units.ts';
import { chooseLayer, type LayerState, layerToOpen } from './unit-rules.ts';

/** A layer as it is now. */
export interface Layer extends LayerState {
  readonly unitId: Slug;
  readonly lease: Lease | undefined;
}

/** The layers of a zone, the first one first. */
export async function layersOf(zoneId: Slug, nowMs: number): Promise<readonly Layer[]> {
  const further = (await listUnits(`${zoneId}-layer-`)).filter((unitId) => unitParts(unitId).zoneId === zoneId);
  const unitIds = [zoneId, ...further];
  const leases = new Map((await readLeases(unitIds)).map((lease) => [lease.zoneId, lease]));
  const layers = unitIds.map((unitId) => {
    const lease = leases.get(unitId);
    const live = lease !== undefined && isAnswering(lease, nowMs);
    return { unitId, layer: unitParts(unitId).layer!, lease, isLive: live, players: live ? lease.players : 0 };
  });
  return layers.toSorted((one, other) => one.layer - other.layer);
}

/** Where the others of a character's party are, the leader first. */
export async function companionsOf(characterId: CharacterId): Promise<readonly (Presence & { isLeader: boolean })[]> {
  const party = await partyOf(characterId);
  if (!party) return [];
  const others = party.members.map((member) => member.characterId).filter((id) => id !== characterId);
  const presences = await readPresences(others);
  const isLeader = (presence: Presence) => presence.characterId === party.leaderId;
  return presences
    .map((presence) => ({ ...presence, isLeader: isLeader(presence) }))
    .toSorted((one, other) => Number(other.isLeader) - Number(one.isLeader));
}

/** The layers of a zone in which these are, in their order. */
export function layersWith(presences: readonly Presence[], zoneId: Slug): readonly number[] {
  return presences.flatMap(({ zoneId: unitId }) => {
    const parts = unitId === undefined ? undefined : unitParts(unitId);
    return parts?.zoneId === zoneId && parts.layer !== undefined ? [parts.layer] : [];
  });
}

/** The layer in which a newcomer is to be; where all are crowded, another one is wanted from here on. Undefined: no room. */
export async function layerFor(characterId: CharacterId, zoneId: Slug, nowMs: number): Promise<Layer | undefined> {
  const [layers, companions] = await Promise.all([layersOf(zoneId, nowMs), companionsOf(characterId)]);
  const toOpen = layerToOpen(layers);
  if (toOpen !== undefined) await wantUnit(layerUnit(zoneId, toOpen), nowMs);
  const chosen = chooseLayer(layers, layersWith(companions, zoneId));
  return layers.find(({ layer }) => layer === chosen);
}
