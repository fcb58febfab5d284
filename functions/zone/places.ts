import type { CharacterId } from '#shared/kernel/ids.ts';

/** Where a character was when it was noted down, and how it fared. */
export interface NotedPlace {
  readonly characterId: CharacterId;
  /** The stay that it belongs to: version of its presence. */
  readonly stay: number;
  /** Counts within a stay. */
  readonly sequence: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly health: number;
}

/** An NPC that is dead for longer than a restart should forget. */
export interface DueRespawn {
  readonly spawnId: string;
  /** Which of the NPCs of this spawn. */
  readonly index: number;
  readonly dueAtMs: number;
}

const PREFIX = 'chr_';
const ID_BYTES = 26;
/** Id, stay, sequence, x, y, yaw, health. */
const ENTRY_BYTES = ID_BYTES + 4 + 4 + 4 + 4 + 4 + 4;
/** An item of the table holds 400 KB: this many places leave room for the rest. */
export const MAX_NOTED_PLACES = 7_000;

/** 50 bytes for each place; those beyond {@link MAX_NOTED_PLACES} are left out. */
export function packPlaces(places: readonly NotedPlace[]): Uint8Array {
  const count = Math.min(places.length, MAX_NOTED_PLACES);
  const bytes = Buffer.alloc(count * ENTRY_BYTES);
  for (let index = 0; index < count; index += 1) {
    const { characterId, stay, sequence, x, y, yaw, health } = places[index]!;
    let at = index * ENTRY_BYTES;
    at += bytes.write(characterId.slice(PREFIX.length), at, ID_BYTES, 'latin1');
    at = bytes.writeUInt32LE(stay, at);
    at = bytes.writeUInt32LE(sequence, at);
    for (const metres of [x, y, yaw]) at = bytes.writeFloatLE(metres, at);
    bytes.writeUInt32LE(health, at);
  }
  return bytes;
}

/** @throws RangeError when these bytes are none of `packPlaces`. */
export function unpackPlaces(packed: Uint8Array): readonly NotedPlace[] {
  if (packed.length % ENTRY_BYTES !== 0) throw new RangeError(`${packed.length} bytes hold no places`);
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_entry, index) => {
    const at = index * ENTRY_BYTES;
    const numbers = at + ID_BYTES;
    return {
      characterId: (PREFIX + bytes.toString('latin1', at, numbers)) as CharacterId,
      stay: bytes.readUInt32LE(numbers),
      sequence: bytes.readUInt32LE(numbers + 4),
      x: bytes.readFloatLE(numbers + 8),
      y: bytes.readFloatLE(numbers + 12),
      yaw: bytes.readFloatLE(numbers + 16),
      health: bytes.readUInt32LE(numbers + 20),
    };
  });
}
