import { z } from 'zod';
import type { ResolvedResource, ResourceRegistry } from '../service.ts';
import { apiPortName } from '../template/hosted-types.ts';
import { withoutQualifier } from '../template/registry.ts';

export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface AuthorizerDeclaration {
  readonly id: string;
  readonly functionArn: string;
  /** `$request.header.Authorization` for HTTP, `route.request.querystring.ticket` for WebSocket. */
  readonly identitySources: readonly string[];
  /** 0: every request is judged anew. */
  readonly ttlSeconds: number;
  /** The function answers `{ isAuthorized, context }`, not a policy. */
  readonly simpleResponses: boolean;
}

export interface RouteDeclaration {
  /** `GET /api/v1/characters/{characterId}`, `$default`, `$connect` … */
  readonly routeKey: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly authorizer: AuthorizerDeclaration | undefined;
  readonly throttle: Throttle | undefined;
  /** WebSocket: the integration's body goes back to the client. */
  readonly returnsResponse: boolean;
}

export interface ApiDeclaration {
  readonly id: string;
  readonly name: string;
  readonly protocol: 'HTTP' | 'WEBSOCKET';
  /** Name under which its port is chosen. */
  readonly portName: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  readonly cors: CorsDeclaration | undefined;
  readonly routeSelectionExpression: string | undefined;
  readonly routes: readonly RouteDeclaration[];
}

const Cors = z.strictObject({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  AllowCredentials: z.boolean().default(false),
  MaxAge: z.number().optional(),
});
export type CorsDeclaration = z.infer<typeof Cors>;

const Api = z.strictObject({
  Name: z.string(),
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  CorsConfiguration: Cors.optional(),
  RouteSelectionExpression: z.string().optional(),
  // Locally there are no other names that a client could come by.
  Description: z.unknown().optional(),
  DisableExecuteApiEndpoint: z.unknown().optional(),
  IpAddressType: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

const RouteSettings = z.strictObject({
  ThrottlingBurstLimit: z.coerce.number().optional(),
  ThrottlingRateLimit: z.coerce.number().optional(),
  DataTraceEnabled: z.unknown().optional(),
  DetailedMetricsEnabled: z.unknown().optional(),
  LoggingLevel: z.unknown().optional(),
});

const Stage = z.strictObject({
  ApiId: z.string(),
  StageName: z.string(),
  AutoDeploy: z.literal(true, 'only stages with AutoDeploy run locally'),
  DefaultRouteSettings: RouteSettings.optional(),
  RouteSettings: z.record(z.string(), RouteSettings).default({}),
  AccessLogSettings: z.unknown().optional(),
  Description: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

const Route = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().regex(/^integrations\//),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  RouteResponseSelectionExpression: z.literal('$default').optional(),
  OperationName: z.unknown().optional(),
});

const Integration = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  IntegrationMethod: z.unknown().optional(),
  PayloadFormatVersion: z.string().optional(),
  TimeoutInMillis: z.coerce.number().optional(),
  ConnectionType: z.literal('INTERNET').optional(),
  Description: z.unknown().optional(),
});

const Authorizer = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  AuthorizerType: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  AuthorizerPayloadFormatVersion: z.string().optional(),
  AuthorizerResultTtlInSeconds: z.coerce.number().optional(),
  EnableSimpleResponses: z.boolean().default(false),
  IdentitySource: z.array(z.string()).default([]),
});

const Permission = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
});

/** Longest an integration may take: HTTP APIs 30 s, WebSocket APIs 29 s. */
const MAX_TIMEOUT_MS = { HTTP: 30_000, WEBSOCKET: 29_000 } as const;

/**
 * The APIs that the templates declare. Throws, naming the resource, for a property or integration that the hosts do
 * not honour, and for a route whose function has no permission to be invoked by it.
 */
export function readApis(registry: ResourceRegistry, region: string, accountId: string): ApiDeclaration[] {
  return registry.ofType('AWS::ApiGatewayV2::Api').map((resource) => readApi(resource, registry, region, accountId));
}

function readApi(
  resource: ResolvedResource,
  registry: ResourceRegistry,
  region: string,
  accountId: string,
): ApiDeclaration {
  const api = parse(Api, resource);
  const own = <S extends z.ZodType>(type: string, schema: S) =>
    registry
      .ofType(type)
      .filter(({ properties }) => properties.ApiId === resource.ref)
      .map((child) => ({ child, value: parse(schema, child) }));

  const stages = own('AWS::ApiGatewayV2::Stage', Stage);
  if (stages.length !== 1) throw new Error(`${nameOf(resource)} has ${stages.length} stages; locally an API has one`);
  const stage = stages[0]!.value;
  const allows = permissionCheck(registry, `arn:aws:execute-api:${region}:${accountId}:${resource.ref}`);

  const integrations = new Map(
    own('AWS::ApiGatewayV2::Integration', Integration).map(({ child, value }) => {
      if (api.ProtocolType === 'HTTP' && value.PayloadFormatVersion !== '2.0') {
        throw new Error(`${nameOf(child)}: only payload format version 2.0 runs locally`);
      }
      return [child.ref, { ...value, functionArn: functionArnOf(value.IntegrationUri) }] as const;
    }),
  );
  const authorizers = new Map(
    own('AWS::ApiGatewayV2::Authorizer', Authorizer).map(({ child, value }): [string, AuthorizerDeclaration] => {
      if (api.ProtocolType === 'HTTP' && value.AuthorizerPayloadFormatVersion !== '2.0') {
        throw new Error(`${nameOf(child)}: only authorizer payload format version 2.0 runs locally`);
      }
      const functionArn = functionArnOf(value.AuthorizerUri);
      if (!allows(functionArn, `/authorizers/${child.ref}`))
        throw new Error(`${nameOf(child)} may not invoke its function`);
      return [
        child.ref,
        {
          id: child.ref,
          functionArn,
          identitySources: value.IdentitySource,
          ttlSeconds: api.ProtocolType === 'HTTP' ? (value.AuthorizerResultTtlInSeconds ?? 300) : 0,
          simpleResponses: value.EnableSimpleResponses,
        },
      ];
    }),
  );

  const routes = own('AWS::ApiGatewayV2::Route', Route).map(({ child, value }): RouteDeclaration => {
    const integration = integrations.get(value.Target.slice('integrations/'.length));
    if (!integration) throw new Error(`${nameOf(child)}: its target ${value.Target} is not an integration of this API`);
    const authorizer = value.AuthorizerId === undefined ? undefined : authorizers.get(value.AuthorizerId);
    if (value.AuthorizationType === 'CUSTOM' && !authorizer) throw new Error(`${nameOf(child)} names no authorizer`);
    const [method, path] = value.RouteKey.split(' ') as [string, string | undefined];
    const called =
      path === undefined
        ? `/${stage.StageName}/${method}`
        : `/${stage.StageName}/${method === 'ANY' ? '*' : method}${path}`;
    if (!allows(integration.functionArn, called)) {
      throw new Error(`${nameOf(child)} (${value.RouteKey}): the function's permissions do not let this API invoke it`);
    }
    const settings = { ...stage.DefaultRouteSettings, ...defined(stage.RouteSettings[value.RouteKey]) };
    return {
      routeKey: value.RouteKey,
      functionArn: integration.functionArn,
      timeoutMs: Math.min(integration.TimeoutInMillis ?? Number.POSITIVE_INFINITY, MAX_TIMEOUT_MS[api.ProtocolType]),
      authorizer: value.AuthorizationType === 'CUSTOM' ? authorizer : undefined,
      throttle:
        settings.ThrottlingRateLimit === undefined
          ? undefined
          : {
              ratePerSecond: settings.ThrottlingRateLimit,
              burst: settings.ThrottlingBurstLimit ?? settings.ThrottlingRateLimit,
            },
      returnsResponse: value.RouteResponseSelectionExpression !== undefined,
    };
  });
  for (const routeKey of Object.keys(stage.RouteSettings)) {
    if (!routes.some((route) => route.routeKey === routeKey)) {
      throw new Error(`${nameOf(stages[0]!.child)}: RouteSettings name the route "${routeKey}", which does not exist`);
    }
  }
  return {
    id: resource.ref,
    name: api.Name,
    protocol: api.ProtocolType,
    portName: apiPortName(resource.stack, resource.id),
    stage: stage.StageName,
    region,
    accountId,
    cors: api.CorsConfiguration,
    routeSelectionExpression: api.RouteSelectionExpression,
    routes,
  };
}

/** Takes the ARN itself, or the invocation path that API Gateway wraps around it. */
function functionArnOf(uri: string): string {
  const wrapped = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri);
  return withoutQualifier(wrapped ? wrapped[1]! : uri);
}

function permissionCheck(registry: ResourceRegistry, apiArn: string) {
  const permissions = registry.ofType('AWS::Lambda::Permission').map((resource) => parse(Permission, resource));
  const granted = new Map<string, (string | undefined)[]>();
  for (const { Principal, FunctionName, SourceArn } of permissions) {
    if (Principal !== 'apigateway.amazonaws.com') continue;
    const arn = registry.find(FunctionName)?.attributes.Arn ?? withoutQualifier(FunctionName);
    granted.set(arn, [...(granted.get(arn) ?? []), SourceArn]);
  }
  return (functionArn: string, called: string) =>
    (granted.get(functionArn) ?? []).some((pattern) => pattern === undefined || matches(pattern, `${apiArn}${called}`));
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(text);
}

function parse<S extends z.ZodType>(schema: S, resource: ResolvedResource): z.output<S> {
  const parsed = schema.safeParse(resource.properties);
  if (!parsed.success) throw new Error(`${nameOf(resource)}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function nameOf(resource: ResolvedResource): string {
  return `${resource.stack}.${resource.id} (${resource.type})`;
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)) as Partial<T>;
}
