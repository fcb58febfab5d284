import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { redeemTicket } from '#functions/auth/public.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AuthorizerContext } from '#shared/runtime/invocation.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { authorizeSocket } from '../contract.ts';
import { identify, identifyBearer } from '../identify.ts';

type ConnectEvent = Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'queryStringParameters' | 'methodArn'>;

/**
 * Lets `$connect` pass with a ticket in the query (browsers: worthless once used) or a bearer token in the header.
 * Who sends a ticket is judged by the ticket alone.
 */
export const handler = triggerHandler(
  authorizeSocket,
  async ({ headers, queryStringParameters, methodArn }: ConnectEvent): Promise<APIGatewayAuthorizerResult> => {
    const nowMs = clock.nowMs();
    const ticket = queryStringParameters?.ticket;
    const context =
      ticket === undefined ? await identifyBearer(authorizationOf(headers), nowMs) : await admit(ticket, nowMs);
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

async function admit(ticket: string, nowMs: number): Promise<AuthorizerContext | undefined> {
  const holder = await redeemTicket(ticket, { purpose: 'socket' }, nowMs);
  return holder && identify(holder);
}

/** A WebSocket API hands headers on as the client wrote them. */
function authorizationOf(headers: ConnectEvent['headers']): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}
