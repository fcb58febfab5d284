import type { ApiDeclaration, AuthorizerDeclaration } from '../gateway/declaration.ts';
import { withTimeout } from '../gateway/with-timeout.ts';
import type { InvokeLambda, LocalClock } from '../service.ts';
import { commonEvent, type ParsedRequest } from './event.ts';

export type AuthorizerVerdict =
  | { readonly kind: 'allowed'; readonly context: Record<string, unknown> }
  /** An identity source is missing: 401. */
  | { readonly kind: 'unauthorized' }
  /** The function said no: 403. */
  | { readonly kind: 'forbidden' }
  /** The function failed or answered nonsense: 500. */
  | { readonly kind: 'broken' };

const AUTHORIZER_TIMEOUT_MS = 10_000;
/** Oldest entries give way beyond this. */
const MAX_CACHED = 10_000;

/**
 * Judges requests as an HTTP API's Lambda authorizer with simple responses. Verdicts, refusals too, are kept for the
 * authorizer's TTL under the values of its identity sources: for all routes alike, so that a verdict about one route
 * holds for another.
 */
export function createHttpAuthorizer(
  api: ApiDeclaration,
  authorizer: AuthorizerDeclaration,
  invoke: InvokeLambda,
  clock: LocalClock,
) {
  if (!authorizer.simpleResponses) throw new Error(`${api.name}: only authorizers with simple responses run locally`);
  const readers = authorizer.identitySources.map((source) => identityReader(api.name, source));
  const cache = new Map<string, { readonly verdict: AuthorizerVerdict; readonly untilMs: number }>();

  return async (
    request: ParsedRequest,
    routeKey: string,
    pathParameters: Record<string, string> | undefined,
  ): Promise<AuthorizerVerdict> => {
    const identity = readers.map((read) => read(request, routeKey));
    if (identity.some((value) => value === undefined || value === '')) return { kind: 'unauthorized' };
    const key = JSON.stringify(identity);
    const cached = cache.get(key);
    if (cached && cached.untilMs > clock.nowMs()) return cached.verdict;

    const { method } = request;
    const event = {
      ...commonEvent(api, request, routeKey, pathParameters),
      type: 'REQUEST',
      routeArn: `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${api.stage}/${method}${request.path}`,
      identitySource: identity,
    };
    const result = await withTimeout(invoke(authorizer.functionArn, event), AUTHORIZER_TIMEOUT_MS);
    if (!result || !('payload' in result)) return { kind: 'broken' };
    const verdict = verdictOf(result.payload);
    if (verdict.kind !== 'broken' && authorizer.ttlSeconds > 0) {
      cache.delete(key);
      cache.set(key, { verdict, untilMs: clock.nowMs() + authorizer.ttlSeconds * 1_000 });
      if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
    }
    return verdict;
  };
}

function verdictOf(payload: unknown): AuthorizerVerdict {
  if (payload === null || typeof payload !== 'object' || !('isAuthorized' in payload)) return { kind: 'broken' };
  const { isAuthorized, context = {} } = payload as { isAuthorized: unknown; context?: unknown };
  if (typeof isAuthorized !== 'boolean' || context === null || typeof context !== 'object') return { kind: 'broken' };
  return isAuthorized ? { kind: 'allowed', context: context as Record<string, unknown> } : { kind: 'forbidden' };
}

function identityReader(apiName: string, source: string) {
  const [, kind, name] = /^\$(request\.header|request\.querystring|context)\.([\w-]+)$/.exec(source) ?? [];
  if (kind === 'request.header') return (request: ParsedRequest) => request.headers[name!.toLowerCase()];
  if (kind === 'request.querystring') return (request: ParsedRequest) => request.query?.[name!];
  if (kind === 'context' && name === 'routeKey') return (_request: ParsedRequest, routeKey: string) => routeKey;
  throw new Error(`${apiName}: the identity source ${source} is not supported locally`);
}
