import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
  type CfnRoute,
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  WebSocketApi,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
  WebSocketLambdaAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  HttpLambdaIntegration,
  HttpUrlIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { loadAssembly } from '../template/assembly.ts';
import { registryOf } from '../testing/fixtures.ts';
import { readApis } from './declaration.ts';

/** Reads the APIs of a stack as CDK writes it now. */
function apisOf(build: (stack: Stack, fn: (name: string) => LambdaFunction) => void) {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'app');
  build(
    stack,
    (name) =>
      new LambdaFunction(stack, name, {
        functionName: name,
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => 1;'),
      }),
  );
  return readApis(registryOf(...loadAssembly(app.synth().directory, 'dev')), 'eu-central-1', '000000000000');
}

const arn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;

// Loading the CDK library takes seconds on a busy machine.
describe('APIs of a template', { timeout: 60_000 }, () => {
  it('are read with routes, integrations, authorizers, throttles and CORS', () => {
    const [api] = apisOf((stack, fn) => {
      const http = new HttpApi(stack, 'Api', {
        apiName: 'players',
        createDefaultStage: false,
        corsPreflight: {
          allowOrigins: ['http://game.test'],
          allowMethods: [CorsHttpMethod.GET],
          maxAge: Duration.hours(1),
        },
      });
      new HttpStage(stack, 'Stage', { httpApi: http, autoDeploy: true, throttle: { rateLimit: 10, burstLimit: 20 } });
      const authorizer = new HttpLambdaAuthorizer('Authorizer', fn('guard'), {
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        resultsCacheTtl: Duration.minutes(5),
      });
      const integration = new HttpLambdaIntegration('Get', fn('get'), { timeout: Duration.seconds(7) });
      http.addRoutes({ path: '/a/{id}', methods: [HttpMethod.GET], integration, authorizer });
      http.addRoutes({
        path: '/open',
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration('Post', fn('post')),
      });
    });
    const routes = api!.routes.toSorted((a, b) => a.routeKey.localeCompare(b.routeKey));
    expect(api).toMatchObject({
      name: 'players',
      protocol: 'HTTP',
      stage: '$default',
      portName: expect.stringMatching(/^api-app-/),
    });
    expect(api!.cors).toMatchObject({ AllowOrigins: ['http://game.test'], AllowMethods: ['GET'], MaxAge: 3600 });
    expect(routes).toEqual([
      {
        routeKey: 'GET /a/{id}',
        functionArn: arn('get'),
        timeoutMs: 7_000,
        authorizer: {
          id: expect.any(String),
          functionArn: arn('guard'),
          identitySources: ['$request.header.Authorization'],
          ttlSeconds: 300,
          simpleResponses: true,
        },
        throttle: { ratePerSecond: 10, burst: 20 },
        returnsResponse: false,
      },
      expect.objectContaining({
        routeKey: 'POST /open',
        functionArn: arn('post'),
        timeoutMs: 30_000,
        authorizer: undefined,
      }),
    ]);
  });

  it('may give one route a throttle of its own', () => {
    const [api] = apisOf((stack, fn) => {
      const http = new HttpApi(stack, 'Api', { createDefaultStage: false });
      http.addRoutes({ path: '/a', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('A', fn('a')) });
      new CfnStage(stack, 'Stage', {
        apiId: http.apiId,
        stageName: '$default',
        autoDeploy: true,
        defaultRouteSettings: { throttlingRateLimit: 500, throttlingBurstLimit: 1_000 },
        routeSettings: { 'GET /a': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
      });
    });
    expect(api!.routes[0]!.throttle).toEqual({ ratePerSecond: 1, burst: 2 });
  });

  it('may be WebSocket APIs, whose integrations name their functions by invocation path', () => {
    const [api] = apisOf((stack, fn) => {
      const sockets = new WebSocketApi(stack, 'Sockets', {
        connectRouteOptions: {
          integration: new WebSocketLambdaIntegration('Connect', fn('connect')),
          authorizer: new WebSocketLambdaAuthorizer('Guard', fn('guard'), { identitySource: [] }),
        },
        defaultRouteOptions: {
          integration: new WebSocketLambdaIntegration('Message', fn('message')),
          returnResponse: true,
        },
      });
      new WebSocketStage(stack, 'Stage', { webSocketApi: sockets, stageName: 'ws', autoDeploy: true });
    });
    expect(api).toMatchObject({ protocol: 'WEBSOCKET', stage: 'ws', routeSelectionExpression: '$request.body.action' });
    expect(api!.routes).toEqual([
      expect.objectContaining({
        routeKey: '$connect',
        functionArn: arn('connect'),
        authorizer: expect.objectContaining({ functionArn: arn('guard'), ttlSeconds: 0, identitySources: [] }),
        returnsResponse: false,
      }),
      expect.objectContaining({ routeKey: '$default', functionArn: arn('message'), returnsResponse: true }),
    ]);
  });

  it('that proxy to another server are refused, by the name of the integration', () => {
    const read = () =>
      apisOf((stack) => {
        const http = new HttpApi(stack, 'Api');
        http.addRoutes({ path: '/a', integration: new HttpUrlIntegration('Away', 'https://example.com') });
      });
    expect(read).toThrow(/app\.ApiANYaAway\w* \(AWS::ApiGatewayV2::Integration\)[\s\S]*IntegrationType/);
  });

  it('with a property that is not known are refused, by its name', () => {
    const read = () =>
      apisOf((stack) => new CfnApi(stack, 'Api', { name: 'x', protocolType: 'HTTP', failOnWarnings: true }));
    expect(read).toThrow(/app\.Api \(AWS::ApiGatewayV2::Api\)[\s\S]*FailOnWarnings/);
  });

  it('whose function does not let the API invoke it are refused, as API Gateway would answer 500', () => {
    const read = () =>
      apisOf((stack, fn) => {
        const http = new HttpApi(stack, 'Api');
        http.addRoutes({ path: '/a', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('A', fn('a')) });
        const route = http.node.findChild('GET--a').node.defaultChild as CfnRoute;
        // The permission that CDK adds is for GET /a.
        route.routeKey = 'GET /b';
      });
    expect(read).toThrow("(GET /b): the function's permissions do not let this API invoke it");
  });
});
