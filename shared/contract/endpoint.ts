import * as z from 'zod';
import { TransactionId } from '#shared/kernel/ids.ts';
import type { PipelineErrorCode } from './errors.ts';
import type { FunctionSpec, Needs } from './needs.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call. `public`: anybody; `account`: a live session; `character`: a session that has selected a character,
 * whose id the pipeline then hands to the handler.
 */
export type EndpointAuth = 'public' | 'account' | 'character';

export const roles = ['player', 'moderator', 'gm', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Whether any of these roles lets its holder act on other players. */
export function isStaff(held: readonly Role[]): boolean {
  return held.some((role) => role !== 'player');
}

/**
 * Which bucket a call draws from. `auth` and `value` draw from a token bucket in the table (per address, and per
 * account); `read` and `write` are bounded by the gateway's route throttle alone.
 */
export type RateClass = 'auth' | 'read' | 'write' | 'value';

/**
 * What a repeated call does. `none`: it is safe by its nature (reads, sets to a value); `key`: the caller sends an
 * Idempotency-Key, and a repetition answers the first call's bytes without a second effect.
 */
export type Idempotency = 'none' | 'key';

type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParams<Rest>
  : never;

type SameKeys<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Compiles only when `params` names exactly the placeholders of `path`. */
type CheckedParams<E extends EndpointBase> = [PathParams<E['path']>] extends [never]
  ? { readonly params?: undefined }
  : E['params'] extends z.ZodObject<infer Shape>
    ? SameKeys<keyof Shape, PathParams<E['path']>> extends true
      ? unknown
      : { readonly params: `params must name exactly: ${PathParams<E['path']>}` }
    : { readonly params: `params must name exactly: ${PathParams<E['path']>}` };

type StepUpOf<E extends EndpointBase> = E extends { readonly stepUp: infer S } ? S : undefined;

/** Compiles only when a step-up is asked of somebody who has a session, and of every act of staff that writes. */
type CheckedStepUp<E extends EndpointBase> = [StepUpOf<E>] extends [undefined]
  ? E extends { readonly roles: readonly Role[]; readonly needs: { readonly table: 'write' } }
    ? { readonly stepUp: 'what staff do takes a step-up: a stolen token alone must open nothing' }
    : unknown
  : E extends { readonly auth: 'public' }
    ? { readonly stepUp: 'a step-up belongs to a session: auth may not be public' }
    : unknown;

/** Compiles only when what settles has a key: the transaction's id derives from it. */
type CheckedSettling<E extends EndpointBase> = E extends { readonly settles: true; readonly idempotency: 'none' }
  ? { readonly settles: 'a settlement needs an idempotency key' }
  : unknown;

/** Body of a 202: the outcome is in doubt. */
export const PendingSettlement = z.strictObject({
  transactionId: TransactionId,
  status: z.literal('PENDING').meta({ description: 'It ends by itself; ask for its outcome' }),
});

export interface EndpointBase extends FunctionSpec {
  /** No request waits for a walk through the table. */
  readonly needs: Needs & { readonly scan?: never };
  readonly method: HttpMethod;
  /** Template such as `/api/v1/characters/{characterId}`. */
  readonly path: string;
  /** One line for the API reference. */
  readonly summary: string;
  /** More for the API reference: rules and limits that a caller should know. */
  readonly description?: string;
  readonly auth: EndpointAuth;
  /** Any of these roles; unset: every player. */
  readonly roles?: readonly Role[];
  /**
   * The session must have proven itself anew within the last 10 minutes (`POST /api/v1/auth/step-up`); checked before
   * the handler runs, and again by its commit. Of staff only their second factor counts, but for `enrolment`, by which
   * they get one.
   */
  readonly stepUp?: true | 'enrolment';
  /**
   * It settles value in two stores. While the outcome is in doubt it answers 202 with the transaction's id, and
   * `GET /api/v1/settlements/{transactionId}` tells how it ended; so does the same call again. Needs a key.
   */
  readonly settles?: true;
  readonly params?: z.ZodObject | undefined;
  /** Query parameters arrive as strings: use `z.coerce` or string schemas. */
  readonly query?: z.ZodObject | undefined;
  /** A `z.strictObject`: unknown fields are refused. */
  readonly body?: z.ZodType | undefined;
  /** Status of success. */
  readonly success: 200 | 201 | 202 | 204;
  /** Body of success; unset with 204. Fields that it does not name never leave. */
  readonly response?: z.ZodType | undefined;
  /** The response is a page for a browser: one string, sent as HTML. */
  readonly html?: true;
  /** Every domain error it may answer, besides the pipeline's. */
  readonly errors: readonly string[];
  readonly idempotency: Idempotency;
  readonly rate: RateClass;
  /** Largest body in bytes; 16 KiB unless said. */
  readonly bodyLimitBytes?: number;
  /** Most DynamoDB capacity that one successful call may consume, pipeline included; asserted in tests. */
  readonly budget: { readonly readUnits: number; readonly writeUnits: number };
}

/**
 * Declares an endpoint. From this come the typed handler, its pipeline, the route with its grants and alarm, OpenAPI,
 * the typed client and the generated negative tests. Missing or extra path parameters do not compile.
 */
export function defineEndpoint<const E extends EndpointBase>(
  spec: E & CheckedParams<E> & CheckedStepUp<E> & CheckedSettling<E>,
): E & { readonly kind: 'endpoint' } {
  return { ...(spec as E), kind: 'endpoint' };
}

export type Endpoint = EndpointBase & { readonly kind: 'endpoint' };

type InferOr<S, Otherwise> = S extends z.ZodType ? z.output<S> : Otherwise;

/** The validated input of an endpoint's handler. */
export interface EndpointInput<E extends EndpointBase> {
  readonly params: InferOr<E['params'], Record<string, never>>;
  readonly query: InferOr<E['query'], Record<string, never>>;
  readonly body: InferOr<E['body'], undefined>;
}

/** What the handler returns; validated and stripped before it leaves. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a reply returns nothing
export type EndpointReply<E extends EndpointBase> = E['response'] extends z.ZodType ? z.input<E['response']> : void;

/** Codes that this endpoint's handler may answer; any other does not compile. */
export type EndpointErrorCode<E extends EndpointBase> = E['errors'][number] | PipelineErrorCode;
