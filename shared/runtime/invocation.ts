import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Role } from '#shared/contract/endpoint.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';

/** What the Lambda authorizer hands on with an authenticated request. */
export interface AuthorizerContext {
  readonly accountId: string;
  readonly sessionId: string;
  /** Comma-joined. */
  readonly roles: string;
  /** Empty when the session has not selected a character. */
  readonly characterId: string;
}

/** Who calls, as the gateway's authorizer established it. */
export interface Actor {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  readonly characterId: CharacterId | undefined;
}

/** Facts about the HTTP request that handlers may need. */
export interface RequestFacts {
  readonly id: string;
  readonly ip: string;
  readonly userAgent: string;
  /** Number of the autonomous system that the address belongs to, where the network in front of the gateway tells it. */
  readonly asn: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** W3C trace context, when the caller sent one. */
  readonly traceparent: string | undefined;
}

export type HttpEvent = Omit<APIGatewayProxyEventV2, 'body' | 'requestContext'> & {
  body?: unknown;
  requestContext: APIGatewayProxyEventV2['requestContext'] & {
    authorizer?: { lambda?: Partial<AuthorizerContext> | null };
  };
};
export type HttpResult = APIGatewayProxyStructuredResultV2;
export type LambdaContext = Context;

/** State that the pipeline's stages hand to each other; lives as long as one invocation. */
export interface PipelineState extends Record<string, unknown> {
  startedMs: number;
  request: RequestFacts;
  actor?: Actor;
  input?: { params: unknown; query: unknown; body: unknown };
  outcome?: string;
}
