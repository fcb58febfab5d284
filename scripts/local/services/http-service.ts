import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';

/** How long requests that are under way when a service stops may take to end. */
const STOP_GRACE_MS = 2_000;

/** A service of the local cloud that is an HTTP server on the loopback. */
export abstract class HttpService {
  readonly #port: number;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Answers one request. It must not throw: nobody is there to catch it. */
  protected abstract serve(request: IncomingMessage, response: ServerResponse): void | Promise<void>;

  /** Rejects when the port is taken. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    // SDK clients keep idle connections: one that we close at the moment they use it would fail their call.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  /** Lets running requests end, for a while, and closes. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      server.closeIdleConnections();
    });
  }
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
