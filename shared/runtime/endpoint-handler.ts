import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type * as z from 'zod';
import type {
  EndpointBase,
  EndpointErrorCode,
  EndpointInput,
  EndpointReply,
  PendingSettlement,
} from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { createOperation, type Operation } from '#shared/events/operation.ts';
import { type Receipt, readReceipt } from '#shared/events/receipt.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import type { CharacterId, TransactionId } from '#shared/kernel/ids.ts';
import { InDoubtError } from '#shared/settlement/in-doubt.ts';
import type { GuardedWrite } from '#shared/table/write.ts';
import { meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { log } from '#shared/telemetry/log.ts';
import type { Actor, HttpEvent, HttpResult, LambdaContext, PipelineState, RequestFacts } from './invocation.ts';
import { actor } from './middleware/actor.ts';
import { body } from './middleware/body.ts';
import { idempotencyKey } from './middleware/idempotency-key.ts';
import { input } from './middleware/input.ts';
import { problems } from './middleware/problems.ts';
import { rate } from './middleware/rate.ts';
import { telemetry } from './middleware/telemetry.ts';
import { liveSession } from './session-guard.ts';
import { requireStepUp, steppedUp } from './step-up-guard.ts';

type ActorOf<E extends EndpointBase> = E['auth'] extends 'public'
  ? Actor | undefined
  : E['auth'] extends 'character'
    ? Actor & { readonly characterId: CharacterId }
    : Actor;

/** What an endpoint's own logic is given. Everything in it is validated. */
export interface EndpointContext<E extends EndpointBase> {
  readonly input: EndpointInput<E>;
  readonly actor: ActorOf<E>;
  readonly request: RequestFacts;
  /** Epoch milliseconds at the start of the operation. */
  readonly nowMs: number;
  readonly operation: Operation;
  /** The operation's commit; see {@link Operation}. */
  readonly commit: Operation['commit'];
  /** A refusal with a code that this endpoint declares. */
  fail(code: EndpointErrorCode<E>, facts?: GameError['facts'], options?: { retryAfterSeconds?: number }): GameError;
}

type Stage = MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState>;

/** A Lambda handler for API Gateway's payload format 2.0. */
export type HttpHandler = (event: HttpEvent, context: LambdaContext) => Promise<HttpResult>;

/** How a repetition of a call that settles is answered: by what became of its transaction. */
export interface SettlementFinisher {
  /** The stored reply; throws the stored refusal, or InDoubtError. */
  finish(transactionId: TransactionId): Promise<unknown>;
}

type FinisherOf<E extends EndpointBase> = E extends { readonly settles: true }
  ? [finisher: SettlementFinisher]
  : [finisher?: undefined];

/**
 * Makes the Lambda handler of a declared endpoint: the one assembly of the pipeline around its own logic.
 * The logic returns the declared reply or throws a refusal.
 */
export function endpointHandler<const E extends EndpointBase>(
  endpoint: E,
  logic: (context: EndpointContext<E>) => Promise<EndpointReply<E>>,
  ...finishers: FinisherOf<E>
): HttpHandler {
  const finisher = finishers[0] as SettlementFinisher | undefined;
  const replay = async (receipt: Receipt, requestHash: string): Promise<HttpResult> => {
    if (receipt.requestHash !== requestHash) throw new GameError('request.idempotency_mismatch');
    const { transactionId } = receipt;
    if (!transactionId) return respond(endpoint, JSON.parse(receipt.reply));
    if (!finisher) throw new Error(`${endpoint.id} has begun ${transactionId}, but declares no settlement`);
    return respond(endpoint, await finisher.finish(transactionId));
  };
  // middy gives its handler no access to the state of its stages; the event is what both see.
  const states = new WeakMap<HttpEvent, PipelineState>();
  const serve = async (httpEvent: HttpEvent): Promise<HttpResult> => {
    const internal = states.get(httpEvent)!;
    const { request } = internal;
    const { idempotencyKey } = request;
    const call = idempotencyKey === undefined ? undefined : receiptOf(endpoint, internal, idempotencyKey);
    const earlier = call && (await readReceipt(call.id, internal.startedMs));
    if (call && earlier) return pendingOr(endpoint, () => replay(earlier, call.requestHash));
    if (endpoint.stepUp && internal.actor) {
      await requireStepUp(internal.actor, endpoint.stepUp, internal.startedMs);
    }

    const operation = createOperation({
      actor: internal.actor
        ? {
            accountId: internal.actor.accountId,
            sessionId: internal.actor.sessionId,
            ...(internal.actor.characterId ? { characterId: internal.actor.characterId } : {}),
            origin: 'player',
          }
        : { origin: 'player' },
      correlationId: request.id,
      causationId: request.id,
      traceparent: request.traceparent,
      receipt: call,
      preconditions: preconditionsOf(endpoint, internal),
    });
    try {
      const reply = await logic({
        input: internal.input as EndpointInput<E>,
        actor: internal.actor as ActorOf<E>,
        request,
        nowMs: operation.nowMs,
        operation,
        commit: operation.commit.bind(operation),
        fail: (code, facts, options) => new GameError(code, facts, options),
      });
      // An answer that changed nothing: the same call may have taken effect meanwhile, and what it changed is why. Then
      // its reply is the one that every repetition gets.
      const winner = call && !operation.hasCommitted ? await readReceipt(call.id, internal.startedMs) : undefined;
      return winner ? pendingOr(endpoint, () => replay(winner, call!.requestHash)) : respond(endpoint, reply);
    } catch (error) {
      if (error instanceof InDoubtError) return pending(endpoint, error);
      // The same call may have taken effect while this one ran, and what it changed is why this one was refused: then
      // its receipt is there now, and its reply is ours.
      const winner = call && (await readReceipt(call.id, internal.startedMs));
      if (!call || !winner) throw error;
      return pendingOr(endpoint, () => replay(winner, call.requestHash));
    }
  };

  const pipeline = middy<HttpEvent, HttpResult, Error, LambdaContext, PipelineState>({ timeoutEarlyInMillis: 0 })
    .use(telemetry(endpoint))
    .use(problems(endpoint))
    .use(httpHeaderNormalizer() as Stage)
    .use(body(endpoint))
    .use(actor(endpoint))
    .use(rate(endpoint))
    .use(input(endpoint))
    .use(idempotencyKey(endpoint))
    .before(({ event, internal }) => {
      states.set(event, internal);
    })
    .handler(serve) as unknown as HttpHandler;
  return (event, context) => meterCapacity(noCapacity(), () => pipeline(event, context));
}

/** 2 write units for each commit buy that a revoked session is refused at once and not when its token ends. */
function preconditionsOf(endpoint: EndpointBase, { actor: caller, startedMs }: PipelineState): GuardedWrite[] {
  if (!caller || endpoint.auth === 'public') return [];
  const act = endpoint.auth === 'character' || endpoint.rate === 'value' ? 'of-character' : 'of-account';
  return [liveSession(caller, act), ...(endpoint.stepUp ? [steppedUp(caller, endpoint.stepUp, startedMs)] : [])];
}

function receiptOf(endpoint: EndpointBase, { actor: caller, input: sent }: PipelineState, key: string) {
  return {
    id: { actorId: caller?.characterId ?? caller?.accountId ?? 'public', endpointId: endpoint.id, idempotencyKey: key },
    requestHash: sha256(canonicalJson(sent)),
  };
}

async function pendingOr(endpoint: EndpointBase, answer: () => Promise<HttpResult>): Promise<HttpResult> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof InDoubtError)) throw error;
    return pending(endpoint, error);
  }
}

/** It has begun, and nobody knows yet how it ends. */
function pending(endpoint: EndpointBase, inDoubt: InDoubtError): HttpResult {
  if (!endpoint.settles) throw inDoubt;
  const { transactionId } = inDoubt;
  log().warn('settlement in doubt', { endpoint: endpoint.id, transactionId, error: inDoubt });
  return {
    statusCode: 202,
    headers: jsonHeaders,
    body: JSON.stringify({ transactionId, status: 'PENDING' } satisfies z.input<typeof PendingSettlement>),
  };
}

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store' };

function respond(endpoint: EndpointBase, reply: unknown): HttpResult {
  if (!endpoint.response) return { statusCode: endpoint.success };
  const checked = endpoint.response.safeParse(reply);
  if (!checked.success) {
    log().error('reply does not match its declaration', { endpoint: endpoint.id, issues: checked.error.issues });
    throw new GameError('service.internal');
  }
  return {
    statusCode: endpoint.success,
    headers: endpoint.html ? pageHeaders : jsonHeaders,
    body: endpoint.html ? String(checked.data) : JSON.stringify(checked.data),
  };
}

/** A page may run its own script and call its own host, nothing else; its address, which may hold a token, stays here. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
