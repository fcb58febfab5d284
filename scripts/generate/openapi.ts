import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { domains } from '#functions/domains.ts';
import type { Domain } from '#shared/contract/domain.ts';
import { type Endpoint, PendingSettlement } from '#shared/contract/endpoint.ts';
import { errorSpec, type PipelineErrorCode } from '#shared/contract/errors.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string().meta({ description: 'Safe to show to a player' }),
    status: z.int(),
    code: z.string().meta({ description: 'Permanent; what clients switch on' }),
    retry: z.enum(['never', 'after-change', 'later']).meta({ description: 'Whether trying again may help' }),
    requestId: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details of every refusal' });

/** The pipeline's own refusals that an endpoint can answer, by what it declares. */
export function pipelineCodesOf(endpoint: Endpoint): PipelineErrorCode[] {
  const codes: PipelineErrorCode[] = ['request.invalid'];
  if (endpoint.body) codes.push('request.body_too_large', 'request.unsupported_media_type');
  else codes.push('request.body_too_large');
  // What a path names may not exist, or not for the caller: both look alike. And the caller may be gone by now.
  if (endpoint.params || endpoint.auth !== 'public') codes.push('request.not_found');
  if (endpoint.idempotency === 'key') codes.push('request.idempotency_key_missing', 'request.idempotency_mismatch');
  if (endpoint.auth !== 'public') codes.push('auth.unauthenticated', 'auth.forbidden', 'auth.session_ended');
  if (endpoint.auth === 'character') codes.push('auth.no_character');
  if (endpoint.stepUp) codes.push('auth.step_up_required');
  if (endpoint.stepUp === true) codes.push('auth.second_factor_required');
  if (endpoint.rate === 'auth' || endpoint.rate === 'value') codes.push('request.rate_limited');
  if (endpoint.needs.table === 'write') codes.push('request.conflict');
  codes.push('service.internal', 'service.unavailable');
  return codes;
}

function refusals(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, string[]>();
  for (const code of [...pipelineCodesOf(endpoint), ...endpoint.errors]) {
    const spec = errorSpec(code);
    if (!spec) throw new Error(`${endpoint.id} declares ${code}, which no catalogue holds`);
    byStatus.set(spec.status, [...(byStatus.get(spec.status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      `${status}` as `${1 | 2 | 3 | 4 | 5}${string}`,
      {
        description: codes.map((code) => `\`${code}\`: ${errorSpec(code)!.message}`).join('\n\n'),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  );
}

const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[A-Za-z0-9._-]{8,64}$/)
    .meta({
      description:
        'A fresh UUID per intent. Sending it again answers the first reply without a second effect, for 30 days.',
      examples: ['3f0c5f7e-6f0e-4a55-9f0a-0a7b3a0f5c11'],
    }),
});

function operationOf(endpoint: Endpoint, domain: Domain): ZodOpenApiOperationObject {
  const notes = [
    endpoint.description,
    endpoint.auth === 'character' ? 'Acts as the character that the session has selected.' : undefined,
    endpoint.stepUp
      ? 'Needs a step-up: `POST /api/v1/auth/step-up` by the same session within the last 10 minutes' +
        `${endpoint.roles ? ', by a second factor' : endpoint.stepUp === true ? '; of staff, by a second factor' : ''}.`
      : undefined,
    endpoint.roles ? `Roles: ${endpoint.roles.join(', ')}.` : undefined,
    `Capacity budget: ${endpoint.budget.readUnits} RCU, ${endpoint.budget.writeUnits} WCU.`,
  ].filter(Boolean);
  return {
    operationId: endpoint.id,
    tags: [domain.name],
    summary: endpoint.summary,
    description: notes.join('\n\n'),
    security: endpoint.auth === 'public' ? [] : [{ bearer: [] }],
    requestParams: {
      ...(endpoint.params ? { path: endpoint.params } : {}),
      ...(endpoint.query ? { query: endpoint.query } : {}),
      ...(endpoint.idempotency === 'key' ? { header: idempotencyHeader } : {}),
    },
    ...(endpoint.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: endpoint.body } } } }
      : {}),
    responses: {
      [`${endpoint.success}` as const]: endpoint.response
        ? {
            description: 'Done',
            content: { [endpoint.html ? 'text/html' : 'application/json']: { schema: endpoint.response } },
          }
        : { description: 'Done, without a body' },
      ...(endpoint.settles
        ? {
            '202': {
              description:
                'The outcome is in doubt. `GET /api/v1/settlements/{transactionId}`, or the same call again, tells it.',
              content: { 'application/json': { schema: PendingSettlement } },
            },
          }
        : {}),
      ...refusals(endpoint),
    },
  };
}

/** OpenAPI 3.1 of every endpoint: the player API and the administrators' (`/api/v1/admin`), which is a host of its own. */
export function openApiDocument(): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const domain of domains) {
    for (const endpoint of domain.endpoints) {
      paths[endpoint.path] = {
        ...paths[endpoint.path],
        [endpoint.method.toLowerCase()]: operationOf(endpoint, domain),
      };
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'NECPGAME API',
      version: '1.0.0',
      description:
        'Times are ISO 8601, money is a decimal string of minor units, ids carry a prefix of their kind. ' +
        'Every refusal by an endpoint is a `Problem` with a permanent code. Unknown fields are refused.\n\n' +
        'What does not come as far as an endpoint is refused by the gateway, with `{"message": …}`: 401 without an ' +
        'Authorization header; 403 for a token that is forged, has expired or whose session has ended (refresh it, or ' +
        'log in); 404 for an unknown path or method; 413 above 10 MB; 429 for too many calls of one route; 431 above ' +
        '10 KB of headers.',
    },
    servers: [{ url: '/', description: 'The stage that serves this page' }],
    tags: domains
      .filter((domain) => domain.endpoints.length > 0)
      .map(({ name, summary }) => ({ name, description: summary })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT (EdDSA), 10 minutes' } },
    },
  });
}
