import { Duration, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ApiName, AuthorizerIds } from '#infra/constructs/endpoint-route.ts';
import type { GameFunction } from '#infra/constructs/game-function.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';

/** How long the gateway keeps an authorizer's answer for one Authorization header. */
export const authorizerCache = Duration.minutes(5);

/** One function as the authorizer of both HTTP APIs: simple responses, cached by the Authorization header. */
export function httpAuthorizers(fn: GameFunction, around: Surroundings): AuthorizerIds {
  const authorizerOf = (name: ApiName): string => {
    const apiId = around.apis[name].apiId;
    const authorizer = new CfnAuthorizer(fn, `${name}Authorizer`, {
      apiId,
      name: `${name}-tokens`,
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(fn),
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      identitySource: ['$request.header.Authorization'],
      authorizerResultTtlInSeconds: authorizerCache.toSeconds(),
    });
    allowAuthorizer(fn, `${name}Permission`, apiId, authorizer.ref);
    return authorizer.ref;
  };
  return { player: authorizerOf('player'), admin: authorizerOf('admin') };
}

/** The authorizer of `$connect`: asked each time, since it takes a ticket or a bearer token and tickets work once. */
export function socketAuthorizer(fn: GameFunction, around: Surroundings): string {
  const apiId = around.socketApi.apiId;
  const authorizer = new CfnAuthorizer(fn, 'SocketAuthorizer', {
    apiId,
    name: 'connect',
    authorizerType: 'REQUEST',
    authorizerUri: invocationUri(fn),
  });
  allowAuthorizer(fn, 'SocketPermission', apiId, authorizer.ref);
  return authorizer.ref;
}

function invocationUri(fn: GameFunction): string {
  const { partition, region } = Stack.of(fn);
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.lambda.functionArn}/invocations`;
}

function allowAuthorizer(fn: GameFunction, id: string, apiId: string, authorizerId: string): void {
  fn.lambda.addPermission(id, {
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: Stack.of(fn as Construct).formatArn({
      service: 'execute-api',
      resource: apiId,
      resourceName: `authorizers/${authorizerId}`,
    }),
  });
}
