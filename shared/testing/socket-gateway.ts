import { handler as connect } from '#functions/push/triggers/connect.ts';
import { handler as disconnect } from '#functions/push/triggers/disconnect.ts';
import { handler as message } from '#functions/push/triggers/message.ts';
import { createLocalClock } from '#scripts/local/clock.ts';
import { createAdmission } from '#scripts/local/gateway/admission.ts';
import type { ApiDeclaration } from '#scripts/local/gateway/declaration.ts';
import type { InvokeLambda } from '#scripts/local/service.ts';
import { freePort } from '#scripts/local/services/free-port.ts';
import { createWebSocketApi } from '#scripts/local/websocket-api/server.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { lambdaContext } from './invocations.ts';

/**
 * The local cloud's WebSocket gateway with the real socket functions behind it, in this process. Clients come in as
 * `?ticket=<token>`; `admit` gives a token for an actor in place of the authorizer.
 */
export async function startSocketGateway() {
  const port = await freePort();
  const tokens = new Map<string, Actor>();
  const route = (routeKey: string) => ({
    routeKey,
    functionArn: routeKey,
    timeoutMs: 10_000,
    authorizer:
      routeKey === '$connect'
        ? {
            id: 'authorizer',
            functionArn: 'authorizer',
            identitySources: ['route.request.querystring.ticket'],
            ttlSeconds: 0,
            simpleResponses: false,
          }
        : undefined,
    throttle: undefined,
    returnsResponse: routeKey === '$default',
  });
  const api: ApiDeclaration = {
    id: 'sockets',
    name: 'sockets',
    protocol: 'WEBSOCKET',
    portName: 'sockets',
    stage: 'test',
    region: 'eu-central-1',
    accountId: '000000000000',
    cors: undefined,
    routeSelectionExpression: undefined,
    routes: ['$connect', '$default', '$disconnect'].map(route),
  };

  const judge = (ticket: string | undefined) => {
    const actor = ticket === undefined ? undefined : tokens.get(ticket);
    const Effect = actor ? 'Allow' : 'Deny';
    return {
      principalId: actor?.accountId ?? 'nobody',
      policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: '*' }] },
      ...(actor && {
        context: {
          accountId: actor.accountId,
          sessionId: actor.sessionId,
          roles: actor.roles.join(','),
          characterId: actor.characterId ?? '',
        },
      }),
    };
  };
  const failures: unknown[] = [];
  /** Takes `$disconnect` away from the functions, as the gateway does not promise to tell. */
  let losesDisconnects = false;
  const invoke: InvokeLambda = async (name, event) => {
    if (name === 'authorizer') {
      const { queryStringParameters } = event as { queryStringParameters?: { ticket?: string } };
      return { payload: judge(queryStringParameters?.ticket) };
    }
    if (name === '$disconnect' && losesDisconnects) return { payload: { statusCode: 200 } };
    const handler = { $connect: connect, $default: message, $disconnect: disconnect }[name]!;
    try {
      return { payload: await handler(event as never, lambdaContext()) };
    } catch (error) {
      failures.push(error);
      return { functionError: { errorType: 'Error', errorMessage: String(error) } };
    }
  };

  const gateway = createWebSocketApi({
    api,
    port,
    invoke,
    admission: createAdmission(),
    clock: createLocalClock(),
    log: () => {},
  });
  await gateway.start();
  process.env.SOCKET_ENDPOINT = `http://127.0.0.1:${port}/test`;
  return {
    url: `ws://127.0.0.1:${port}/test`,
    /** What the functions threw. */
    failures: failures as readonly unknown[],
    count: () => gateway.count(),
    endAll: () => gateway.endAll(),
    /** A token with which this actor may connect any number of times. */
    admit(actor: Actor): string {
      const token = `token-${tokens.size}`;
      tokens.set(token, actor);
      return token;
    },
    loseDisconnects(lose: boolean): void {
      losesDisconnects = lose;
    },
    stop: () => gateway.stop(),
  };
}
