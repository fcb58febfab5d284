import type { z } from 'zod';
import { SCHEMA_FINGERPRINT } from '#fleet/protocol/generated-codec.ts';
import { serverFrames } from '#fleet/protocol/messages.ts';
import {
  type ColdFromServer,
  coldFromServer,
  type zoneChatMessage,
  type zoneEventMessage,
} from '#shared/contract/zone-cold-messages.ts';
import { type Channel, PROTOCOL_VERSION, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import { vitalsOf } from '../sim/abilities/energy.ts';
import { balance } from '../sim/balance.ts';
import type { AbilitySpec, ObjectSpec, ZoneDefinition } from '../sim/definition.ts';
import type { PlayerBody } from '../sim/players.ts';
import { classOf, type SimState } from '../sim/state.ts';

/** A rare message. @throws ZodError when it is not what the protocol declares: a defect. */
export function coldMessage(message: ColdFromServer): Uint8Array {
  return serverFrames.encode({ name: 'cold', fields: coldFromServer.parse(message) });
}

/** A rare message that has no number, as a ready frame. */
export function coldFrame(message: ColdFromServer): Uint8Array {
  return binaryFrame(coldMessage(message));
}

/** Says that a channel's messages up to this number are no longer kept. */
export function gapFrame(channel: Channel, after: number): Uint8Array {
  return coldFrame({ type: 'gap', channel, after });
}

/** A zone's chat line under its topic name. */
export function chatMessage(zoneId: string, body: z.input<typeof zoneChatMessage>): Uint8Array {
  return coldMessage({ type: 'topic', destination: `/topic/zone/${zoneId}/chat`, body });
}

/** A zone event under its topic name. */
export function eventMessage(zoneId: string, body: z.input<typeof zoneEventMessage>): Uint8Array {
  return coldMessage({ type: 'topic', destination: `/topic/zone/${zoneId}/events`, body });
}

const contentHashes = new WeakMap<ZoneDefinition, string>();

/** Of everything that a client may keep of a zone between two visits. */
function contentHashOf(zone: ZoneDefinition): string {
  const known = contentHashes.get(zone);
  if (known !== undefined) return known;
  const hash = sha256(canonicalJson(zone));
  contentHashes.set(zone, hash);
  return hash;
}

/** What a client must know before its first tick frame. */
export function welcomeFrame(
  state: SimState,
  body: PlayerBody,
  stay: { readonly epoch: number; readonly stream: string; readonly ownSeq: number; readonly zoneSeq: number },
): Uint8Array {
  const { zone, entities } = state;
  return coldFrame({
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    schema: SCHEMA_FINGERPRINT,
    contentHash: contentHashOf(zone),
    tickHz: TICK_HZ,
    tick: state.tick,
    zoneId: zone.id,
    zoneName: zone.name,
    epoch: stay.epoch,
    originX: zone.originX,
    originY: zone.originY,
    width: zone.width,
    height: zone.height,
    cellMetres: balance.grid.cellMetres,
    entityId: body.slot,
    stream: stay.stream,
    after: { own: stay.ownSeq, zone: stay.zoneSeq },
    correction: body.correction,
    x: entities.x[body.slot]!,
    y: entities.y[body.slot]!,
    speed: body.speed * TICK_HZ,
    vitals: vitalsOf(state, body),
    restAreas: zone.restAreas.map(({ x, y, radius }) => ({ x, y, radius })),
    obstacles: zone.obstacles.map(({ minX, minY, maxX, maxY }) => [minX, minY, maxX, maxY]),
    npcKinds: zone.npcKinds.map(({ id, name }, index) => ({ index, id, name })),
    objects: (zone.objects ?? []).map((spec, index) => objectInfo(spec, index, state.objects.slot[index]!)),
    abilities: knownAbilities(state, body),
  });
}

/** What a client must know of the abilities that its body can use. */
export function knownAbilities(state: SimState, { classId, level }: PlayerBody) {
  const learned = classOf(state, classId).abilities.filter((one) => one.level <= level);
  const known = new Set([0, ...learned.map((one) => one.ability)]);
  return state.zone.abilities.flatMap((spec, index) => (known.has(index) ? [abilityInfo(spec, index)] : []));
}

/** What a client must know of an object. */
function objectInfo({ id, name, look, useTicks, effect }: ObjectSpec, index: number, entityId: number) {
  const what = { index, id, name, entityId, look, useTicks };
  return effect.kind === 'door' ? { ...what, obstacle: effect.obstacle } : what;
}

/** What a client must know of an ability. */
function abilityInfo(spec: AbilitySpec, index: number) {
  const { id, name, range, cooldownTicks, target, castTicks = 0, energyCost = 0, radius = 0 } = spec;
  return { index, id, name, range, cooldownTicks, castTicks, energyCost, radius, target };
}
