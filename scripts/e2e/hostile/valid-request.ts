import { domains } from '#functions/domains.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';
import { createId } from '#shared/kernel/ids.ts';
import { sampleFromSchema } from '#shared/testing/sample-from-schema.ts';

export const endpoints: readonly Endpoint[] = domains.flatMap((domain) => domain.endpoints);

export interface Bases {
  readonly httpUrl: string;
  readonly adminUrl: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface SentParts {
  /** The whole Authorization header; unset: none. */
  readonly authorization?: string | undefined;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** Sends a request that its contract finds flawless, apart from the parts that are given. */
export async function sendValid(bases: Bases, endpoint: Endpoint, parts: SentParts): Promise<Answer> {
  const sample = (schema: Endpoint['body'], what: string) =>
    schema && sampleFromSchema(schema, `${endpoint.id} ${what}`);
  const params = { ...(sample(endpoint.params, 'params') as object | undefined), ...parts.params } as Record<
    string,
    string
  >;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name]!));
  const url = new URL((endpoint.path.startsWith('/api/v1/admin') ? bases.adminUrl : bases.httpUrl) + path);
  const query = (sample(endpoint.query, 'query') ?? {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const body = parts.body ?? sample(endpoint.body, 'body');
  const response = await fetch(url, {
    method: endpoint.method,
    headers: {
      ...(parts.authorization === undefined ? {} : { authorization: parts.authorization }),
      ...(endpoint.idempotency === 'key' ? { 'idempotency-key': parts.idempotencyKey ?? createId('opr') } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** The code of a problem+json answer; empty for what the gateway answers itself. */
export function codeOf({ text }: Pick<Answer, 'text'>): string {
  return text.startsWith('{') ? String((JSON.parse(text) as { code?: unknown }).code ?? '') : '';
}

/** An answer apart from what names this one request. */
export function withoutRequestId({ status, text }: Answer): string {
  return `${status} ${text.replace(/"requestId":"[^"]*"/, '"requestId":"…"')}`;
}

/** Works through all of them, some at a time. */
export async function eachInParallel<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
