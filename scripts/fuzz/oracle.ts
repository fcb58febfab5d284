import { isAllowedWrite, isReadWrite } from './exceptions.ts';
import { violations } from './json-schema.ts';
import { type DocumentedOperation, resolve } from './operations.ts';
import type { Outcome } from './stage.ts';

const REFUSALS_OF_INVALID = new Set([
  'request.invalid',
  'request.body_too_large',
  'request.unsupported_media_type',
  'request.idempotency_key_missing',
]);

export const codeOf = ({ body }: Outcome): string => (body as { code?: string } | undefined)?.code ?? '';

/** Everything but the request id: what two refusals that must look alike are compared by. */
export function looks({ status, text }: Outcome): string {
  return `${status} ${text.replace(/"requestId":"[^"]*"/, '"requestId":""')}`;
}

function bodyComplaints({ endpoint, replies }: DocumentedOperation, outcome: Outcome): string[] {
  const { status, text, body } = outcome;
  const schema = replies.get(status);
  if (schema === undefined) return [`status ${status} is not documented`];
  if (schema === null) return text === '' ? [] : ['has a body where the document has none'];
  if (endpoint.html && status < 400) return text.startsWith('<') ? [] : ['is no page'];
  if (body === undefined) return ['has no body where the document has one'];
  return violations(schema, body, resolve).map((one) => `the reply breaks its schema: ${one}`);
}

function headerComplaints({ endpoint }: DocumentedOperation, { status, headers, text }: Outcome): string[] {
  const expected = status >= 400 ? 'application/problem+json' : endpoint.html ? 'text/html' : 'application/json';
  const type = headers['content-type'] ?? '';
  return [
    ...(text !== '' && !type.startsWith(expected) ? [`content-type is ${type}, not ${expected}`] : []),
    ...(text !== '' && !headers['cache-control']?.includes('no-store') ? ['caches may keep the reply'] : []),
    ...(headers['x-request-id'] ? [] : ['x-request-id is missing']),
    ...(status === 429 && !headers['retry-after'] ? ['retry-after is missing'] : []),
  ];
}

/** What no call may do, whatever it is sent. */
export function complaints(operation: DocumentedOperation, outcome: Outcome): string[] {
  const { endpoint, codes } = operation;
  const { status, broken, written } = outcome;
  if (broken !== undefined) return [`broke: ${broken}`];
  const found = [...bodyComplaints(operation, outcome), ...headerComplaints(operation, outcome)];
  if (status >= 500) found.push(`server error ${status}`);
  if (status >= 400) {
    const code = codeOf(outcome);
    if (!codes.has(code)) found.push(`code ${code} is not documented`);
    const changed = written.filter((key) => !isAllowedWrite(key, endpoint.id, code));
    if (changed.length > 0) found.push(`a refusal wrote ${changed.join(', ')}`);
  } else if (status !== endpoint.success) found.push(`status ${status} is not the declared ${endpoint.success}`);
  if (endpoint.method === 'GET' && !written.every((key) => isReadWrite(key, endpoint.id))) {
    found.push(`a GET wrote ${written.join(', ')}`);
  }
  return found;
}

/** What a request that breaks the contract must get besides: a refusal as such, before anything is looked up. */
export function invalidComplaints(outcome: Outcome): string[] {
  const code = codeOf(outcome);
  return [
    ...(REFUSALS_OF_INVALID.has(code) ? [] : [`was not refused as invalid but answered ${outcome.status} ${code}`]),
    ...(outcome.written.some((key) => !key.startsWith('RATE#')) ? [`an invalid request wrote ${outcome.written}`] : []),
  ];
}
