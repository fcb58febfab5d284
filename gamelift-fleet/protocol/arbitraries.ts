import fc from 'fast-check';
import {
  clientMessages,
  type Field,
  type FlagField,
  type RecordSpec,
  resumeRecord,
  type ScalarName,
  scalars,
} from '#shared/contract/zone-protocol.ts';
import type { RecordValue } from './codec.ts';
import type { ClientMessage } from './messages.ts';

function scalar(name: ScalarName): fc.Arbitrary<number> {
  const { bytes, perUnit } = scalars[name];
  return fc.integer({ min: 0, max: 2 ** (8 * bytes) - 1 }).map((wire) => wire * perUnit);
}

/** Text of at most that many bytes of UTF-8, without lone surrogates: those have no bytes. */
function text(maxBytes: number): fc.Arbitrary<string> {
  return fc.string({ unit: 'grapheme', maxLength: Math.floor(maxBytes / 8) });
}

function field(spec: Field | FlagField): fc.Arbitrary<unknown> {
  if (spec === 'flag') return fc.constant(true);
  if (typeof spec === 'string') return scalar(spec);
  if ('text' in spec) return text(spec.text.maxBytes);
  if ('bytes' in spec) return fc.uint8Array({ maxLength: Math.min(64, spec.bytes.maxBytes) });
  if ('list' in spec) return fc.array(field(spec.list), { maxLength: Math.min(4, spec.max) });
  return recordArbitrary(spec);
}

/** Values of a declared record: the fuzz grammar, from the same data as the codec. */
export function recordArbitrary(spec: RecordSpec): fc.Arbitrary<Record<string, unknown>> {
  const fields = (declared: Readonly<Record<string, Field | FlagField>>) =>
    Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, field(one)]));
  return fc
    .tuple(fc.record(fields(spec.always)), fc.record(fields(spec.optional ?? {}), { requiredKeys: [] }))
    .map(([always, optional]) => ({ ...always, ...optional }));
}

/** What a client may claim to have had before. */
export const resumeArbitrary = recordArbitrary(resumeRecord) as fc.Arbitrary<RecordValue<typeof resumeRecord>>;

/** Every message that a client may send. */
export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  ...Object.entries(clientMessages).map(([name, spec]) =>
    recordArbitrary(spec).map((fields) => ({ name, fields }) as ClientMessage),
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((line): ClientMessage => ({ name: 'cold', fields: { type: 'chat', text: line } })),
);
