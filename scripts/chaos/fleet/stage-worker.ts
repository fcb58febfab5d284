import { parentPort } from 'node:worker_threads';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { pickUp } from '#functions/loot/contract.ts';
import { handler as pickUpHandler } from '#functions/loot/endpoints/pick-up.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { handler as enterHandler } from '#functions/zone/endpoints/enter-zone.ts';
import { retryAfterMs } from '#shared/client/backoff.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { type CallOptions, httpEvent, lambdaContext } from '#shared/testing/invocations.ts';

/** What players call. */
const endpoints = {
  enter: { endpoint: enterZone, handler: enterHandler },
  'pick-up': { endpoint: pickUp, handler: pickUpHandler },
} as const;

export interface StageCall {
  readonly id: number;
  readonly name: keyof typeof endpoints;
  readonly options: CallOptions;
}

export interface StageAnswer {
  readonly id: number;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number;
}

/** As many as the store, which is one process with one queue, answers before the fleet's own requests have waited long. */
const CONNECTIONS = 8;

useMetricSink(() => {});
useTable({
  client: createDocumentClient(new DynamoDBClient({ requestHandler: { httpAgent: { maxSockets: CONNECTIONS } } })),
  tableName: process.env.TABLE_NAME!,
});

/** The functions of the backend beside the bots' own thread: an answer must not wait for what a client draws. */
parentPort!.on('message', async ({ id, name, options }: StageCall) => {
  const { endpoint, handler } = endpoints[name];
  const reply = await handler(httpEvent(endpoint, options, Date.now()), lambdaContext());
  const { statusCode = 0, headers } = reply;
  const body = reply.body ? (JSON.parse(reply.body) as Record<string, unknown>) : {};
  const answer: StageAnswer = {
    id,
    status: statusCode,
    body,
    retryAfterMs: retryAfterMs(String(headers?.['retry-after'] ?? ''), body.facts),
  };
  parentPort!.postMessage(answer);
});
