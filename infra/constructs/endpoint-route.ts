import { Duration } from 'aws-cdk-lib';
import {
  HttpAuthorizer,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import { GameFunction } from '#infra/constructs/game-function.ts';
import { constructId, functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';

export type ApiName = 'player' | 'admin';

/** Administrators have an API of their own, so that each API keeps far from its 300 integrations. */
export function apiOf(endpoint: Endpoint): ApiName {
  return endpoint.path.startsWith('/api/v1/admin/') ? 'admin' : 'player';
}

/** The authorizer of each HTTP API, by its id. */
export type AuthorizerIds = Readonly<Record<ApiName, string>>;

/** One endpoint: its function, its route behind the authorizer, and its alarm. */
export class EndpointRoute extends Construct {
  readonly alarms: readonly GameAlarm[];

  constructor(scope: Construct, endpoint: Endpoint, around: Surroundings, authorizers: AuthorizerIds) {
    super(scope, `${constructId(endpoint)}Endpoint`);
    const fn = new GameFunction(this, endpoint, around);
    const apiName = apiOf(endpoint);
    const api = around.apis[apiName];
    const route = new HttpRoute(this, 'Route', {
      httpApi: api,
      routeKey: HttpRouteKey.with(endpoint.path, endpoint.method as HttpMethod),
      integration: new HttpLambdaIntegration('Integration', fn.lambda, {
        // One second more than the function has, at most the gateway's own limit: the function's own timeout answers first.
        timeout: Duration.seconds(Math.min(29, fn.timeoutSeconds + 1)),
      }),
      authorizer: this.authorizerFor(endpoint, authorizers[apiName]),
    });
    if (endpoint.auth === 'public') {
      acknowledge(route, 'APIG4', 'Declared public in its contract: callers have no token yet.');
    }
    this.alarms = [
      new GameAlarm(this, 'Alarm', {
        name: `${functionName(around.config.stage, endpoint)}-errors`,
        // The gateway's count has what the function answered as 500 and what ended in a timeout or crash.
        metric: new Metric({
          namespace: 'AWS/ApiGateway',
          metricName: '5xx',
          dimensionsMap: { ApiId: api.apiId, Stage: '$default', Method: endpoint.method, Resource: endpoint.path },
          statistic: 'Sum',
          period: Duration.minutes(5),
        }),
        above: around.config.errorsBeforeAlarm - 1,
        what: `${endpoint.method} ${endpoint.path} answers server errors`,
        impact: endpoint.impact,
        topic: around.alarmTopic,
      }),
    ];
  }

  private authorizerFor(endpoint: Endpoint, authorizerId: string): IHttpRouteAuthorizer {
    if (endpoint.auth === 'public') return new HttpNoneAuthorizer();
    return HttpAuthorizer.fromHttpAuthorizerAttributes(this, 'Authorizer', { authorizerId, authorizerType: 'CUSTOM' });
  }
}
