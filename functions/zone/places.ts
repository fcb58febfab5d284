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
/** A packer begins with room for so many, and doubles it. */
const FIRST_PLACES = 64;

/** Packs places one after the other, 50 bytes each, into bytes that it uses again. */
export class PlacesPacker {
  private bytes = Buffer.alloc(0);
  private count = 0;

  /** What was packed before is overwritten from here on. */
  clear(): void {
    this.count = 0;
  }

  /** Those beyond {@link MAX_NOTED_PLACES} are left out. */
  add({ characterId, stay, sequence, x, y, yaw, health }: NotedPlace): void {
    if (this.count === MAX_NOTED_PLACES) return;
    const start = this.count * ENTRY_BYTES;
    if (start === this.bytes.length) this.grow();
    const { bytes } = this;
    for (let index = 0; index < ID_BYTES; index += 1)
      bytes[start + index] = characterId.charCodeAt(PREFIX.length + index);
    let at = start + ID_BYTES;
    at = bytes.writeUInt32LE(stay, at);
    at = bytes.writeUInt32LE(sequence, at);
    at = bytes.writeFloatLE(x, at);
    at = bytes.writeFloatLE(y, at);
    at = bytes.writeFloatLE(yaw, at);
    bytes.writeUInt32LE(health, at);
    this.count += 1;
  }

  /** A view of what is packed, good until the next {@link clear}. */
  packed(): Uint8Array {
    return this.bytes.subarray(0, this.count * ENTRY_BYTES);
  }

  /** The same places in the same order. */
  equals(other: PlacesPacker): boolean {
    return (
      this.count === other.count &&
      this.bytes.compare(other.bytes, 0, this.count * ENTRY_BYTES, 0, this.count * ENTRY_BYTES) === 0
    );
  }

  private grow(): void {
    const before = this.bytes;
    this.bytes = Buffer.alloc(Math.max(FIRST_PLACES * ENTRY_BYTES, 2 * before.length));
    before.copy(this.bytes);
  }
}

/** @throws RangeError when these bytes are none of {@link PlacesPacker}'s. */
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
