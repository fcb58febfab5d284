import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import type { HttpEvent, LambdaContext } from '#shared/runtime/invocation.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { median, table } from './report.ts';

/**
 * CPU time that the pipeline adds to a request, beside a bare handler and beside plain middy with a JSON body parser
 * and a zod parse, on the same event. No I/O: log lines are made, and thrown away.
 */
const Body = z.strictObject({
  name: z.string().min(2).max(32),
  amount: z.int().min(1).max(99),
  tags: z.array(z.string()).max(8),
});
const Reply = z.object({ name: z.string(), amount: z.int() });

const sample = defineEndpoint({
  id: 'bench.echo',
  method: 'POST',
  path: '/api/v1/bench/{thing}',
  summary: 'Echo',
  auth: 'account',
  params: z.strictObject({ thing: z.string().max(20) }),
  body: Body,
  success: 200,
  response: Reply,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'none',
  budget: { readUnits: 0, writeUnits: 0 },
});

type Handler = (event: HttpEvent, context: LambdaContext) => Promise<unknown>;

const body = JSON.stringify({ name: 'Vex', amount: 7, tags: ['one', 'two'] });
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 } as LambdaContext;

/** Each request is an object of its own, as on Lambda: middlewares change it. */
function request(): HttpEvent {
  return {
    version: '2.0',
    routeKey: 'POST /api/v1/bench/{thing}',
    rawPath: '/api/v1/bench/x',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', authorization: 'Bearer x', 'user-agent': 'bench', accept: '*/*' },
    pathParameters: { thing: 'x' },
    requestContext: {
      requestId: 'bench',
      http: {
        method: 'POST',
        path: '/api/v1/bench/x',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'bench',
      },
      authorizer: { lambda: { accountId: 'acc_1', sessionId: 'ses_1', roles: 'player', characterId: '' } },
    },
    body,
    isBase64Encoded: false,
  } as unknown as HttpEvent;
}

const bare: Handler = async (event) => {
  const { name, amount } = JSON.parse(event.body as string) as z.output<typeof Body>;
  return { statusCode: 200, body: JSON.stringify({ name, amount }) };
};

const plainMiddy = middy()
  .use(httpJsonBodyParser())
  .handler(async (event) => {
    const { name, amount } = Body.parse((event as unknown as { body: unknown }).body);
    return { statusCode: 200, body: JSON.stringify({ name, amount }) };
  }) as unknown as Handler;

const ours: Handler = endpointHandler(sample, async ({ input }) => input.body);

const ROUNDS = 15;
const REQUESTS = 4_000;

async function cpuMicrosPerRequest(handler: Handler): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < REQUESTS; n += 1) await handler(request(), context);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / REQUESTS;
}

/** Prints the table; throws when a handler does not answer what it should. */
export async function endpointOverhead(): Promise<void> {
  const undo = useMetricSink(() => {});
  const contenders = { 'bare handler': bare, 'plain middy + JSON body + zod': plainMiddy, 'endpoint pipeline': ours };
  const figures = new Map<string, number[]>();
  for (const [name, handler] of Object.entries(contenders)) {
    const { statusCode, body: text } = (await handler(request(), context)) as { statusCode: number; body: string };
    if (statusCode !== 200 || text !== '{"name":"Vex","amount":7}')
      throw new Error(`${name} answered ${statusCode} ${text}`);
    await cpuMicrosPerRequest(handler);
    figures.set(name, []);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, handler] of Object.entries(contenders))
      figures.get(name)!.push(await cpuMicrosPerRequest(handler));
  }
  undo();
  const floor = median(figures.get('bare handler')!);
  const rows = [...figures].map(([name, values]) => {
    const mid = median(values);
    return [
      name,
      mid.toFixed(1),
      (mid - floor).toFixed(1),
      Math.min(...values).toFixed(1),
      Math.max(...values).toFixed(1),
    ];
  });
  console.log(
    `Endpoint overhead, CPU µs per request (${ROUNDS} interleaved rounds of ${REQUESTS} requests; target: at most 150 above the bare handler)`,
  );
  console.log(table(['handler', 'median', 'above bare', 'min', 'max'], rows));
}
