import type { Endpoint } from '#shared/contract/endpoint.ts';
import { type Mutant, mutationsFor } from './mutate.ts';
import type { DocumentedOperation } from './operations.ts';
import type { Dice } from './random.ts';
import type { FuzzRequest } from './valid-request.ts';

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json(?:$|;|\s)/i;
const IDEMPOTENCY_KEY = /^[A-Za-z0-9._-]{8,64}$/;
const DEFAULT_LIMIT_BYTES = 16_384;
const TRIES = 40;

function bodyText({ body }: FuzzRequest): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function bodyIsRefused(endpoint: Endpoint, request: FuzzRequest): boolean {
  const text = bodyText(request);
  if (Buffer.byteLength(text) > (endpoint.bodyLimitBytes ?? DEFAULT_LIMIT_BYTES)) return true;
  if (!endpoint.body) return text !== '' && text.trim() !== '{}';
  if (!JSON_TYPE.test(request.headers?.['content-type'] ?? 'application/json')) return true;
  try {
    return !endpoint.body.safeParse(JSON.parse(text)).success;
  } catch {
    return true;
  }
}

/** Whether the request breaks the contract beyond doubt: an independent reading of what the pipeline must refuse. */
export function isRefused(endpoint: Endpoint, request: FuzzRequest): boolean {
  const query = request.query ?? {};
  const key = request.idempotencyKey ?? '';
  return (
    bodyIsRefused(endpoint, request) ||
    (endpoint.params !== undefined && !endpoint.params.safeParse(request.params ?? {}).success) ||
    (endpoint.query ? !endpoint.query.safeParse(query).success : Object.keys(query).length > 0) ||
    (endpoint.idempotency === 'key' && !IDEMPOTENCY_KEY.test(key))
  );
}

/** The flawless request with one certain fault. Kinds of fault take turns, so that every one comes up often. */
export function invalidRequest(operation: DocumentedOperation, valid: FuzzRequest, dice: Dice, index: number): Mutant {
  const mutations = mutationsFor(operation);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const mutant = mutations[(index + tries) % mutations.length]!(operation, valid, dice);
    if (mutant && isRefused(operation.endpoint, mutant.request)) return mutant;
  }
  return {
    what: 'with an undeclared query parameter',
    request: { ...valid, query: { ...valid.query, [`undeclared${index}`]: '1' } },
  };
}
