import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LocalService } from '../../service.ts';
import { HttpService } from '../http-service.ts';
import { inboxPage } from './inbox-page.ts';
import { type Mailbox, MOST_MAILS } from './mailbox.ts';

const PAGE_MAILS = 100;

const Query = z.object({
  to: z.string().max(320).optional(),
  after: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(MOST_MAILS).default(PAGE_MAILS),
});

/** Scripts are refused on the page as a whole, so that no mail can bring one. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface InboxServiceOptions {
  readonly port: number;
  readonly mailbox: Mailbox;
}

/** The mails for people at `/`, and for programs at `/inbox.json?to=…&after=<seq>`: newest first. */
export class InboxService extends HttpService implements LocalService {
  readonly name = 'Inbox';
  readonly #options: InboxServiceOptions;

  constructor(options: InboxServiceOptions) {
    super(options.port);
    this.#options = options;
  }

  protected serve(request: IncomingMessage, response: ServerResponse): void {
    const { status, type, body } = this.#answer(request);
    response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` });
    response.end(body);
  }

  #answer(request: IncomingMessage): { status: number; type: string; body: string } {
    const url = new URL(request.url ?? '/', 'http://local');
    const given = Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ''));
    const query = Query.safeParse(given);
    if (request.method !== 'GET') return { status: 405, type: 'text/plain', body: 'GET only' };
    if (!query.success) return { status: 400, type: 'text/plain', body: z.prettifyError(query.error) };
    const mails = this.#options.mailbox.find(query.data);
    if (url.pathname === '/inbox.json')
      return { status: 200, type: 'application/json', body: JSON.stringify({ mails }) };
    if (url.pathname === '/') return { status: 200, type: 'text/html', body: inboxPage(mails, query.data.to) };
    return { status: 404, type: 'text/plain', body: 'Nothing here; the inbox is at /' };
  }
}
