import type { Actor } from '#shared/runtime/invocation.ts';
import { httpEvent, lambdaContext } from '#shared/testing/invocations.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { EndpointId, Route, Routes } from './routes.ts';
import type { Scheduler } from './scheduler.ts';

/** A client gives up on a try after this time and does not know what came of it. */
const TIMEOUT_MS = 29_000;
/** Tries of one call. */
const MAX_TRIES = 40;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 20_000;
/** How often a player gives a call up after a try of which they do not know what came, in percent, unless told. */
const GIVE_UP_PERCENT = 15;
/** How often the first try is sent twice at once, as by an impatient finger, in percent. */
const TWICE_PERCENT = 8;
/** How often a call that was answered is sent again, and with another body, in percent. */
const AGAIN_PERCENT = 12;

export interface Request {
  readonly actor: Actor;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: operations read replies of many shapes
  readonly body: any;
}

/** A reply, and at which of the simulation's steps its request was sent and it came. */
export interface Answer {
  readonly reply: Reply;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Everything that a client was told about one call: all tries with one idempotency key and one request. */
export interface Call {
  readonly id: string;
  /** At which of the simulation's steps it was sent first. */
  readonly beganAt: number;
  readonly replies: Answer[];
  /** Those to another request under the same key, sent once the first was answered. */
  readonly otherwise: Answer[];
}

/** A handler in the place of the real one: planted bugs wrap it. */
export type Gateway = (route: Route, request: Request, key: string | undefined) => Promise<Reply>;

/** Game clients: they call, time out, and repeat with the same key until they know. */
export class SimulatedClient {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private readonly routes: Routes;
  private readonly tell: ((line: string) => void) | undefined;
  private readonly gateway: Gateway;
  private readonly isPatient: boolean;
  private readonly giveUpPercent: number;
  private keys = 0;
  readonly calls: Call[] = [];
  /** Calls that got no definite answer, ever. */
  readonly unanswered: string[] = [];
  /** Internal errors that clients saw, with the time. */
  readonly internalErrors: { readonly call: string; readonly atMs: number }[] = [];

  constructor(of: {
    readonly scheduler: Scheduler;
    readonly random: SeededRandom;
    readonly routes: Routes;
    readonly tell?: ((line: string) => void) | undefined;
    readonly wrap?: ((gateway: Gateway) => Gateway) | undefined;
    /** It neither gives up nor calls twice: for schedules of which each step is known. */
    readonly isPatient?: boolean | undefined;
    readonly giveUpPercent?: number | undefined;
  }) {
    this.scheduler = of.scheduler;
    this.random = of.random;
    this.routes = of.routes;
    this.tell = of.tell;
    this.isPatient = of.isPatient ?? false;
    this.giveUpPercent = of.giveUpPercent ?? GIVE_UP_PERCENT;
    this.gateway = of.wrap?.(this.invoke) ?? this.invoke;
  }

  /** The endpoint's whole pipeline, as its function runs it. */
  private readonly invoke: Gateway = async ({ endpoint, handler }, request, idempotencyKey) => {
    const event = httpEvent(
      endpoint,
      { ...request, ...(idempotencyKey ? { idempotencyKey } : {}) },
      this.scheduler.nowMs,
    );
    const result = await handler(event, lambdaContext());
    const text = result.body ?? '';
    return { status: result.statusCode ?? 0, text, body: text === '' ? undefined : JSON.parse(text) };
  };

  /**
   * Calls until there is a definite answer, as clients should: the same key, growing waits with full jitter. Now and
   * then a player gives up before that, or what was answered is sent once more.
   * @param otherwise another request that the client might send by mistake under the same key.
   */
  async call(endpointId: EndpointId, request: Request, otherwise?: Partial<Request>): Promise<Reply | undefined> {
    const route = this.routes.endpoints.get(endpointId)!;
    this.keys += 1;
    const key = route.endpoint.idempotency === 'key' ? `sim-key-${String(this.keys).padStart(8, '0')}` : undefined;
    const call: Call = {
      id: `${endpointId}/${this.keys}`,
      beganAt: this.scheduler.steps,
      replies: [],
      otherwise: [],
    };
    if (key) this.calls.push(call);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const isTwice = tries === 0 && key !== undefined && this.chance(TWICE_PERCENT);
      const twin = isTwice ? this.once(route, request, key, call) : undefined;
      const reply = (await this.once(route, request, key, call)) ?? (await twin);
      await twin;
      if (reply && isDefinite(reply)) {
        if (key) await this.insist(route, request, otherwise, key, call);
        return reply;
      }
      if (this.chance(this.giveUpPercent)) return undefined;
      await this.scheduler.sleep(
        this.random.int(1, Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 10))),
      );
    }
    this.unanswered.push(call.id);
    return undefined;
  }

  private chance(percent: number): boolean {
    return !this.isPatient && this.random.percent(percent);
  }

  private async insist(
    route: Route,
    request: Request,
    otherwise: Partial<Request> | undefined,
    key: string,
    call: Call,
  ) {
    if (this.chance(AGAIN_PERCENT)) await this.once(route, request, key, call);
    if (!otherwise || !this.chance(AGAIN_PERCENT)) return;
    const sentAt = this.scheduler.steps;
    const reply = await this.send(route, { ...request, ...otherwise }, key, call);
    if (reply && isDefinite(reply)) call.otherwise.push({ reply, sentAt, answeredAt: this.scheduler.steps });
  }

  private async once(route: Route, request: Request, key: string | undefined, call: Call): Promise<Reply | undefined> {
    const sentAt = this.scheduler.steps;
    const reply = await this.send(route, request, key, call);
    if (reply) call.replies.push({ reply, sentAt, answeredAt: this.scheduler.steps });
    return reply;
  }

  /** One try in an invocation of its own; undefined when no answer came. */
  private async send(route: Route, request: Request, key: string | undefined, call: Call): Promise<Reply | undefined> {
    const { id } = route.endpoint;
    const facts = { ...(key ? { call: call.id } : {}), sessionId: request.actor.sessionId };
    const invocation = this.scheduler
      .start(id, () => this.gateway(route, request, key), { isFaulty: true, facts })
      .catch(() => undefined);
    const reply = await this.scheduler.within(TIMEOUT_MS, invocation);
    this.tell?.(`${call.id} → ${reply ? `${reply.status} ${reply.body?.code ?? ''}` : 'nothing'}`);
    if (reply?.status === 500) this.internalErrors.push({ call: call.id, atMs: this.scheduler.nowMs });
    return reply;
  }
}

/** In doubt, busy and internal errors are none: the same call may be sent again. */
export function isDefinite({ status, body }: Reply): boolean {
  return status < 500 && status !== 202 && status !== 429 && body?.code !== 'request.conflict';
}
