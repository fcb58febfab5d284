import { type ServerMessage, serverFrames } from '#fleet/protocol/messages.ts';
import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import { type Channel, type CloseReason, channels } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { Replica } from '../client/replica.ts';
import type { Admission } from '../src/persist/character-ports.ts';
import { ZoneWriter } from '../src/persist/zone-writer.ts';
import type { ZoneDefinition } from '../src/sim/definition.ts';
import { TickMeter } from '../src/zone/tick-meter.ts';
import type { ZoneClient } from '../src/zone/viewer.ts';
import { Zone, type ZoneOptions } from '../src/zone/zone.ts';
import { fixtureZone } from './fixture-zone.ts';
import { MemoryPorts } from './memory-ports.ts';

/** Payloads of the WebSocket frames in these bytes. */
export function unframe(bytes: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]!;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : short === 126 ? view.getUint16(at + 2) : Number(view.getBigUint64(at + 2));
    payloads.push(bytes.subarray(at + header, at + header + length));
    at += header + length;
  }
  return payloads;
}

/** A client at the end of no wire: decodes what the zone writes, at once or when told to. */
export class LoopbackClient implements ZoneClient {
  readonly replica = new Replica();
  /** Everything told, numbered messages unpacked. */
  readonly messages: ServerMessage[] = [];
  /** Channel and number of every numbered message, in their order. */
  readonly numbers: [Channel, number][] = [];
  writes = 0;
  closedWith: CloseReason | undefined;

  write(frames: Uint8Array): void {
    this.writes += 1;
    for (const payload of unframe(frames)) {
      const message = serverFrames.decode(payload);
      if (message.name === 'tick') this.replica.apply(message.fields);
      if (message.name !== 'kept') this.messages.push(message);
      else {
        const { channel, seq, message: inner } = message.fields;
        this.numbers.push([channel === channels.own ? 'own' : 'zone', seq]);
        this.messages.push(serverFrames.decode(inner));
      }
    }
  }

  close(reason: CloseReason): void {
    this.closedWith = reason;
  }

  cold<Type extends ColdFromServer['type']>(type: Type): Extract<ColdFromServer, { type: Type }>[] {
    return this.messages.flatMap((message) =>
      message.name === 'cold' && message.fields.type === type
        ? [message.fields as Extract<ColdFromServer, { type: Type }>]
        : [],
    );
  }

  /** The own entity's slot, from the welcome. */
  get slot(): number {
    return this.cold('welcome').at(-1)!.entityId;
  }
}

/** One zone over fake ports, ticked by hand. */
export async function startZone(options: { definition?: ZoneDefinition; seed?: number } & Partial<ZoneOptions> = {}) {
  const time = { nowMs: 1_000_000 };
  const ports = new MemoryPorts(() => time.nowMs);
  const definition = options.definition ?? fixtureZone();
  const zoneId = definition.id as Slug;
  const claimed = await ports.claimZone({ zoneId, shardId: 'shard-a', url: 'ws://test/zone', leaseMs: 10_000 });
  const fence = { zoneId, shardId: 'shard-a', epoch: claimed!.epoch };
  await ports.takeOverMemory(fence);
  const events: string[] = [];
  const writer = new ZoneWriter(
    ports,
    fence,
    {
      fenced: () => {
        events.push('fenced');
        zone.stop();
      },
      refused: ({ characterId, sessionId }, reason) => {
        events.push(`refused ${reason}`);
        zone.expel(characterId, reason, sessionId);
      },
      lost: (what) => events.push(`lost ${what}`),
    },
    () => Promise.resolve(),
  );
  const zone: Zone = new Zone({
    definition,
    seed: 5,
    writer,
    meter: new TickMeter(() => 0),
    nowMs: () => time.nowMs,
    capacity: 512,
    ...options,
  });
  /** Admits a character and ticks until it is in. */
  const enter = (character: Admission): LoopbackClient => {
    const client = new LoopbackClient();
    zone.admit(character, client);
    zone.tick();
    return client;
  };
  return { zone, ports, fence, time, events, enter };
}
