import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLocalClock } from '../clock.ts';
import { createAdmission } from '../gateway/admission.ts';
import type { ApiDeclaration, AuthorizerDeclaration, RouteDeclaration } from '../gateway/declaration.ts';
import type { InvokeResult, LocalService } from '../service.ts';
import { apiOf, fakeFunctions, freePort, routeOf } from '../testing/fixtures.ts';
import { createWebSocketApi } from './server.ts';

/** Waits longer than the machine is ever busy. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000 });

const servers: LocalService[] = [];
const clients: WebSocket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

type Handlers = Record<string, (event: never) => InvokeResult | Promise<InvokeResult>>;
const ok: InvokeResult = { payload: { statusCode: 200 } };
const connectRoute = (authorizer?: AuthorizerDeclaration) =>
  routeOf('$connect', { functionArn: 'arn:connect', authorizer });
const plainRoutes = [
  connectRoute(),
  routeOf('$default', { functionArn: 'arn:message' }),
  routeOf('$disconnect', { functionArn: 'arn:disconnect' }),
];
const authorizer: AuthorizerDeclaration = {
  id: 'auth01',
  functionArn: 'arn:authorizer',
  identitySources: [],
  ttlSeconds: 0,
  simpleResponses: false,
};

interface SocketEvent {
  readonly requestContext: Record<string, unknown> & { connectionId: string };
  readonly body?: string;
}

async function serve(
  handlers: Handlers = {},
  routes: RouteDeclaration[] = plainRoutes,
  overrides: Partial<ApiDeclaration> = {},
  admission = createAdmission(),
) {
  const functions = fakeFunctions({
    'arn:connect': () => ok,
    'arn:message': () => ok,
    'arn:disconnect': () => ok,
    ...handlers,
  });
  const clock = createLocalClock();
  const port = await freePort();
  const server = createWebSocketApi({
    api: apiOf('WEBSOCKET', routes, overrides),
    port,
    invoke: functions.invoke,
    admission,
    clock,
    log: () => undefined,
  });
  servers.push(server);
  await server.start();
  const management = new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${port}/ws`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const url = `ws://127.0.0.1:${port}/ws`;
  const dial = (query = '', protocols: string[] = [], headers: Record<string, string> = {}) => {
    const client = new WebSocket(`${url}${query}`, protocols, { headers, perMessageDeflate: false });
    clients.push(client);
    const received: string[] = [];
    client.on('message', (data) => received.push(data.toString()));
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      client.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    const opened = new Promise<void>((resolve, reject) => {
      client.once('open', () => resolve());
      client.once('error', reject);
    });
    opened.catch(() => undefined);
    return { client, opened, closed, received };
  };
  const open = async (...args: Parameters<typeof dial>) => {
    const dialled = dial(...args);
    await dialled.opened;
    return dialled;
  };
  const events = (arn: string) => functions.eventsOf(arn) as SocketEvent[];
  const lastConnectionId = () => events('arn:connect').at(-1)!.requestContext.connectionId;
  return { ...functions, events, clock, server, management, url, dial, open, lastConnectionId };
}

const post = (ConnectionId: string, Data: string) => new PostToConnectionCommand({ ConnectionId, Data });

describe('connecting', () => {
  it('tells $connect of the handshake in the shape of API Gateway', async () => {
    const { open, events, url } = await serve();
    await open('?ticket=a&x=1&x=2', [], { 'X-Own': 'v', 'User-Agent': 'test/1' });
    const host = new URL(url).host;
    const [event] = events('arn:connect');
    expect(event).toEqual({
      headers: expect.objectContaining({ Host: host, 'X-Own': 'v', 'Sec-WebSocket-Version': '13' }),
      multiValueHeaders: expect.objectContaining({ Host: [host], 'X-Own': ['v'] }),
      queryStringParameters: { ticket: 'a', x: '2' },
      multiValueQueryStringParameters: { ticket: ['a'], x: ['1', '2'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: expect.any(String),
        requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:/),
        messageDirection: 'IN',
        stage: 'ws',
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        identity: { userAgent: 'test/1', sourceIp: '127.0.0.1' },
        requestId: expect.any(String),
        domainName: host,
        connectionId: expect.stringMatching(/^[\w-]+=$/),
        apiId: 'abcdef0123',
      },
      isBase64Encoded: false,
    });
  });

  it('answers the subprotocol that the integration names', async () => {
    const reply = { payload: { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'v12.stomp' } } };
    const { open } = await serve({ 'arn:connect': () => reply });
    const { client } = await open('', ['v10.stomp', 'v12.stomp']);
    expect(client.protocol).toBe('v12.stomp');
  });

  it('answers no subprotocol when the integration names none, and clients that asked for one refuse that', async () => {
    const { dial } = await serve();
    await expect(dial('', ['v12.stomp']).opened).rejects.toThrow('Server sent no subprotocol');
  });

  it.each([
    ['401 of the integration', { payload: { statusCode: 401 } }, 401],
    ['an answer without a status', { payload: {} }, 502],
    ['a failing integration', { functionError: { errorType: 'Error', errorMessage: 'x' } }, 502],
  ] as const)('%s refuses the upgrade', async (_name, result, code) => {
    const { dial, server } = await serve({ 'arn:connect': () => result });
    await expect(dial().opened).rejects.toThrow(`Unexpected server response: ${code}`);
    expect(server.count()).toBe(0);
  });

  it('refuses another path than the stage', async () => {
    const { dial, events } = await serve();
    await expect(dial('/other').opened).rejects.toThrow('Unexpected server response: 403');
    expect(events('arn:connect')).toHaveLength(0);
  });
});

describe('the authorizer of $connect', () => {
  const policy = (Effect: string, Resource: string) => ({
    payload: {
      principalId: 'acc_1',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
      context: { accountId: 'acc_1' },
    },
  });
  const guarded = (result: InvokeResult, overrides: Partial<AuthorizerDeclaration> = {}) =>
    serve({ 'arn:authorizer': () => result }, [connectRoute({ ...authorizer, ...overrides }), ...plainRoutes.slice(1)]);

  it('lets in by a policy for the route, and its context goes with every event of the connection', async () => {
    const { open, events } = await guarded(policy('Allow', 'arn:aws:execute-api:*:*:abcdef0123/ws/$connect'));
    const { client } = await open();
    client.send('hi');
    await eventually(() => expect(events('arn:message')).toHaveLength(1));
    client.close();
    await eventually(() => expect(events('arn:disconnect')).toHaveLength(1));
    expect(events('arn:authorizer')[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:eu-central-1:000000000000:abcdef0123/ws/$connect',
    });
    for (const arn of ['arn:connect', 'arn:message', 'arn:disconnect']) {
      expect(events(arn)[0]!.requestContext.authorizer).toMatchObject({ principalId: 'acc_1', accountId: 'acc_1' });
    }
  });

  it.each([
    ['denies', policy('Deny', '*'), 403],
    ['allows something else', policy('Allow', 'arn:aws:execute-api:*:*:other/ws/$connect'), 403],
    ['throws Unauthorized', { functionError: { errorType: 'Error', errorMessage: 'Unauthorized' } }, 401],
    ['throws anything else', { functionError: { errorType: 'Error', errorMessage: 'x' } }, 500],
    ['answers no policy', { payload: { isAuthorized: true } }, 500],
  ] as const)('that %s refuses the upgrade, and $connect is not called', async (_name, result, code) => {
    const { dial, events } = await guarded(result);
    await expect(dial().opened).rejects.toThrow(`Unexpected server response: ${code}`);
    expect(events('arn:connect')).toHaveLength(0);
  });

  it('is not asked without its identity source: 401', async () => {
    const { dial, open, events } = await guarded(policy('Allow', '*'), {
      identitySources: ['route.request.querystring.ticket'],
    });
    await expect(dial().opened).rejects.toThrow('Unexpected server response: 401');
    expect(events('arn:authorizer')).toHaveLength(0);
    await open('?ticket=x');
    expect(events('arn:authorizer')).toHaveLength(1);
  });
});

describe('messages', () => {
  it('reach $default with an id of their own', async () => {
    const { open, events } = await serve();
    const { client } = await open();
    client.send('one');
    client.send('two');
    await eventually(() => expect(events('arn:message')).toHaveLength(2));
    const [one, two] = events('arn:message');
    expect(one).toMatchObject({
      body: 'one',
      isBase64Encoded: false,
      requestContext: { routeKey: '$default', eventType: 'MESSAGE', messageId: expect.any(String) },
    });
    expect(one).not.toHaveProperty('headers');
    expect(two!.requestContext.messageId).not.toBe(one!.requestContext.messageId);
  });

  it('of one connection are handled one after the other, in order', async () => {
    let running = 0;
    let most = 0;
    const { open, events } = await serve({
      'arn:message': async ({ body }: { body: string }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, body === '0' ? 30 : 0));
        running--;
        return ok;
      },
    });
    const { client } = await open();
    for (let index = 0; index < 10; index++) client.send(String(index));
    await eventually(() => expect(events('arn:message')).toHaveLength(10));
    expect(events('arn:message').map(({ body }) => body)).toEqual([...'0123456789']);
    expect(most).toBe(1);
  });

  it('are not answered by what the integration returns, unless the route says so', async () => {
    const reply = { 'arn:message': () => ({ payload: { statusCode: 200, body: 'answer' } }) };
    const silent = await serve(reply);
    const first = await silent.open();
    first.client.send('x');
    await eventually(() => expect(silent.events('arn:message')).toHaveLength(1));
    await silent.management.send(post(silent.lastConnectionId(), 'marker'));
    await eventually(() => expect(first.received).toEqual(['marker']));

    const speaking = await serve(reply, [
      connectRoute(),
      routeOf('$default', { functionArn: 'arn:message', returnsResponse: true }),
    ]);
    const second = await speaking.open();
    second.client.send('x');
    await eventually(() => expect(second.received).toEqual(['answer']));
  });

  it('that fail are answered by the gateway, and the connection stays', async () => {
    const { open } = await serve({
      'arn:message': () => ({ functionError: { errorType: 'E', errorMessage: 'secret' } }),
    });
    const { client, received } = await open();
    client.send('x');
    await eventually(() => expect(received).toHaveLength(1));
    expect(JSON.parse(received[0]!)).toEqual({
      message: 'Internal server error',
      connectionId: expect.any(String),
      requestId: expect.any(String),
    });
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it('go to the route that their body names', async () => {
    const routes = [...plainRoutes, routeOf('chat', { functionArn: 'arn:chat' })];
    const { open, events } = await serve({ 'arn:chat': () => ok }, routes, {
      routeSelectionExpression: '$request.body.action',
    });
    const { client } = await open();
    for (const body of ['{"action":"chat"}', '{"action":"$connect"}', 'no json']) client.send(body);
    await eventually(() => expect(events('arn:message')).toHaveLength(2));
    expect(events('arn:chat')).toHaveLength(1);
    expect(events('arn:connect')).toHaveLength(1);
  });
});

describe('limits of a connection', () => {
  it('takes a message of 128 KB in frames of 32 KB', async () => {
    const { open, events } = await serve();
    const { client } = await open();
    for (let index = 0; index < 4; index++) client.send('x'.repeat(32 * 1024), { fin: index === 3 });
    await eventually(() => expect(events('arn:message')).toHaveLength(1));
    expect(events('arn:message')[0]!.body).toHaveLength(128 * 1024);
  });

  it('closes with 1009 on a frame above 32 KB, and the message is not handled', async () => {
    const { open, events } = await serve();
    const { client, closed } = await open();
    client.send('x'.repeat(32 * 1024 + 1));
    expect((await closed).code).toBe(1009);
    await eventually(() => expect(events('arn:disconnect')).toHaveLength(1));
    expect(events('arn:message')).toHaveLength(0);
  });

  it('closes with 1009 on a message above 128 KB', async () => {
    const { open, events } = await serve();
    const { client, closed } = await open();
    for (let index = 0; index < 5; index++) client.send('x'.repeat(32 * 1024), { fin: index === 4 });
    expect((await closed).code).toBe(1009);
    expect(events('arn:message')).toHaveLength(0);
  });

  it('closes with 1003 on a binary frame', async () => {
    const { open } = await serve();
    const { client, closed } = await open();
    client.send(Buffer.from([1]));
    expect((await closed).code).toBe(1003);
  });

  it('closes with 1001 after ten idle minutes; a message begins them anew', async () => {
    const { open, clock, events, server } = await serve();
    const { client, closed } = await open();
    await clock.advance(9 * 60_000);
    client.send('x');
    await eventually(() => expect(events('arn:message')).toHaveLength(1));
    await clock.advance(9 * 60_000);
    expect(server.count()).toBe(1);
    await clock.advance(61_000);
    expect((await closed).code).toBe(1001);
  });

  it('closes with 1001 after two hours, however busy', async () => {
    const { open, clock, management, lastConnectionId } = await serve();
    const { closed } = await open();
    for (let minutes = 0; minutes < 117; minutes += 9) {
      await clock.advance(9 * 60_000);
      await management.send(post(lastConnectionId(), 'keep'));
    }
    await clock.advance(4 * 60_000);
    expect((await closed).code).toBe(1001);
  });

  it('ends all connections at once when it goes away, and tells the function of each', async () => {
    const { server, open, events } = await serve();
    const dialled = await Promise.all([open(), open(), open()]);
    expect(server.endAll()).toBe(3);
    expect(await Promise.all(dialled.map(({ closed }) => closed))).toEqual(
      dialled.map(() => ({ code: 1001, reason: 'Going away' })),
    );
    await eventually(() => expect(events('arn:disconnect')).toHaveLength(3));
    expect([server.endAll(), server.count()]).toEqual([0, 0]);
  });

  it('refuses connections with 429 while too much is under way', async () => {
    const admission = { ...createAdmission(), admitsSocket: () => false };
    const { dial, events } = await serve({}, plainRoutes, {}, admission);
    await expect(dial().opened).rejects.toThrow('Unexpected server response: 429');
    expect(events('arn:connect')).toEqual([]);
  });

  it('refuses connections beyond the throttle of $connect with 429', async () => {
    const throttle = { ratePerSecond: 0.001, burst: 1 };
    const { open, dial } = await serve({}, [routeOf('$connect', { functionArn: 'arn:connect', throttle })]);
    await open();
    await expect(dial().opened).rejects.toThrow('Unexpected server response: 429');
  });
});

describe('the connection management API', () => {
  it('posts to a client, tells of it and closes it', async () => {
    const { open, management, lastConnectionId, events } = await serve();
    const { closed, received } = await open('', [], { 'User-Agent': 'test/1' });
    const ConnectionId = lastConnectionId();
    await management.send(post(ConnectionId, 'héllo'));
    await eventually(() => expect(received).toEqual(['héllo']));
    const about = await management.send(new GetConnectionCommand({ ConnectionId }));
    expect(about).toMatchObject({
      ConnectedAt: expect.any(Date),
      LastActiveAt: expect.any(Date),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'test/1' },
    });
    await management.send(new DeleteConnectionCommand({ ConnectionId }));
    expect((await closed).code).toBe(1000);
    await eventually(() => expect(events('arn:disconnect')).toHaveLength(1));
  });

  it('answers GoneException for a connection that is closed or was never there', async () => {
    const { open, management, lastConnectionId, events } = await serve();
    const { client } = await open();
    client.close(1000, 'bye');
    await eventually(() => expect(events('arn:disconnect')).toHaveLength(1));
    expect(events('arn:disconnect')[0]!.requestContext).toMatchObject({
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      disconnectStatusCode: 1000,
      disconnectReason: 'bye',
    });
    for (const id of [lastConnectionId(), 'never=']) {
      const error = await management.send(post(id, 'x')).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(GoneException);
      expect(error).toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
    }
  });

  it('answers GoneException while $connect has not ended', async () => {
    let during: unknown;
    const { open, management } = await serve({
      'arn:connect': async (event: SocketEvent) => {
        during = await management
          .send(post(event.requestContext.connectionId, 'early'))
          .catch((reason: unknown) => reason);
        return ok;
      },
    });
    const { received } = await open();
    expect(during).toBeInstanceOf(GoneException);
    expect(received).toEqual([]);
  });

  it('refuses messages above 128 KB, and callers without a signature', async () => {
    const { open, management, lastConnectionId, url } = await serve();
    await open();
    const error = await management
      .send(post(lastConnectionId(), 'x'.repeat(128 * 1024 + 1)))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PayloadTooLargeException);
    const unsigned = await fetch(`${url.replace('ws:', 'http:')}/@connections/${lastConnectionId()}`, {
      method: 'DELETE',
    });
    expect(unsigned.status).toBe(403);
  });

  it('keeps the order of posts', async () => {
    const { open, management, lastConnectionId } = await serve();
    const { received } = await open();
    for (let index = 0; index < 20; index++) await management.send(post(lastConnectionId(), String(index)));
    await eventually(() => expect(received).toHaveLength(20));
    expect(received).toEqual(Array.from({ length: 20 }, (_unused, index) => String(index)));
  });
});

describe('stopping', () => {
  it('closes clients with 1001 and lets $disconnect finish', async () => {
    let finished = 0;
    const { open, server } = await serve({
      'arn:disconnect': async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        finished++;
        return ok;
      },
    });
    const [one, two] = [await open(), await open()];
    await server.stop();
    expect([(await one.closed).code, (await two.closed).code]).toEqual([1001, 1001]);
    expect(finished).toBe(2);
  });
});
