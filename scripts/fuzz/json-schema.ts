/** The part of JSON Schema 2020-12 that our OpenAPI document uses; anything else is refused, never passed over. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

const CHECKED = new Set([
  ...['$ref', 'type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'properties', 'required', 'additionalProperties'],
  ...[
    'propertyNames',
    'minProperties',
    'items',
    'prefixItems',
    'minItems',
    'maxItems',
    'pattern',
    'format',
    'minLength',
    'maxLength',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
]);
/** Say nothing of the value. `format` stands beside a pattern, or names what no pattern tells. */
const NOTES = new Set([
  'description',
  'title',
  'default',
  'examples',
  'example',
  'deprecated',
  'id',
  '$schema',
  'discriminator',
]);

/** Finds the schema behind `#/components/schemas/X`. */
export type Resolve = (ref: string) => JsonSchema;

export function resolverOf(document: { components?: { schemas?: Record<string, JsonSchema> } }): Resolve {
  return (ref) => {
    const name = ref.replace('#/components/schemas/', '');
    const schema = document.components?.schemas?.[name];
    if (!schema) throw new Error(`the document has no ${ref}`);
    return schema;
  };
}

const patterns = new Map<string, RegExp>();

export function patternOf(source: string): RegExp {
  const known = patterns.get(source) ?? new RegExp(source, 'u');
  patterns.set(source, known);
  return known;
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function isOfType(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** What is wrong with the value, each with its path; nothing when it fits. An independent reading of the document. */
export function violations(schema: JsonSchema, value: unknown, resolve: Resolve, at = '$'): string[] {
  for (const keyword of Object.keys(schema)) {
    if (!(CHECKED.has(keyword) || NOTES.has(keyword))) throw new Error(`JSON Schema's ${keyword} is not known here`);
  }
  if (schema.$ref) return violations(resolve(schema.$ref), value, resolve, at);
  const found: string[] = [];
  const wrong = (what: string) => found.push(`${at} ${what}`);
  const fits = (part: JsonSchema) => violations(part, value, resolve, at).length === 0;

  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    return [`${at} is ${typeOf(value)}, not ${types.join(' or ')}`];
  }
  if (schema.enum && !schema.enum.some((one) => same(one, value))) wrong(`is none of ${JSON.stringify(schema.enum)}`);
  if ('const' in schema && !same(schema.const, value)) wrong(`is not ${JSON.stringify(schema.const)}`);
  if (schema.anyOf && !schema.anyOf.some(fits)) wrong('fits none of anyOf');
  if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) wrong('does not fit exactly one of oneOf');
  for (const part of schema.allOf ?? []) found.push(...violations(part, value, resolve, at));
  if (typeof value === 'string') found.push(...stringViolations(schema, value, at));
  if (typeof value === 'number') found.push(...numberViolations(schema, value, at));
  if (Array.isArray(value)) found.push(...arrayViolations(schema, value, resolve, at));
  else if (typeof value === 'object' && value !== null) {
    found.push(...objectViolations(schema, value as Record<string, unknown>, resolve, at));
  }
  return found;
}

/** Lengths are UTF-16 code units, as zod counts them. */
function stringViolations(schema: JsonSchema, value: string, at: string): string[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
  return [
    ...(value.length < minLength || value.length > maxLength ? [`${at} has ${value.length} characters`] : []),
    ...(pattern !== undefined && !patternOf(pattern).test(value) ? [`${at} does not match ${pattern}`] : []),
  ];
}

function numberViolations(schema: JsonSchema, value: number, at: string): string[] {
  const tooSmall = value < (schema.minimum ?? -Infinity) || value <= (schema.exclusiveMinimum ?? -Infinity);
  const tooLarge = value > (schema.maximum ?? Infinity) || value >= (schema.exclusiveMaximum ?? Infinity);
  const uneven = schema.multipleOf !== undefined && value % schema.multipleOf !== 0;
  return tooSmall || tooLarge || uneven || !Number.isFinite(value) ? [`${at} is ${value}: out of bounds`] : [];
}

function arrayViolations(schema: JsonSchema, value: readonly unknown[], resolve: Resolve, at: string): string[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, prefixItems = [], items } = schema;
  const found = value.length < minItems || value.length > maxItems ? [`${at} has ${value.length} entries`] : [];
  for (const [index, entry] of value.entries()) {
    const of = prefixItems[index] ?? items;
    if (of === false) found.push(`${at} has too many entries`);
    else if (typeof of === 'object') found.push(...violations(of, entry, resolve, `${at}[${index}]`));
  }
  return found;
}

function objectViolations(schema: JsonSchema, value: Record<string, unknown>, resolve: Resolve, at: string): string[] {
  const { properties = {}, required = [], additionalProperties, propertyNames, minProperties = 0 } = schema;
  const found = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at} lacks ${name}`);
  if (Object.keys(value).length < minProperties) found.push(`${at} has fewer than ${minProperties} fields`);
  for (const [name, field] of Object.entries(value)) {
    const path = `${at}.${name}`;
    if (propertyNames) found.push(...violations(propertyNames, name, resolve, `${path} (name)`));
    if (Object.hasOwn(properties, name)) found.push(...violations(properties[name]!, field, resolve, path));
    else if (additionalProperties === false) found.push(`${path} is not declared`);
    else if (typeof additionalProperties === 'object')
      found.push(...violations(additionalProperties, field, resolve, path));
  }
  return found;
}
