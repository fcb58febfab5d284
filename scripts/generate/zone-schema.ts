import { createHash } from 'node:crypto';
import * as z from 'zod';
import { coldFromClient, coldFromServer } from '#shared/contract/zone-cold-messages.ts';
import { type Field, type FlagField, kindOf, type RecordSpec, scalars } from '#shared/contract/zone-fields.ts';
import { clientMessages, serverMessages } from '#shared/contract/zone-messages.ts';

/** The records that these consist of, and they themselves; each after those that it consists of. */
export function recordsOf(specs: readonly RecordSpec[]): RecordSpec[] {
  const found = new Map<string, RecordSpec>();
  const visit = (spec: RecordSpec): void => {
    if (found.get(spec.name) === spec) return;
    for (const field of [...Object.values(spec.always), ...Object.values(spec.optional ?? {})]) visitField(field);
    if (found.has(spec.name)) throw new RangeError(`two records are called ${spec.name}`);
    found.set(spec.name, spec);
  };
  const visitField = (field: Field | FlagField): void => {
    const kind = kindOf(field);
    if (kind.kind === 'list') visit(kind.entry);
    if (kind.kind === 'record') visit(kind.spec);
  };
  specs.forEach(visit);
  return [...found.values()];
}

/** What says nothing about the bytes: another text there is the same protocol. */
const PROSE = new Set(['about', 'notes', 'name', 'isRow', 'description']);

/** A number for everything that client and server must agree on; another declaration has another. */
export function schemaFingerprint(): number {
  return fingerprintOf({
    scalars,
    clientMessages,
    serverMessages,
    coldFromClient: z.toJSONSchema(coldFromClient),
    coldFromServer: z.toJSONSchema(coldFromServer),
  });
}

/** Of any declaration, without its prose. */
export function fingerprintOf(declared: unknown): number {
  // Not sorted: the order of fields is their order on the wire.
  const text = JSON.stringify(declared, (_key, value: unknown) => withoutProse(value));
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

function withoutProse(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  // A field that is called as a piece of prose is an object.
  const kept = Object.entries(value).filter(
    ([key, inner]) => !PROSE.has(key) || (typeof inner === 'object' && key !== 'notes'),
  );
  return Object.fromEntries(kept);
}
