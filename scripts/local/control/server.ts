import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunningAddresses } from '../cloud.ts';
import type { LambdaHost } from '../lambda/host.ts';
import type { LogFiles } from '../logs.ts';
import type { DataPlane, LocalClock, LocalContext, LocalService } from '../service.ts';
import type { WebSocketApi } from '../websocket-api/server.ts';

export interface ControlOptions {
  readonly root: string;
  readonly context: LocalContext;
  readonly clock: LocalClock;
  readonly dataPlane: DataPlane;
  readonly lambda: LambdaHost;
  readonly sockets: readonly Pick<WebSocketApi, 'endAll'>[];
  readonly logs: LogFiles;
  readonly addresses: RunningAddresses;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The clock is moved by at most a year at once. */
const MAX_ADVANCE_MS = 366 * 24 * 3_600_000;
const Advance = z.strictObject({ advanceMs: z.number().min(0).max(MAX_ADVANCE_MS) });
const BODY_LIMIT_BYTES = 4_096;

/**
 * The control endpoint on loopback: health, clock, queues, schedules, logs, and the API reference. Answers JSON under
 * `/_local/`. Pages of other origins cannot use it: it wants its own host name, and JSON in every POST.
 */
export function createControlServer(options: ControlOptions): LocalService {
  const { context } = options;
  const port = context.ports.of('control');
  const server = createServer(async (request, response) => {
    const reply = await answer(options, request).catch((error: unknown) => json(500, { message: String(error) }));
    response
      .writeHead(reply.status, { 'content-type': reply.contentType, 'cache-control': 'no-store' })
      .end(reply.body);
  });
  return {
    name: 'Control endpoint and API reference',
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: ControlOptions, request: IncomingMessage): Promise<Reply> {
  const { context, clock, dataPlane, lambda, sockets, logs, addresses, root } = options;
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return json(403, { message: 'Forbidden' });
  const url = new URL(request.url ?? '/', 'http://local');
  const path = decodeURIComponent(url.pathname);
  const body = request.method === 'POST' ? await readJson(request) : undefined;
  if (body === 'refused') return json(415, { message: 'Send a small application/json body' });

  switch (`${request.method} ${path}`) {
    case 'GET /':
      return page('dashboard.html');
    case 'GET /reference':
      return page('reference.html');
    case 'GET /reference/openapi.json':
      return document(root, 'openapi.json');
    case 'GET /reference/asyncapi.json':
      return document(root, 'asyncapi.json');
    case 'GET /_local/health':
      return json(200, {
        ready: true,
        nowMs: clock.nowMs(),
        clockOffsetMs: clock.offsetMs(),
        functions: lambda.status(),
        residentMb: Math.round(process.memoryUsage.rss() / 1e6),
        idle: await dataPlane.idle(),
      });
    case 'GET /_local/addresses':
      return json(200, addresses);
    case 'GET /_local/idle':
      return json(200, { idle: await dataPlane.idle() });
    case 'GET /_local/queues':
      return json(200, { queues: dataPlane.queues() });
    case 'GET /_local/schedules':
      return json(200, { schedules: dataPlane.schedules() });
    case 'GET /_local/logs':
      return json(200, { logs: logs.names() });
    case 'POST /_local/sockets/end':
      return json(200, { ended: sockets.reduce((ended, api) => ended + api.endAll(), 0) });
    case 'POST /_local/clock': {
      const advance = Advance.safeParse(body);
      if (!advance.success) return json(400, { message: z.prettifyError(advance.error) });
      await clock.advance(advance.data.advanceMs);
      return json(200, { nowMs: clock.nowMs(), clockOffsetMs: clock.offsetMs() });
    }
  }
  const schedule = /^\/_local\/schedules\/([^/]+)\/run$/.exec(path);
  if (schedule && request.method === 'POST') {
    const result = await dataPlane.runSchedule(schedule[1]!);
    return result ? json(200, result) : json(404, { message: `There is no schedule ${schedule[1]}` });
  }
  const log = /^\/_local\/logs\/([^/]+)$/.exec(path);
  if (log && request.method === 'GET') {
    const lines = logs.tail(log[1]!, Math.min(Number(url.searchParams.get('lines') ?? 100) || 100, 5_000));
    return lines ? json(200, { lines }) : json(404, { message: `There is no log ${log[1]}` });
  }
  if (request.headers['amz-sdk-invocation-id']) {
    const called = request.headers['x-amz-target'] ?? `${request.method} ${path}`;
    context.log('local-cloud', `a call to an AWS service that is not here: ${String(called)}`);
    return json(501, { message: `The local cloud has no service for ${String(called)}` });
  }
  return json(404, { message: 'Not Found' });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (request.headers['amz-sdk-invocation-id']) return undefined;
  if (size > BODY_LIMIT_BYTES || !request.headers['content-type']?.startsWith('application/json')) return 'refused';
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    return 'refused';
  }
}

function json(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

function page(file: string): Reply {
  const body = readFileSync(join(import.meta.dirname, file), 'utf8');
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}

function document(root: string, name: string): Reply {
  const file = join(root, 'docs/api', name);
  if (!statSync(file, { throwIfNoEntry: false })) return json(404, { message: `No ${name}: run npm run generate` });
  return { status: 200, contentType: 'application/json', body: readFileSync(file, 'utf8') };
}
