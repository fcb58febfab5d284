import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Shorter texts stay as they are: they fit into a unit of capacity with the rest of their row, and can be read by eye. */
const PACKED_FROM_CHARS = 600;
/** A row has at most 400 KB; what inflates to more than this was not packed here. */
const MAX_UNPACKED_BYTES = 4_194_304;

/** A JSON document as one attribute: its text, or a longer text deflated. */
export type PackedJson = string | Uint8Array;

/**
 * A document, which must be an object or a list, as one attribute. Written units are counted by started KB, in every
 * index again, and ids repeat: a longer text takes about a third deflated, for 0.1 ms.
 */
export function packJson(document: object): PackedJson {
  const text = JSON.stringify(document);
  return text.length < PACKED_FROM_CHARS ? text : deflateRawSync(text);
}

/** Reads what `packJson` made, from the table or from a stream's image, which has binary values in base64. */
export function unpackJson(packed: unknown): unknown {
  if (typeof packed === 'string' && /^[{[]/.test(packed)) return JSON.parse(packed);
  const bytes = packed instanceof Uint8Array ? packed : Buffer.from(String(packed), 'base64');
  return JSON.parse(inflateRawSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString());
}
