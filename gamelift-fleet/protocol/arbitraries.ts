import fc from 'fast-check';
import {
  type Field,
  type FlagField,
  kindOf,
  type MessageSpec,
  type RecordSpec,
  scalars,
} from '#shared/contract/zone-fields.ts';
import { clientMessages, serverMessages } from '#shared/contract/zone-messages.ts';
import { PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { resumeRecord } from '#shared/contract/zone-records.ts';
import { type ClientBinary, type Resume, SCHEMA_FINGERPRINT, type ServerBinary } from './generated-codec.ts';
import type { ClientMessage } from './messages.ts';

/** Numbers of any size, the ends and the steps between lengths of a varint more often than chance has them. */
function integer(max: number): fc.Arbitrary<number> {
  const edges = [0, 1, 127, 128, 16_383, 16_384, max - 1, max].filter((edge) => edge <= max);
  return fc.oneof({ arbitrary: fc.integer({ min: 0, max }), weight: 3 }, fc.constantFrom(...edges));
}

/** Text of at most that many bytes of UTF-8, without lone surrogates: those have no bytes. */
function text(maxBytes: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', maxLength: Math.floor(maxBytes / 4) })
    .filter((one) => Buffer.byteLength(one) <= maxBytes);
}

function field(spec: Field | FlagField): fc.Arbitrary<unknown> {
  const kind = kindOf(spec);
  switch (kind.kind) {
    case 'flag':
      return fc.constant(true);
    case 'scalar': {
      const { bytes, perUnit } = scalars[kind.name];
      return integer(2 ** (8 * bytes) - 1).map((wire) => wire * perUnit);
    }
    case 'varint':
      return integer(kind.max);
    case 'choice':
      return fc.constantFrom(...Object.values(kind.values));
    case 'bits':
      return fc.subarray(Object.values(kind.values)).map((bits) => bits.reduce((all, bit) => all | bit, 0));
    case 'text':
      return text(kind.maxBytes);
    case 'bytes':
      return fc.uint8Array({ maxLength: Math.min(200, kind.maxBytes) });
    case 'list':
      return fc.array(recordArbitrary(kind.entry), { maxLength: Math.min(4, kind.max) });
    case 'record':
      return recordArbitrary(kind.spec);
  }
}

/** Values of a declared record: the fuzz grammar, from the same data as the codec. */
export function recordArbitrary(spec: RecordSpec): fc.Arbitrary<Record<string, unknown>> {
  const fields = (declared: Readonly<Record<string, Field | FlagField>>) =>
    Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, field(one)]));
  return fc
    .tuple(fc.record(fields(spec.always)), fc.record(fields(spec.optional ?? {}), { requiredKeys: [] }))
    .map(([always, optional]) => ({ ...always, ...optional }));
}

function anyOf<Binary>(messages: Readonly<Record<string, MessageSpec>>): fc.Arbitrary<Binary> {
  return fc.oneof(
    ...Object.entries(messages).map(([name, spec]) =>
      recordArbitrary(spec).map((fields) => ({ name, fields }) as Binary),
    ),
  );
}

/** What a client may claim to have had before. */
export const resumeArbitrary = recordArbitrary(resumeRecord) as unknown as fc.Arbitrary<Resume>;

/** A hello is of this version, so that it gets as far as its ticket. */
export const clientBinary = anyOf<ClientBinary>(clientMessages).map((message): ClientBinary => {
  if (message.name !== 'hello') return message;
  return { name: 'hello', fields: { ...message.fields, version: PROTOCOL_VERSION, schema: SCHEMA_FINGERPRINT } };
});
export const serverBinary = anyOf<ServerBinary>(serverMessages);

/** Every message that a client may send. */
export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  { arbitrary: clientBinary, weight: Object.keys(clientMessages).length },
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((line): ClientMessage => ({ name: 'cold', fields: { type: 'chat', text: line } })),
);
