import { friendsOf } from '#functions/friend/public.ts';
import { guildMatesOf } from '#functions/guild/public.ts';
import { partyOf } from '#functions/party/public.ts';
import { playedAmong } from '#functions/session/public.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { layerUnit, unitParts } from '#shared/kernel/zone-unit.ts';
import { type Companions, chooseLayer, type LayerState, layerToOpen } from './layer-rules.ts';
import { isAnswering } from './rules.ts';
import { type Presence, readPresences } from './store.ts';
import { type Lease, readLeases } from './store-leases.ts';
import { readUnits, wantUnit } from './store-units.ts';

/** Companions of one kind that are looked for: as many as one request to the table finds. */
const MOST_LOOKED_FOR = 100;

/** A layer as it is now. */
export interface Layer extends LayerState {
  readonly unitId: Slug;
  readonly lease: Lease | undefined;
}

/** The layers of a zone, the first one first. */
export async function layersOf(zoneId: Slug, nowMs: number): Promise<readonly Layer[]> {
  const opened = await readUnits(`${zoneId}-layer-`);
  const further = opened.filter(({ unitId }) => unitParts(unitId).zoneId === zoneId);
  const unitIds = [zoneId, ...further.map(({ unitId }) => unitId)];
  const merges = new Map(further.map(({ unitId, merge }) => [unitId, merge]));
  const leases = new Map((await readLeases(unitIds)).map((lease) => [lease.zoneId, lease]));
  const layers = unitIds.map((unitId) => {
    const lease = leases.get(unitId);
    const live = lease !== undefined && isAnswering(lease, nowMs);
    const players = live ? lease.players : 0;
    return { unitId, layer: unitParts(unitId).layer!, lease, isLive: live, players, merge: merges.get(unitId) };
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
export async function layerFor(
  who: { readonly accountId: AccountId; readonly characterId: CharacterId },
  zoneId: Slug,
  nowMs: number,
): Promise<Layer | undefined> {
  const [layers, party] = await Promise.all([layersOf(zoneId, nowMs), companionsOf(who.characterId)]);
  const toOpen = layerToOpen(layers);
  if (toOpen !== undefined) await wantUnit(layerUnit(zoneId, toOpen), nowMs);
  const near: Companions = {
    leader: layersWith(
      party.filter(({ isLeader }) => isLeader),
      zoneId,
    ),
    party: layersWith(party, zoneId),
  };
  // Whoever has a choice, and nobody of a party here, comes to their friends, else to others of their guild.
  const hasChoice = layers.filter(({ isLive }) => isLive).length > 1 && near.party!.length === 0;
  const others = hasChoice
    ? await Promise.all([friendsInWorld(who.accountId, nowMs), guildInWorld(who.characterId)])
    : [];
  const [friend = [], guild = []] = others.map((presences) => layersWith(presences, zoneId));
  const chosen = chooseLayer(layers, { ...near, friend, guild });
  return layers.find(({ layer }) => layer === chosen);
}

/** Of somebody's friends as many as one request finds, where those are that play now. */
async function friendsInWorld(accountId: AccountId, nowMs: number): Promise<readonly Presence[]> {
  const friends = await friendsOf(accountId, MOST_LOOKED_FOR);
  const playing = await playedAmong(friends, nowMs);
  return readPresences(playing.map(({ characterId }) => characterId));
}

/** Of somebody's guild as many as one request finds, where those are that are in a zone. */
async function guildInWorld(characterId: CharacterId): Promise<readonly Presence[]> {
  return readPresences(await guildMatesOf(characterId, MOST_LOOKED_FOR));
}
