type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface CfnResource {
  readonly Type: string;
  readonly Properties?: { [key: string]: Json };
  readonly DependsOn?: Json;
}

export interface CfnTemplate {
  readonly Resources: { readonly [id: string]: CfnResource };
  readonly [section: string]: unknown;
}

/**
 * What stands where something is referred to that an emulator does not have. It has an ARN's seven parts, since other
 * stacks may pick one out.
 */
const absent = 'arn:aws:absent:::not-in:this-emulator';

/**
 * What emulators without Docker lack: a network and databases of their own, and the helper function that CDK sends to
 * invoke deployment functions, since it wants the SDK of the Lambda image. Alarms over alarms and the archive are of no
 * use there.
 */
const absentTypes = [
  /^AWS::EC2::/,
  /^AWS::RDS::/,
  /^AWS::CloudWatch::CompositeAlarm$/,
  /^AWS::Events::Archive$/,
  /^AWS::SecretsManager::SecretTargetAttachment$/,
  /^AWS::ApiGateway::Account$/,
  /^AWS::ApiGatewayV2::RouteResponse$/,
  /^Custom::Trigger$/,
];

/**
 * The same template for a LocalStack-compatible endpoint: without the types that it lacks, functions outside the VPC,
 * and the APIs' addresses as such endpoints give them (`/_aws/execute-api/<api>/<stage>`).
 */
export function emulatorTemplate(template: CfnTemplate, endpoint: string): CfnTemplate {
  const { Resources, ...rest } = template;
  const gone = new Set(
    Object.keys(Resources).filter((id) => absentTypes.some((type) => type.test(Resources[id]!.Type))),
  );
  const rewrite = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (value === null || typeof value !== 'object') return value;
    if (refersTo(value, gone)) return absent;
    return apiAddress(value, endpoint) ?? mapValues(value, rewrite);
  };
  const kept = Object.entries(Resources)
    .filter(([id]) => !gone.has(id))
    .map(([id, resource]) => [id, keptResource(resource, gone, rewrite)]);
  return { ...(rewrite(rest as Json) as object), Resources: Object.fromEntries(kept) };
}

function keptResource(resource: CfnResource, gone: ReadonlySet<string>, rewrite: (value: Json) => Json) {
  const { Properties = {}, DependsOn, ...rest } = resource;
  const { VpcConfig: _outsideTheVpc, ...properties } = Properties;
  const dependencies = [DependsOn ?? []].flat().filter((id) => typeof id === 'string' && !gone.has(id));
  return {
    ...rest,
    Properties: rewrite(resource.Type === 'AWS::Lambda::Function' ? properties : Properties),
    ...(dependencies.length > 0 && { DependsOn: dependencies }),
  };
}

/** A reference to something gone, or a part picked out of one. */
function refersTo(value: { [key: string]: Json }, gone: ReadonlySet<string>): boolean {
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Select': selected } = value;
  if (typeof Ref === 'string') return gone.has(Ref);
  if (Array.isArray(attribute)) return gone.has(String(attribute[0]));
  if (selected === undefined) return false;
  return [...gone].some((id) => JSON.stringify(selected).includes(`"${id}"`));
}

/** `https://<api>.execute-api.<region>.<suffix>[/stage]` as the emulator serves it; undefined for anything else. */
function apiAddress(value: { [key: string]: Json }, endpoint: string): Json | undefined {
  const [, parts] = (value['Fn::Join'] ?? []) as [string?, Json[]?];
  const [scheme, host, stage = '/$default'] = parts ?? [];
  if (scheme !== 'https://' && scheme !== 'wss://') return undefined;
  const [, labels] = ((host as { 'Fn::Join'?: Json })?.['Fn::Join'] ?? []) as [string?, Json[]?];
  if (labels?.[1] !== 'execute-api') return undefined;
  const base = scheme === 'wss://' ? endpoint.replace(/^http/, 'ws') : endpoint;
  return { 'Fn::Join': ['', [`${base}/_aws/execute-api/`, labels[0]!, stage]] };
}

function mapValues(value: { [key: string]: Json }, map: (inner: Json) => Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner)]));
}
