import { domains } from '#functions/domains.ts';
import { openApiDocument, pipelineCodesOf } from '#scripts/generate/openapi.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';
import { errorSpec } from '#shared/contract/errors.ts';
import { type JsonSchema, type Resolve, resolverOf } from './json-schema.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly {
    in: 'path' | 'query' | 'header';
    name: string;
    required?: boolean;
    schema: JsonSchema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** An endpoint as the API reference tells of it, beside its declaration. */
export interface DocumentedOperation {
  readonly endpoint: Endpoint;
  readonly params: JsonSchema | undefined;
  readonly query: JsonSchema | undefined;
  readonly body: JsonSchema | undefined;
  /** Schema of the reply by status; null: it has no body. */
  readonly replies: ReadonlyMap<number, JsonSchema | null>;
  /** Every code that a refusal may carry, by the document. */
  readonly codes: ReadonlySet<string>;
}

const document = openApiDocument() as {
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, JsonSchema> };
};

export const resolve: Resolve = resolverOf(document);

function partOf({ parameters = [] }: RawOperation, part: 'path' | 'query'): JsonSchema | undefined {
  const chosen = parameters.filter((parameter) => parameter.in === part);
  if (chosen.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(chosen.map(({ name, schema }) => [name, schema])),
    required: chosen.filter(({ required }) => required || part === 'path').map(({ name }) => name),
    additionalProperties: false,
  };
}

function operationOf(endpoint: Endpoint): DocumentedOperation {
  const raw = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()];
  if (raw?.operationId !== endpoint.id) throw new Error(`the API reference does not know ${endpoint.id}`);
  return {
    endpoint,
    params: partOf(raw, 'path'),
    query: partOf(raw, 'query'),
    body: raw.requestBody?.content?.['application/json']?.schema,
    replies: new Map(
      Object.entries(raw.responses).map(([status, { content }]) => [
        Number(status),
        Object.values(content ?? {})[0]?.schema ?? null,
      ]),
    ),
    codes: new Set([...pipelineCodesOf(endpoint), ...endpoint.errors].filter((code) => errorSpec(code))),
  };
}

/** Every endpoint, from the document that is generated at this moment: never stale. */
export const operations: readonly DocumentedOperation[] = domains.flatMap(({ endpoints }) =>
  endpoints.map(operationOf),
);

export function operation(id: string): DocumentedOperation {
  const found = operations.find(({ endpoint }) => endpoint.id === id);
  if (!found) throw new Error(`there is no endpoint ${id}`);
  return found;
}
