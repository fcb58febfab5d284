import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLocalClock } from '../clock.ts';
import { createAdmission } from '../gateway/admission.ts';
import type { ApiDeclaration, AuthorizerDeclaration, RouteDeclaration } from '../gateway/declaration.ts';
import type { InvokeResult, LocalService } from '../service.ts';
import { apiOf, fakeFunctions, freePort, routeOf } from '../testing/fixtures.ts';
import { createHttpApi } from './server.ts';

const servers: LocalService[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

type Handlers = Record<string, (event: never) => InvokeResult | Promise<InvokeResult>>;
const ok =
  (payload: unknown = { statusCode: 200, body: 'ok' }) =>
  () => ({ payload });

async function serve(
  routes: RouteDeclaration[],
  handlers: Handlers,
  overrides: Partial<ApiDeclaration> = {},
  admission = createAdmission(),
) {
  const functions = fakeFunctions(handlers);
  const clock = createLocalClock();
  const port = await freePort();
  const server = createHttpApi({
    api: apiOf('HTTP', routes, overrides),
    port,
    invoke: functions.invoke,
    admission,
    clock,
    log: () => undefined,
  });
  servers.push(server);
  await server.start();
  return { ...functions, clock, port, url: `http://127.0.0.1:${port}` };
}

const status = async (response: Promise<Response>) => {
  const { status: code, text } = await response.then(async (r) => ({ status: r.status, text: await r.text() }));
  return [code, text];
};

const authorizer: AuthorizerDeclaration = {
  id: 'auth01',
  functionArn: 'arn:authorizer',
  identitySources: ['$request.header.Authorization'],
  ttlSeconds: 300,
  simpleResponses: true,
};
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('the event of payload format 2.0', () => {
  it('carries the request in exactly this shape', async () => {
    const { port, eventsOf } = await serve([routeOf('POST /a/{id}', { functionArn: 'arn:fn' })], { 'arn:fn': ok() });
    await new Promise<void>((resolve) => {
      const request = httpRequest(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/a/x%20y?q=1&q=2&z=a%26b&empty=',
          headers: {
            Host: 'api.test',
            'Content-Type': 'application/json',
            'X-Twice': ['one', 'two'],
            Cookie: 'a=1; b=2',
            'User-Agent': 'test/1',
          },
        },
        (response) => response.resume().once('end', resolve),
      );
      request.end('{"k":"é"}');
    });
    expect(eventsOf('arn:fn')).toEqual([
      {
        version: '2.0',
        routeKey: 'POST /a/{id}',
        rawPath: '/a/x%20y',
        rawQueryString: 'q=1&q=2&z=a%26b&empty=',
        cookies: ['a=1', 'b=2'],
        headers: {
          'content-length': '10',
          'content-type': 'application/json',
          host: 'api.test',
          'user-agent': 'test/1',
          'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-port': String(port),
          'x-forwarded-proto': 'http',
          'x-twice': 'one,two',
        },
        queryStringParameters: { q: '1,2', z: 'a&b', empty: '' },
        requestContext: {
          accountId: '000000000000',
          apiId: 'abcdef0123',
          domainName: 'api.test',
          domainPrefix: 'api',
          http: { method: 'POST', path: '/a/x%20y', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1' },
          requestId: expect.any(String),
          routeKey: 'POST /a/{id}',
          stage: '$default',
          time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          timeEpoch: expect.any(Number),
        },
        body: '{"k":"é"}',
        pathParameters: { id: 'x y' },
        isBase64Encoded: false,
      },
    ]);
  });

  it('leaves out what a request does not have', async () => {
    const { url, eventsOf } = await serve([routeOf('GET /', { functionArn: 'arn:fn' })], { 'arn:fn': ok() });
    await fetch(`${url}/`);
    const [event] = eventsOf('arn:fn') as Record<string, unknown>[];
    for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters'])
      expect(event).not.toHaveProperty(name);
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
    expect(event?.requestContext).not.toHaveProperty('authorizer');
  });

  it('carries bodies that are not text as base64', async () => {
    const { url, eventsOf } = await serve([routeOf('POST /a', { functionArn: 'arn:fn' })], { 'arn:fn': ok() });
    await fetch(`${url}/a`, {
      method: 'POST',
      body: new Uint8Array([0, 255]),
      headers: { 'content-type': 'image/png' },
    });
    expect(eventsOf('arn:fn')[0]).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });
});

describe('the answer of a function', () => {
  const answer = async (payload: unknown) => {
    const { url } = await serve([routeOf('GET /a')], { 'arn:GET /a': ok(payload) });
    return fetch(`${url}/a`);
  };

  it('may say status, headers, cookies and body', async () => {
    const response = await answer({
      statusCode: 201,
      headers: { 'X-A': 'b', 'Content-Type': 'application/problem+json' },
      cookies: ['c=1; HttpOnly', 'd=2'],
      body: '{"a":1}',
    });
    expect([response.status, response.headers.get('x-a'), response.headers.get('content-type')]).toEqual([
      201,
      'b',
      'application/problem+json',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['c=1; HttpOnly', 'd=2']);
    expect(await response.text()).toBe('{"a":1}');
  });

  it('may be base64', async () => {
    const response = await answer({ statusCode: 200, body: 'AP8=', isBase64Encoded: true });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  it.each([
    ['a text', 'hello', 'hello'],
    ['an object without a status', { a: 1 }, '{"a":1}'],
  ])('may be %s: the JSON body of a 200', async (_name, payload, body) => {
    const response = await answer(payload);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      body,
    ]);
  });

  it.each([
    ['a status that is no number', { statusCode: 'fine' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are no texts', { statusCode: 200, headers: { a: {} } }],
  ])('that has %s becomes 500', async (_name, payload) => {
    expect(await status(answer(payload))).toEqual([500, '{"message":"Internal Server Error"}']);
  });
});

describe('what the gateway answers by itself', () => {
  it.each([
    [
      'an error of the function',
      { functionError: { errorType: 'Error', errorMessage: 'secret' } },
      [500, '{"message":"Internal Server Error"}'],
    ],
    ['no capacity', { throttled: true }, [503, '{"message":"Service Unavailable"}']],
  ] as const)('%s', async (_name, result, expected) => {
    const { url } = await serve([routeOf('GET /a')], { 'arn:GET /a': () => result });
    expect(await status(fetch(`${url}/a`))).toEqual(expected);
  });

  it('503 when the integration takes longer than its timeout', async () => {
    const { url } = await serve([routeOf('GET /a', { timeoutMs: 50 })], {
      'arn:GET /a': () => new Promise(() => undefined),
    });
    expect(await status(fetch(`${url}/a`))).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('404 for an unknown route, and for another method', async () => {
    const { url } = await serve([routeOf('GET /a')], { 'arn:GET /a': ok() });
    expect(await status(fetch(`${url}/b`))).toEqual([404, '{"message":"Not Found"}']);
    expect(await status(fetch(`${url}/a`, { method: 'DELETE' }))).toEqual([404, '{"message":"Not Found"}']);
  });

  it('400 for a path that is not valid text', async () => {
    const { url } = await serve([routeOf('GET /a/{id}')], {});
    expect(await status(fetch(`${url}/a/%E0%A4%A`))).toEqual([400, '{"message":"Bad Request"}']);
  });

  it('413 for a body above 10 MB, also when its length is not announced', async () => {
    const { url, port, events } = await serve([routeOf('POST /a')], { 'arn:POST /a': ok() });
    const tooLarge = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(await status(fetch(`${url}/a`, { method: 'POST', body: tooLarge }))).toEqual([
      413,
      '{"message":"Request Entity Too Large"}',
    ]);
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/a' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
      request.write(tooLarge);
    });
    expect(chunked).toBe(413);
    expect(events).toHaveLength(0);
  });

  it('431 for headers above 10 KB', async () => {
    const { url } = await serve([routeOf('GET /a')], {});
    const [code] = await status(fetch(`${url}/a`, { headers: { 'x-long': 'x'.repeat(10_300) } }));
    expect(code).toBe(431);
  });

  it('429 while too much is under way behind all routes', async () => {
    const admission = { ...createAdmission(), admitsRequest: () => false };
    const { url, events } = await serve(
      [routeOf('GET /a', { functionArn: 'arn:a' })],
      { 'arn:a': ok() },
      {},
      admission,
    );
    expect(await status(fetch(`${url}/a`))).toEqual([429, '{"message":"Too Many Requests"}']);
    expect(await status(fetch(`${url}/b`))).toEqual([404, '{"message":"Not Found"}']);
    expect(events).toEqual([]);
  });

  it('429 beyond the burst of a route, for that route alone', async () => {
    const throttle = { ratePerSecond: 0.001, burst: 2 };
    const { url, eventsOf } = await serve([routeOf('GET /a', { throttle }), routeOf('GET /b')], {
      'arn:GET /a': ok(),
      'arn:GET /b': ok(),
    });
    const codes = [];
    for (const path of ['a', 'a', 'a', 'b']) codes.push((await status(fetch(`${url}/${path}`)))[0]);
    expect(codes).toEqual([200, 200, 429, 200]);
    expect(eventsOf('arn:GET /a')).toHaveLength(2);
  });

  it('stays up when a client goes away in the middle of its body', async () => {
    const { port, url, events } = await serve([routeOf('POST /a')], { 'arn:POST /a': ok() });
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
      });
      socket.once('close', () => resolve());
    });
    expect((await status(fetch(`${url}/a`, { method: 'POST' })))[0]).toBe(200);
    expect(events).toHaveLength(1);
  });
});

describe('the authorizer', () => {
  const guarded = (verdict: (event: never) => InvokeResult, overrides: Partial<AuthorizerDeclaration> = {}) => {
    const guard = { ...authorizer, ...overrides };
    return serve([routeOf('GET /a', { authorizer: guard }), routeOf('GET /b/{id}', { authorizer: guard })], {
      'arn:authorizer': verdict,
      'arn:GET /a': ok(),
      'arn:GET /b/{id}': ok(),
    });
  };
  const allow = ({ headers }: { headers: Record<string, string> }): InvokeResult => ({
    payload: { isAuthorized: true, context: { token: headers.authorization } },
  });

  it('is asked in the shape of payload format 2.0, and its context reaches the function', async () => {
    const { url, eventsOf } = await guarded(allow as never);
    await fetch(`${url}/b/7?x=1`, bearer('t'));
    expect(eventsOf('arn:authorizer')).toEqual([
      expect.objectContaining({
        version: '2.0',
        type: 'REQUEST',
        routeArn: 'arn:aws:execute-api:eu-central-1:000000000000:abcdef0123/$default/GET/b/7',
        identitySource: ['Bearer t'],
        routeKey: 'GET /b/{id}',
        rawPath: '/b/7',
        rawQueryString: 'x=1',
        pathParameters: { id: '7' },
      }),
    ]);
    expect(eventsOf('arn:authorizer')[0]).not.toHaveProperty('body');
    expect(eventsOf('arn:GET /b/{id}')[0]).toMatchObject({
      requestContext: { authorizer: { lambda: { token: 'Bearer t' } } },
    });
  });

  it('is not asked without its identity source: 401', async () => {
    const { url, events } = await guarded(allow as never);
    expect(await status(fetch(`${url}/a`))).toEqual([401, '{"message":"Unauthorized"}']);
    expect(events).toHaveLength(0);
  });

  it('may refuse: 403, and the function is not called', async () => {
    const { url, eventsOf } = await guarded(() => ({ payload: { isAuthorized: false } }));
    expect(await status(fetch(`${url}/a`, bearer('t')))).toEqual([403, '{"message":"Forbidden"}']);
    expect(eventsOf('arn:GET /a')).toHaveLength(0);
  });

  it('is asked once for a token, whatever the route, until its time is over', async () => {
    const { url, eventsOf, clock } = await guarded(allow as never);
    await fetch(`${url}/a`, bearer('t'));
    await fetch(`${url}/b/1`, bearer('t'));
    await fetch(`${url}/a`, bearer('other'));
    expect(eventsOf('arn:authorizer')).toHaveLength(2);
    expect(eventsOf('arn:GET /b/{id}')[0]).toMatchObject({
      requestContext: { authorizer: { lambda: { token: 'Bearer t' } } },
    });
    await clock.advance(299_000);
    await fetch(`${url}/a`, bearer('t'));
    expect(eventsOf('arn:authorizer')).toHaveLength(2);
    await clock.advance(2_000);
    await fetch(`${url}/a`, bearer('t'));
    expect(eventsOf('arn:authorizer')).toHaveLength(3);
  });

  it('has its refusals remembered too', async () => {
    const { url, eventsOf } = await guarded(() => ({ payload: { isAuthorized: false } }));
    await fetch(`${url}/a`, bearer('t'));
    expect((await status(fetch(`${url}/a`, bearer('t'))))[0]).toBe(403);
    expect(eventsOf('arn:authorizer')).toHaveLength(1);
  });

  it('is asked each time when nothing is to be remembered', async () => {
    const { url, eventsOf } = await guarded(allow as never, { ttlSeconds: 0 });
    await fetch(`${url}/a`, bearer('t'));
    await fetch(`${url}/a`, bearer('t'));
    expect(eventsOf('arn:authorizer')).toHaveLength(2);
  });

  it.each([
    ['fails', { functionError: { errorType: 'Error', errorMessage: 'x' } }],
    ['answers no verdict', { payload: { isAuthorized: 'yes' } }],
    ['answers nothing', { payload: null }],
  ] as const)('that %s makes a 500, which is not remembered', async (_name, result) => {
    const { url, eventsOf } = await guarded(() => result);
    expect(await status(fetch(`${url}/a`, bearer('t')))).toEqual([500, '{"message":"Internal Server Error"}']);
    await fetch(`${url}/a`, bearer('t'));
    expect(eventsOf('arn:authorizer')).toHaveLength(2);
  });

  it('with an identity source that is not known locally stops the start', async () => {
    const route = routeOf('GET /a', { authorizer: { ...authorizer, identitySources: ['$stageVariables.x'] } });
    await expect(serve([route], {})).rejects.toThrow('the identity source $stageVariables.x is not supported locally');
  });
});

describe('CORS', () => {
  const cors = {
    AllowOrigins: ['http://game.test'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['authorization'],
    ExposeHeaders: ['retry-after'],
    AllowCredentials: false,
    MaxAge: 60,
  };
  const withHeaders = { statusCode: 200, headers: { 'access-control-allow-origin': '*' }, body: 'ok' };

  it('is answered by the gateway, without a route and without a function', async () => {
    const { url, events } = await serve([routeOf('POST /a')], {}, { cors });
    const response = await fetch(`${url}/a`, {
      method: 'OPTIONS',
      headers: { origin: 'http://game.test', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://game.test',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '60',
    });
    expect(events).toHaveLength(0);
  });

  it('allows nothing to another origin, whatever the function says', async () => {
    const { url } = await serve([routeOf('GET /a')], { 'arn:GET /a': ok(withHeaders) }, { cors });
    const foreign = await fetch(`${url}/a`, { headers: { origin: 'http://evil.test' } });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const own = await fetch(`${url}/a`, { headers: { origin: 'http://game.test' } });
    expect(own.headers.get('access-control-allow-origin')).toBe('http://game.test');
    expect(own.headers.get('access-control-expose-headers')).toBe('retry-after');
  });
});
