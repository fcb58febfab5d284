import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** An error as the AWS JSON protocols carry it: the SDK raises it under this code. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Code of the older query protocol, where the service still sends it beside. */
  readonly queryCode: string | undefined;

  constructor(code: string, message: string, options: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode;
  }
}

export type AwsAction = (input: unknown) => unknown;

/** An action whose input is checked first; what does not fit is the service's ValidationException. */
export function action<S extends z.ZodType>(input: S, run: (input: z.output<S>) => unknown): AwsAction {
  return (raw) => {
    const parsed = input.safeParse(raw);
    if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
    return run(parsed.data);
  };
}

export interface AwsJsonServerOptions {
  readonly port: number;
  /** What stands before the dot in `X-Amz-Target`, such as `AmazonSQS`. */
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
  readonly actions: Readonly<Record<string, AwsAction>>;
  readonly bodyLimitBytes: number;
}

/** Serves one AWS JSON service on the loopback, unsigned. Actions that it does not know are an error to the caller. */
export class AwsJsonServer {
  readonly #options: AwsJsonServerOptions;
  #server: Server | undefined;

  constructor(options: AwsJsonServerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = await listen(this.#options.port, (request, response) => void this.#serve(request, response));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await closeServer(server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await this.#answer(request).catch(failureOf);
    response.writeHead(status, {
      'content-type': `application/x-amz-json-${this.#options.protocol}`,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    });
    response.end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const [prefix, name] = String(request.headers['x-amz-target'] ?? '').split('.');
    const body = await readBody(request, this.#options.bodyLimitBytes);
    const run =
      prefix === this.#options.target && name !== undefined && Object.hasOwn(this.#options.actions, name)
        ? this.#options.actions[name]
        : undefined;
    if (!run)
      throw new AwsError(
        'UnknownOperationException',
        `The local ${this.#options.target} does not know ${prefix}.${name}`,
      );
    let input: unknown;
    try {
      input = JSON.parse(body.toString('utf8') || '{}');
    } catch {
      throw new AwsError('SerializationException', 'The body is not JSON');
    }
    return { status: 200, body: (await run(input)) ?? {}, headers: {} };
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function failureOf(error: unknown): Answer {
  const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), { status: 500 });
  return {
    status: known.status,
    body: { __type: known.code, message: known.message },
    headers: {
      'x-amzn-errortype': known.code,
      ...(known.queryCode ? { 'x-amzn-query-error': `${known.queryCode};Sender` } : {}),
    },
  };
}

/** Reads a request's body; throws RequestEntityTooLargeException past the limit. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes)
      throw new AwsError('RequestEntityTooLargeException', 'The request is too large', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An HTTP server on the loopback; rejects when the port is taken. */
export function listen(
  port: number,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(handler);
    // SDK clients keep idle connections: one that we close at the moment they use it would fail their call.
    server.keepAliveTimeout = 0;
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Lets running requests end, for at most `graceMs`, and closes. */
export function closeServer(server: Server, graceMs = 2_000): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
