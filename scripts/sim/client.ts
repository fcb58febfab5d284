import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { httpEvent, lambdaContext } from '#shared/testing/invocations.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { Scheduler } from './scheduler.ts';

/** A client gives up on a call after this time and does not know what came of it. */
const TIMEOUT_MS = 29_000;
/** Tries of one call under one idempotency key. */
const MAX_TRIES = 40;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 20_000;

export interface Route {
  readonly endpoint: EndpointBase;
  readonly handler: HttpHandler;
}

export interface Request {
  readonly actor: Actor;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: operations read replies of many shapes
  readonly body: any;
}

/** A game client: it calls, times out, and repeats with the same key until it knows. */
export class SimulatedClient {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** One call in an invocation of its own; undefined when no answer came. */
  async once({ endpoint, handler }: Route, request: Request): Promise<Reply | undefined> {
    const event = httpEvent(endpoint, request, this.scheduler.nowMs);
    const invocation = this.scheduler
      .start(endpoint.id, () => handler(event, lambdaContext()), { isFaulty: true })
      .then(
        (result): Reply => {
          const text = result.body ?? '';
          return { status: result.statusCode ?? 0, text, body: text === '' ? undefined : JSON.parse(text) };
        },
        () => undefined,
      );
    return Promise.race([invocation, this.scheduler.sleep(TIMEOUT_MS).then(() => undefined)]);
  }

  /** Calls until there is a definite answer, as clients should: the same key, growing waits with full jitter. */
  async call(route: Route, request: Request): Promise<Reply> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const reply = await this.once(route, request);
      if (reply && isDefinite(reply)) return reply;
      await this.scheduler.sleep(
        this.random.int(1, Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 10))),
      );
    }
    throw new Error(`${route.endpoint.id} had no definite answer after ${MAX_TRIES} tries`);
  }
}

/** In doubt, busy and internal errors are none: the same call may be sent again. */
function isDefinite({ status, body }: Reply): boolean {
  return status < 500 && status !== 202 && status !== 429 && body?.code !== 'request.conflict';
}
