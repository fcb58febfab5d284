import type { MiddlewareObj } from '@middy/core';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { clock } from '#shared/kernel/clock.ts';
import { capacityFields, capacitySoFar } from '#shared/telemetry/capacity-meter.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';

/** Autonomous system numbers have 32 bits. */
const ASN = /^\d{1,10}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

let cold = true;

type Endpointware = MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState>;

/** Outermost stage: facts of the request on the way in; one metric line and the request id on the way out. */
export function telemetry(endpoint: EndpointBase): Endpointware {
  const finish: NonNullable<Endpointware['after']> = ({ response, internal, event }) => {
    const statusCode = response?.statusCode ?? 500;
    response!.headers = { ...response!.headers, 'x-request-id': internal.request.id };
    emitMetrics(
      { Endpoint: endpoint.id },
      {
        Requests: [1, 'Count'],
        LatencyMs: [clock.nowMs() - internal.startedMs, 'Milliseconds'],
        ServerErrors: [statusCode >= 500 ? 1 : 0, 'Count'],
        ...(cold ? { ColdStarts: [1, 'Count'] as const } : {}),
      },
      {
        statusCode,
        requestId: internal.request.id,
        outcome: internal.outcome ?? 'ok',
        route: event.routeKey,
        ...capacityFields(capacitySoFar()),
        ...(internal.actor ? { accountId: internal.actor.accountId } : {}),
      },
      internal.startedMs,
    );
    cold = false;
  };
  return {
    before: ({ event, context, internal }) => {
      internal.startedMs = clock.nowMs();
      internal.request = {
        id: event.requestContext.requestId || context.awsRequestId,
        ip: event.requestContext.http.sourceIp,
        userAgent: (event.requestContext.http.userAgent ?? '').slice(0, 256),
        asn: ASN.exec(event.headers['cloudfront-viewer-asn'] ?? '')?.[0],
        idempotencyKey: undefined,
        traceparent: TRACEPARENT.test(event.headers.traceparent ?? '') ? event.headers.traceparent : undefined,
      };
    },
    after: finish,
    onError: (request) => finish(request),
  };
}
