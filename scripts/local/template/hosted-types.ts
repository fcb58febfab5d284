import { createHash } from 'node:crypto';
import { givenName } from './inert-types.ts';

/** A resource as far as it is known before its name and ARN are. */
export interface Naming {
  readonly id: string;
  readonly stack: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly accountId: string;
  /** Port of a local service, by the names in service.ts, or of an API (`api-<stack>-<logical id>`). */
  port(name: string): number;
  /** ARN behind a name or reference that this resource holds. */
  arnOf(reference: string): string;
}

export interface LocalIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What `Ref` and `Fn::GetAtt` give for each type that the local cloud runs. */
export const hostedTypes: Readonly<Record<string, (naming: Naming) => LocalIdentity>> = {
  'AWS::ApiGatewayV2::Api': (naming) => {
    const ref = apiId(naming.stack, naming.id);
    const scheme = naming.properties.ProtocolType === 'WEBSOCKET' ? 'ws' : 'http';
    const endpoint = `${scheme}://127.0.0.1:${naming.port(apiPortName(naming.stack, naming.id))}`;
    return { ref, attributes: { ApiId: ref, ApiEndpoint: endpoint } };
  },
  'AWS::ApiGatewayV2::Authorizer': (naming) => {
    const ref = digest(naming, 6);
    return { ref, attributes: { AuthorizerId: ref } };
  },
  'AWS::ApiGatewayV2::Integration': (naming) => {
    const ref = digest(naming, 7);
    return { ref, attributes: { IntegrationId: ref } };
  },
  'AWS::ApiGatewayV2::Route': (naming) => {
    const ref = digest(naming, 7);
    return { ref, attributes: { RouteId: ref } };
  },
  'AWS::ApiGatewayV2::RouteResponse': (naming) => ({ ref: digest(naming, 7), attributes: {} }),
  'AWS::ApiGatewayV2::Stage': (naming) => ({ ref: String(naming.properties.StageName), attributes: {} }),

  'AWS::DynamoDB::GlobalTable': tableIdentity,
  'AWS::DynamoDB::Table': tableIdentity,

  'AWS::Events::EventBus': (naming) => {
    const ref = nameOf(naming);
    return { ref, attributes: { Name: ref, Arn: arn(naming, 'events', `event-bus/${ref}`) } };
  },
  'AWS::Events::Rule': (naming) => {
    const name = nameOf(naming);
    const bus = String(naming.properties.EventBusName ?? 'default').replace(/^arn:.*event-bus\//, '');
    const path = bus === 'default' ? name : `${bus}/${name}`;
    return { ref: path.replace('/', '|'), attributes: { Arn: arn(naming, 'events', `rule/${path}`) } };
  },

  'AWS::SQS::Queue': (naming) => {
    const suffix = naming.properties.FifoQueue === true ? '.fifo' : '';
    const name = givenName(naming.type, naming.properties) ?? `${generatedName(naming, 74)}${suffix}`;
    const url = `http://127.0.0.1:${naming.port('sqs')}/${naming.accountId}/${name}`;
    return { ref: url, attributes: { Arn: arn(naming, 'sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::SQS::QueuePolicy': (naming) => ({ ref: digest(naming, 12), attributes: {} }),

  'AWS::Scheduler::Schedule': (naming) => {
    const ref = nameOf(naming);
    const group = String(naming.properties.GroupName ?? 'default');
    return { ref, attributes: { Arn: arn(naming, 'scheduler', `schedule/${group}/${ref}`) } };
  },
  'AWS::Scheduler::ScheduleGroup': (naming) => {
    const ref = nameOf(naming);
    return { ref, attributes: { Arn: arn(naming, 'scheduler', `schedule-group/${ref}`) } };
  },

  'AWS::SecretsManager::Secret': (naming) => {
    const ref = arn(naming, 'secretsmanager', `secret:${nameOf(naming)}-${digest(naming, 6)}`);
    return { ref, attributes: { Id: ref, Arn: ref } };
  },
  'AWS::SecretsManager::SecretTargetAttachment': (naming) => {
    const ref = naming.arnOf(String(naming.properties.SecretId));
    return { ref, attributes: { Id: ref } };
  },

  'AWS::Lambda::Function': (naming) => {
    const ref = nameOf(naming);
    return { ref, attributes: { Arn: arn(naming, 'lambda', `function:${ref}`) } };
  },
  'AWS::Lambda::Version': (naming) => {
    const functionArn = naming.arnOf(String(naming.properties.FunctionName));
    return { ref: `${functionArn}:1`, attributes: { FunctionArn: `${functionArn}:1`, Version: '1' } };
  },
  'AWS::Lambda::Alias': (naming) => {
    const ref = `${naming.arnOf(String(naming.properties.FunctionName))}:${String(naming.properties.Name)}`;
    return { ref, attributes: { AliasArn: ref } };
  },
  'AWS::Lambda::EventSourceMapping': (naming) => {
    const ref = digest(naming, 32);
    return {
      ref,
      attributes: { Id: ref, EventSourceMappingArn: arn(naming, 'lambda', `event-source-mapping:${ref}`) },
    };
  },
  'AWS::Lambda::Permission': (naming) => ({ ref: digest(naming, 12), attributes: {} }),

  'AWS::RDS::DBCluster': (naming) => {
    const ref = String(naming.properties.DBClusterIdentifier ?? generatedName(naming, 60).toLowerCase());
    const port = String(naming.port('postgres'));
    return {
      ref,
      attributes: {
        'Endpoint.Address': '127.0.0.1',
        'Endpoint.Port': port,
        'ReadEndpoint.Address': '127.0.0.1',
        Arn: arn(naming, 'rds', `cluster:${ref}`),
        DBClusterArn: arn(naming, 'rds', `cluster:${ref}`),
        DBClusterResourceId: `cluster-${digest(naming, 26).toUpperCase()}`,
      },
    };
  },
  'AWS::RDS::DBProxy': (naming) => {
    const ref = String(naming.properties.DBProxyName ?? generatedName(naming, 60).toLowerCase());
    const proxyArn = arn(naming, 'rds', `db-proxy:prx-${digest(naming, 17)}`);
    return { ref, attributes: { Endpoint: '127.0.0.1', Arn: proxyArn, DBProxyArn: proxyArn, VpcId: 'vpc-local' } };
  },

  'AWS::ECS::Service': (naming) => {
    const name = String(naming.properties.ServiceName ?? generatedName(naming, 100));
    const ref = arn(naming, 'ecs', `service/${name}`);
    return { ref, attributes: { Name: name, ServiceArn: ref, Arn: ref } };
  },
  'AWS::ECS::TaskDefinition': (naming) => {
    const ref = arn(
      naming,
      'ecs',
      `task-definition/${String(naming.properties.Family ?? generatedName(naming, 100))}:1`,
    );
    return { ref, attributes: { TaskDefinitionArn: ref, Arn: ref } };
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (naming) => {
    const name = String(naming.properties.Name ?? generatedName(naming, 32));
    const ref = arn(naming, 'elasticloadbalancing', `loadbalancer/app/${name}/${digest(naming, 16)}`);
    return {
      ref,
      attributes: {
        Arn: ref,
        LoadBalancerArn: ref,
        LoadBalancerName: name,
        LoadBalancerFullName: ref.slice(ref.indexOf('loadbalancer/') + 'loadbalancer/'.length),
        DNSName: '127.0.0.1',
        CanonicalHostedZoneID: 'ZLOCAL',
      },
    };
  },

  'Custom::Trigger': (naming) => ({ ref: digest(naming, 12), attributes: {} }),
};

/** The identity of a type that is present by name only; it answers any attribute. */
export function inertIdentity(naming: Naming): LocalIdentity {
  const name = givenName(naming.type, naming.properties) ?? generatedName(naming, 60);
  const [, service, kind] = naming.type.split('::') as [string, string, string];
  const global = service === 'IAM' || service === 'CloudFront';
  const own = `arn:aws:${service.toLowerCase()}:${global ? '' : naming.region}:${naming.accountId}:${kind.toLowerCase()}/${name}`;
  const known: Record<string, string> = { Arn: own };
  const attributes = new Proxy(known, {
    get: (target, attribute) =>
      typeof attribute === 'string'
        ? (target[attribute] ?? (attribute.endsWith('Arn') ? own : `${name}.${attribute}`))
        : undefined,
    has: (_target, attribute) => typeof attribute === 'string',
  });
  return { ref: name, attributes };
}

function tableIdentity(naming: Naming): LocalIdentity {
  const ref = nameOf(naming);
  const tableArn = arn(naming, 'dynamodb', `table/${ref}`);
  return {
    ref,
    attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local`, TableId: digest(naming, 32) },
  };
}

/** Ten characters, the same at every start. */
export function apiId(stack: string, id: string): string {
  return createHash('sha256').update(`${stack}/${id}`).digest('hex').slice(0, 10);
}

export function apiPortName(stack: string, id: string): string {
  return `api-${stack}-${id}`;
}

function arn(naming: Naming, service: string, rest: string): string {
  return `arn:aws:${service}:${naming.region}:${naming.accountId}:${rest}`;
}

function nameOf(naming: Naming): string {
  return givenName(naming.type, naming.properties) ?? generatedName(naming, 64);
}

/** As CloudFormation names what the template leaves unnamed: `<stack>-<logical id>-<random>`, but stable. */
function generatedName(naming: Naming, maxLength: number): string {
  const suffix = digest(naming, 12).toUpperCase();
  return `${`${naming.stack}-${naming.id}`.slice(0, maxLength - suffix.length - 1)}-${suffix}`;
}

function digest(naming: Pick<Naming, 'stack' | 'id' | 'type'>, length: number): string {
  return createHash('sha256').update(`${naming.stack}/${naming.id}/${naming.type}`).digest('hex').slice(0, length);
}
