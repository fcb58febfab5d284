import * as z from 'zod';

type JsonSchema = {
  type?: string;
  examples?: unknown[];
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
};

const PLAIN: Readonly<Record<string, string>> = {
  email: 'player@example.com',
  'date-time': '2026-01-01T00:00:00.000Z',
  date: '2026-01-01',
  uuid: '3f0c5f7e-6f0e-4a55-9f0a-0a7b3a0f5c11',
};

function sample(schema: JsonSchema): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return sample(choice);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(part)));
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, sample(schema.properties?.[name] ?? {})]));
    case 'array':
      return schema.prefixItems
        ? schema.prefixItems.map(sample)
        : Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}));
    case 'string':
      return PLAIN[schema.format ?? ''] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1));
    case 'integer':
    case 'number':
      return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}

/**
 * A value that the schema accepts, made from its own examples, defaults and bounds.
 * @throws Error when the schema does not say enough: give the field an example, which its readers lack too.
 */
export function sampleFromSchema(schema: z.ZodType, what: string): unknown {
  const value = sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const where = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new Error(`${what} needs .meta({ examples: [...] }): ${JSON.stringify(value)} is refused (${where})`);
  }
  return value;
}
