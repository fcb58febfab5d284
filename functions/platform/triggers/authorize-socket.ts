import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { redeemTicket } from '#functions/auth/public.ts';
import { clock } from '#shared/kernel/clock.ts';
import { config } from '#shared/kernel/config.ts';
import type { AuthorizerContext } from '#shared/runtime/invocation.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { authorizeSocket } from '../contract.ts';
import { identify, identifyBearer } from '../identify.ts';

type ConnectEvent = Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'queryStringParameters' | 'methodArn'>;

/**
 * Lets `$connect` pass with a ticket in the query (browsers: worthless once used) or a bearer token in the header; from
 * a browser only for the stage's own pages. Who sends a ticket is judged by the ticket alone. A refusal is a 403.
 */
export const handler = triggerHandler(
  authorizeSocket,
  async ({ headers, queryStringParameters, methodArn }: ConnectEvent): Promise<APIGatewayAuthorizerResult> => {
    const nowMs = clock.nowMs();
    const context = isForeign(headerOf(headers, 'origin'))
      ? undefined
      : await identifyCaller(queryStringParameters?.ticket, headerOf(headers, 'authorization'), nowMs);
    return {
      principalId: context?.accountId ?? 'nobody',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: context ? 'Allow' : 'Deny', Resource: methodArn }],
      },
      ...(context ? { context: { ...context } } : {}),
    };
  },
);

async function identifyCaller(
  ticket: string | undefined,
  authorization: string | undefined,
  nowMs: number,
): Promise<AuthorizerContext | undefined> {
  if (ticket === undefined) return identifyBearer(authorization, nowMs);
  const holder = await redeemTicket(ticket, { purpose: 'socket' }, nowMs);
  return holder && identify(holder);
}

/** A browser names the page that asks, and lets any page ask. Other programs name none, or lie: the ticket is theirs. */
function isForeign(origin: string | undefined): boolean {
  return origin !== undefined && !config('ALLOWED_ORIGINS').split(',').includes(origin);
}

/** A WebSocket API hands headers on as the client wrote them. */
function headerOf(headers: ConnectEvent['headers'], wanted: string): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
