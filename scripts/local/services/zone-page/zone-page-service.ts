import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { LocalService } from '../../service.ts';
import { AwsError } from '../aws-error.ts';
import { HttpService, readBody } from '../http-service.ts';

/** Everything that the page consists of. */
const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html' },
  '/main.js': { file: 'main.js', type: 'text/javascript' },
  '/page.css': { file: 'page.css', type: 'text/css' },
};
const BODY_LIMIT_BYTES = 65_536;
const UPSTREAM_TIMEOUT_MS = 30_000;
/** Sent on to the API with a request. */
const forwardedHeaders = ['authorization', 'content-type', 'idempotency-key'];
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface ZonePageOptions {
  readonly port: number;
  /** The built page. */
  readonly folder: string;
  /** The players' API: what is asked for beneath `/api/` goes there. */
  readonly httpUrl: string;
  /** Address of each shard of the fleet. */
  readonly shardUrls: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** The zone page: its files, the API under its own origin, and what the fleet's processes tell of their zones. */
export class ZonePageService extends HttpService implements LocalService {
  readonly name = 'Zone page';
  readonly #options: ZonePageOptions;

  constructor(options: ZonePageOptions) {
    super(options.port);
    this.#options = options;
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#answer(request).catch(failureOf);
    response.writeHead(status, {
      ...headers,
      'content-type': type.includes('charset') ? type : `${type}; charset=utf-8`,
    });
    response.end(body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    // Pages of other origins that took this address for their own get nothing.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return plain(403, 'Forbidden');
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (path.startsWith('/api/')) return this.#forward(request);
    if (request.method !== 'GET') return plain(405, 'GET only');
    if (path === '/live') return { status: 200, type: 'application/json', body: `[${await this.#live()}]` };
    const known = files[path];
    if (!known) return plain(404, 'Nothing here; the page is at /');
    const file = join(this.#options.folder, known.file);
    if (!existsSync(file)) return plain(404, `${known.file} is not built: run npm run build`);
    return { status: 200, type: known.type, body: readFileSync(file) };
  }

  async #forward(request: IncomingMessage): Promise<Answer> {
    const sent = await readBody(request, BODY_LIMIT_BYTES);
    const response = await fetch(new URL(request.url!, this.#options.httpUrl), {
      method: request.method!,
      headers: forwardedHeaders.flatMap((name): [string, string][] => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
      ...(sent.length > 0 ? { body: sent } : {}),
      signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS),
    });
    const type = response.headers.get('content-type') ?? 'application/json';
    return { status: response.status, type, body: Buffer.from(await response.arrayBuffer()) };
  }

  /** The feeds of all shards that answer, by comma. */
  async #live(): Promise<string> {
    const feeds = this.#options.shardUrls.map(async (shardUrl) => {
      const response = await fetch(`${shardUrl.replace(/^ws/, 'http').replace(/(?<=:\d+)\/.*$/, '')}/live`, {
        signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS),
      });
      return response.ok ? [await response.text()] : [];
    });
    const told = await Promise.allSettled(feeds);
    return told.flatMap((feed) => (feed.status === 'fulfilled' ? feed.value : [])).join(',');
  }
}

function failureOf(error: unknown): Answer {
  return plain(error instanceof AwsError ? error.status : 502, String(error));
}

function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain', body };
}
