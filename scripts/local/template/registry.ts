import type { ResolvedResource, ResourceRegistry } from '../service.ts';
import type { StackTemplate, TemplateResource } from './assembly.ts';
import { apiId, apiPortName, hostedTypes, inertIdentity, type LocalIdentity } from './hosted-types.ts';
import { inertTypes } from './inert-types.ts';
import { type IntrinsicScope, NO_VALUE, resolveIntrinsics } from './intrinsics.ts';
import { localSecretString, resolveDynamicReferences } from './local-secret.ts';

export interface RegistryOptions {
  readonly region: string;
  readonly accountId: string;
  /** Port of a local service or API, by name. Every API's name is in `apiPorts(stacks)`. */
  port(name: string): number;
}

/** The names of the ports that a registry of these stacks asks for: one per API, HTTP for players first. */
export function apiPorts(stacks: readonly StackTemplate[]): string[] {
  const rank = ({ Properties }: TemplateResource) =>
    Properties.ProtocolType === 'WEBSOCKET' ? 2 : /admin/i.test(String(Properties.Name)) ? 1 : 0;
  return stacks
    .flatMap(({ stackName, template }) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === 'AWS::ApiGatewayV2::Api')
        .map(([id, resource]) => ({ name: apiPortName(stackName, id), rank: rank(resource) })),
    )
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

/**
 * Resolves every resource of the stacks to local values. Throws one error that lists all resources of a type that the
 * local cloud does not know, and one that names the place where a reference leads nowhere.
 */
export function createRegistry(stacks: readonly StackTemplate[], options: RegistryOptions): ResourceRegistry {
  refuseUnknownTypes(stacks);
  const resolver = new Resolver(stacks, options);
  const all = resolver.resolveAll();
  const byName = new Map<string, ResolvedResource>();
  // A type's own ref or ARN wins over a version or attachment that answers to the same.
  for (const resource of [...all].reverse()) {
    for (const name of [resource.ref, resource.attributes.Arn]) if (name) byName.set(name, resource);
  }
  const find = (arnOrRef: string) => byName.get(arnOrRef) ?? byName.get(withoutQualifier(arnOrRef));
  return {
    all,
    ofType: (type) => all.filter((resource) => resource.type === type),
    find,
    get(arnOrRef, wantedBy) {
      const found = find(arnOrRef);
      if (!found) throw new Error(`${wantedBy} refers to ${arnOrRef}, which the templates do not declare`);
      return found;
    },
  };
}

/** `arn:aws:lambda:…:function:name:alias` → `arn:aws:lambda:…:function:name`. */
export function withoutQualifier(arn: string): string {
  return /^arn:[^:]+:lambda:/.test(arn) ? arn.split(':').slice(0, 7).join(':') : arn;
}

function refuseUnknownTypes(stacks: readonly StackTemplate[]): void {
  const unknown = stacks.flatMap(({ stackName, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => !(Type in hostedTypes) && !inertTypes.has(Type))
      .map(([id, { Type }]) => `${stackName}.${id} (${Type})`),
  );
  if (unknown.length > 0) {
    throw new Error(`The local cloud does not know these resources: ${unknown.join(', ')}`);
  }
}

const key = (stack: string, id: string) => `${stack}.${id}`;

class Resolver {
  private readonly stacks: ReadonlyMap<string, StackTemplate>;
  private readonly options: RegistryOptions;
  private readonly exports = new Map<string, { stack: string; value: unknown }>();
  private readonly resolved = new Map<string, ResolvedResource>();
  private readonly inProgress = new Set<string>();
  private readonly apiHosts: ReadonlyMap<string, number>;

  constructor(stacks: readonly StackTemplate[], options: RegistryOptions) {
    this.stacks = new Map(stacks.map((stack) => [stack.stackName, stack]));
    this.options = options;
    this.apiHosts = new Map(
      stacks.flatMap(({ stackName, template }) =>
        Object.entries(template.Resources)
          .filter(([, resource]) => resource.Type === 'AWS::ApiGatewayV2::Api')
          .map(([id]) => [apiId(stackName, id), options.port(apiPortName(stackName, id))] as const),
      ),
    );
    for (const { stackName, template } of stacks) {
      for (const [id, output] of Object.entries(template.Outputs)) {
        if (!output.Export) continue;
        const name = String(resolveIntrinsics(output.Export.Name, this.scope(stackName, `output ${id}`)));
        this.exports.set(name, { stack: stackName, value: output.Value });
      }
    }
  }

  resolveAll(): ResolvedResource[] {
    for (const { stackName, template } of this.stacks.values()) {
      for (const [id, resource] of Object.entries(template.Resources)) {
        if (this.isCreated(stackName, resource)) this.resource(stackName, id);
      }
    }
    return [...this.resolved.values()];
  }

  private isCreated(stack: string, resource: TemplateResource): boolean {
    return resource.Condition === undefined || this.condition(stack, resource.Condition);
  }

  /** Resolves what it refers to first, so that insertion order is dependency order. */
  private resource(stack: string, id: string): ResolvedResource {
    const name = key(stack, id);
    const done = this.resolved.get(name);
    if (done) return done;
    const resource = this.stacks.get(stack)?.template.Resources[id];
    if (!resource) throw new Error(`${stack} refers to ${id}, which it does not declare`);
    if (this.inProgress.has(name)) throw new Error(`${name} depends on itself: ${[...this.inProgress].join(' → ')}`);
    this.inProgress.add(name);
    for (const dependency of resource.DependsOn) {
      const target = this.stacks.get(stack)!.template.Resources[dependency];
      if (target && this.isCreated(stack, target)) this.resource(stack, dependency);
    }
    const properties = this.localise(resolveIntrinsics(resource.Properties, this.scope(stack, name)), name) as Record<
      string,
      unknown
    >;
    const identity = this.identify(stack, id, resource.Type, properties);
    this.inProgress.delete(name);
    const path = resource.Metadata['aws:cdk:path'];
    const result: ResolvedResource = {
      id,
      stack,
      path: typeof path === 'string' ? path : undefined,
      type: resource.Type,
      properties,
      ...identity,
      order: this.resolved.size,
    };
    this.resolved.set(name, result);
    return result;
  }

  private identify(stack: string, id: string, type: string, properties: Record<string, unknown>): LocalIdentity {
    const hosted = hostedTypes[type];
    return (hosted ?? inertIdentity)({
      id,
      stack,
      type,
      properties,
      region: this.options.region,
      accountId: this.options.accountId,
      port: (name) => this.options.port(name),
      arnOf: (reference) => {
        if (reference.startsWith('arn:')) return reference;
        const owner = [...this.resolved.values()].find((candidate) => candidate.ref === reference);
        if (!owner?.attributes.Arn) throw new Error(`${stack}.${id}: ${reference} names no resource with an ARN`);
        return owner.attributes.Arn;
      },
    });
  }

  private scope(stack: string, where: string): IntrinsicScope {
    return {
      where,
      region: this.options.region,
      ref: (id) => this.ref(stack, id, where),
      getAtt: (id, attribute) => {
        const { type, attributes } = this.resource(stack, id);
        if (!(attribute in attributes)) {
          throw new Error(`${where}: the attribute ${attribute} of ${id} (${type}) is not known locally`);
        }
        return attributes[attribute];
      },
      importValue: (name) => {
        const exported = this.exports.get(name);
        if (!exported) throw new Error(`${where}: no stack exports ${name}`);
        return resolveIntrinsics(exported.value, this.scope(exported.stack, `export ${name}`));
      },
      mapping: (map, first, second) => {
        const value = this.stacks.get(stack)?.template.Mappings[map]?.[first]?.[second];
        if (value === undefined) throw new Error(`${where}: the mapping ${map} has no ${first}.${second}`);
        return value;
      },
      condition: (name) => this.condition(stack, name),
    };
  }

  private ref(stack: string, id: string, where: string): unknown {
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': this.options.accountId,
      'AWS::NoValue': NO_VALUE,
      'AWS::NotificationARNs': [],
      'AWS::Partition': 'aws',
      'AWS::Region': this.options.region,
      'AWS::StackId': `arn:aws:cloudformation:${this.options.region}:${this.options.accountId}:stack/${stack}/local`,
      'AWS::StackName': stack,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    if (id in pseudo) return pseudo[id];
    const parameter = this.stacks.get(stack)?.template.Parameters[id];
    if (parameter) {
      if (parameter.Default === undefined) throw new Error(`${where}: the parameter ${id} has no default value`);
      return parameter.Default;
    }
    return this.resource(stack, id).ref;
  }

  private condition(stack: string, name: string): boolean {
    const expression = this.stacks.get(stack)?.template.Conditions[name];
    if (expression === undefined) throw new Error(`${stack}: there is no condition ${name}`);
    return resolveIntrinsics(expression, this.scope(stack, `condition ${name}`)) === true;
  }

  /** Turns gateway host names into local addresses, and dynamic references into their values, wherever they stand. */
  private localise(value: unknown, where: string): unknown {
    if (typeof value === 'string') return resolveDynamicReferences(this.localAddress(value), where, this.secretString);
    if (Array.isArray(value)) return value.map((inner) => this.localise(inner, where));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.localise(inner, where)]));
  }

  private localAddress(text: string): string {
    return text.replace(
      /\b(https?|wss?):\/\/([a-z0-9]{10})\.execute-api\.[^./]+\.amazonaws\.com/g,
      (whole, scheme, id) => {
        const port = this.apiHosts.get(id);
        return port === undefined ? whole : `${scheme.startsWith('ws') ? 'ws' : 'http'}://127.0.0.1:${port}`;
      },
    );
  }

  private readonly secretString = (id: string): string => {
    for (const secret of this.resolved.values()) {
      if (secret.type !== 'AWS::SecretsManager::Secret') continue;
      if (secret.ref === id || secret.properties.Name === id) return localSecretString(secret.ref, secret.properties);
    }
    throw new Error(`A dynamic reference names the secret ${id}, which the templates do not declare`);
  };
}
