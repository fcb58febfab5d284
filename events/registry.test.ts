import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { domains } from '#functions/domains.ts';
import { EventActor } from '#shared/contract/event.ts';
import { plannedDomains } from '#shared/contract/spec-lists.ts';
import { eventRegistry } from './registry.ts';

const MAX_ENVELOPE_BYTES = 32 * 1024;
/** Everything around the detail, with its longest ids and a trace header. */
const ENVELOPE_OVERHEAD_BYTES = 1024;
const fixturesFolder = new URL('./fixtures/', import.meta.url);

const Envelope = z.strictObject({
  id: z.string().regex(/^evt_/),
  name: z.string(),
  version: z.int().min(1),
  occurredAt: z.iso.datetime(),
  aggregateId: z.string().min(1),
  aggregateSeq: z.int().min(1),
  correlationId: z.string().min(1),
  causationId: z.string().min(1),
  traceparent: z.string().optional(),
  actor: EventActor,
  data: z.unknown(),
});

interface JsonSchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchemaNode;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchemaNode[];
}

/** Most characters that a pattern of fixed parts can match: ids end in `{26}`, amounts in `{0,15}`. */
function patternLength(pattern: string): number | undefined {
  const id = /^\^[a-z]{3}_\[[^\]]+\]\{(\d+)\}\$$/.exec(pattern);
  if (id) return 4 + Number(id[1]);
  return pattern.includes('{0,15}') ? 16 : undefined;
}

/** Upper bound in bytes of the JSON that a schema admits; throws where there is none. */
function largestJson(node: JsonSchemaNode, path: string): number {
  if (node.anyOf) return Math.max(...node.anyOf.map((one) => largestJson(one, path)));
  if (node.enum) return Math.max(...node.enum.map((value) => JSON.stringify(value).length));
  switch (node.type) {
    case 'object': {
      if (node.additionalProperties !== false) throw new Error(`${path} admits unknown fields`);
      const fields = Object.entries(node.properties ?? {});
      return 2 + fields.reduce((sum, [key, field]) => sum + key.length + 4 + largestJson(field, `${path}.${key}`), 0);
    }
    case 'array':
      if (node.maxItems === undefined || !node.items) throw new Error(`${path} has no bound`);
      return 2 + node.maxItems * (1 + largestJson(node.items, `${path}[]`));
    case 'string': {
      if (node.format === 'date-time') return 40;
      const fixed = node.pattern === undefined ? undefined : patternLength(node.pattern);
      if (fixed !== undefined) return 2 + fixed;
      if (node.maxLength === undefined) throw new Error(`${path} has no bound`);
      return 2 + node.maxLength * (node.pattern === undefined ? 4 : 1);
    }
    case 'number':
    case 'integer':
      return 24;
    case 'boolean':
      return 5;
    default:
      throw new Error(`${path} has a shape that this test cannot measure: ${JSON.stringify(node)}`);
  }
}

function fixtureText(file: string): string {
  return readFileSync(new URL(file, fixturesFolder), 'utf8');
}

describe('event registry', () => {
  it('names every event once', () => {
    const names = eventRegistry.map((event) => event.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(40);
  });

  it('is owned by domains that exist or are planned', () => {
    const known = new Set<string>([...domains.map((domain) => domain.name), ...plannedDomains]);
    expect(eventRegistry.filter((event) => !known.has(event.owner)).map((event) => event.name)).toEqual([]);
  });

  it('holds one fixture per event and version, and none of anything else', () => {
    const expected = eventRegistry.flatMap((event) =>
      Array.from({ length: event.version }, (_, index) => `${event.name}.v${index + 1}.json`),
    );
    expect(readdirSync(fixturesFolder).sort()).toEqual(expected.sort());
  });
});

describe.each(eventRegistry.map((event) => [event.name, event] as const))('%s', (name, event) => {
  const text = fixtureText(`${name}.v${event.version}.json`);

  it('still accepts its frozen fixture, to the letter', () => {
    const envelope = Envelope.parse(JSON.parse(text));
    expect(envelope).toMatchObject({ name, version: event.version });
    expect(event.detail.parse(envelope.data)).toEqual(envelope.data);
  });

  it('refuses a field that it does not declare', () => {
    const { data } = JSON.parse(text) as { data: object };
    expect(event.detail.safeParse({ ...data, surprise: 1 }).success).toBe(false);
  });

  it('cannot outgrow an envelope', () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
    const bound = largestJson(z.toJSONSchema(event.detail) as JsonSchemaNode, name);
    expect(bound + ENVELOPE_OVERHEAD_BYTES).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
  });
});
