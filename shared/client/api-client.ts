import type * as z from 'zod';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { CALL_BACKOFF, retryAfterMs, waitMs } from './backoff.ts';

type InputOf<S> = S extends z.ZodType ? z.input<S> : undefined;
type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;
type Part<Name extends string, S> = S extends z.ZodType
  ? Record<never, never> extends z.input<S>
    ? { readonly [K in Name]?: z.input<S> }
    : { readonly [K in Name]: z.input<S> }
  : { readonly [K in Name]?: undefined };

/** What a call of this endpoint sends; a part is optional when its schema is. */
export type CallInput<E extends EndpointBase> = Part<'params', E['params']> &
  Part<'query', E['query']> &
  (E['body'] extends z.ZodType ? { readonly body: InputOf<E['body']> } : { readonly body?: undefined }) & {
    /** Made up for each call where the endpoint needs one; give the same again to repeat a call. */
    readonly idempotencyKey?: string;
    readonly token?: string;
  };

/** A refusal by the server, as its problem+json tells it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly problem: Readonly<Record<string, unknown>>;
  /** When another try may help, if the server has said; else 0. */
  readonly retryAfterMs: number;

  constructor(endpointId: string, status: number, problem: Readonly<Record<string, unknown>>, retryAfter = 0) {
    super(`${endpointId}: ${status} ${String(problem.code ?? problem.message ?? '')}`);
    this.status = status;
    this.code = String(problem.code ?? '');
    this.problem = problem;
    this.retryAfterMs = retryAfter;
  }
}

/** The server has begun what was asked, and does not know yet how it ends: ask for the transaction, or call again. */
export class PendingError extends Error {
  override readonly name = 'PendingError';
  readonly transactionId: string;

  constructor(endpointId: string, transactionId: string) {
    super(`${endpointId}: ${transactionId} is in doubt`);
    this.transactionId = transactionId;
  }
}

export interface ApiClientOptions {
  /** Base of the player API, without a trailing slash. */
  readonly url: string;
  /** Base of the administrators' API; calls under `/api/v1/admin` go there. */
  readonly adminUrl?: string;
  /** The current access token, asked for at each call. */
  readonly token?: () => string | undefined;
  /** Bound on a call; 30 s is the gateway's own. */
  readonly timeoutMs?: number;
  /**
   * How often a call that is refused for now (429, 503) is sent in all, with waits by `CALL_BACKOFF`. Unset: once. The
   * idempotency key stays the same.
   */
  readonly patience?: { readonly tries: number };
}

/**
 * A client of the API, typed by the endpoint declarations: `call(login, { body })` takes what `login` takes and gives
 * what it gives. Runs in Node and browsers.
 */
export function createApiClient(options: ApiClientOptions) {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return {
    /** @throws ApiError for every answer that is not a success; PendingError for one that is not known yet. */
    async call<const E extends EndpointBase>(endpoint: E, input: CallInput<E>): Promise<OutputOf<E['response']>> {
      const base = endpoint.path.startsWith('/api/v1/admin') ? (options.adminUrl ?? options.url) : options.url;
      const params = (input.params ?? {}) as Readonly<Record<string, string>>;
      const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
        encodeURIComponent(params[name] ?? ''),
      );
      const url = new URL(base + path);
      for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
        if (value !== undefined) url.searchParams.set(name, String(value));
      }
      const token = input.token ?? options.token?.();
      const request: RequestInit = {
        method: endpoint.method,
        headers: {
          ...(token && endpoint.auth !== 'public' ? { authorization: `Bearer ${token}` } : {}),
          ...(endpoint.idempotency === 'key' ? { 'idempotency-key': input.idempotencyKey ?? crypto.randomUUID() } : {}),
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      };
      let response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
      for (let tries = 1; tries < (options.patience?.tries ?? 1) && mayPass(response.status); tries += 1) {
        await response.body?.cancel();
        await pause(waitMs(CALL_BACKOFF, tries - 1, retryAfterMs(response.headers.get('retry-after'))));
        response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
      }
      const text = await response.text();
      if (!response.ok) {
        const problem = parseProblem(text);
        const after = retryAfterMs(response.headers.get('retry-after'), problem.facts);
        throw new ApiError(endpoint.id, response.status, problem, after);
      }
      if (endpoint.settles && response.status === 202 && endpoint.success !== 202) {
        throw new PendingError(endpoint.id, (JSON.parse(text) as { transactionId: string }).transactionId);
      }
      return (text === '' ? undefined : JSON.parse(text)) as OutputOf<E['response']>;
    },
  };
}

export type ApiClient = ReturnType<typeof createApiClient>;

function mayPass(status: number): boolean {
  return status === 429 || status === 503;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function parseProblem(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { message: text.slice(0, 200) };
  }
}
