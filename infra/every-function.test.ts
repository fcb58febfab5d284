import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { timeoutSecondsOf } from '#infra/constructs/game-function.ts';
import { functionName, logGroupName } from '#infra/constructs/names.ts';
import { sampleDomains } from '#infra/testing/sample-domains.ts';
import { type Resource, templatesOf } from '#infra/testing/templates.ts';
import { type Domain, type DomainFunction, functionsOf } from '#shared/contract/domain.ts';

/** Actions that AWS offers on no resource in particular. */
const actionsWithoutResource = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'dynamodb:ListStreams',
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]);

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const worlds: [name: string, stage: 'dev' | 'prod', domains: readonly Domain[]][] = [
  ['the sample domains in dev', 'dev', sampleDomains],
  ['the game in dev', 'dev', domains],
  ['the game in prod', 'prod', domains],
];

describe.each(worlds)('every function of %s', (_name, stage, world) => {
  const templates = templatesOf(stage, world);
  const functions = world.flatMap(functionsOf);
  const lambdas = new Map(templates.all('AWS::Lambda::Function').map((each) => [each.properties.FunctionName, each]));
  const lambdaOf = (fn: DomainFunction): Resource => lambdas.get(functionName(stage, fn))!;
  const roleOf = (fn: DomainFunction): Resource => templates.target(lambdaOf(fn), lambdaOf(fn).properties.Role)!;
  const statementsOf = (fn: DomainFunction): Statement[] =>
    roleOf(fn).properties.Policies.flatMap(
      (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
    );

  it('exists once, and nothing runs that no contract declares', () => {
    const named = [...lambdas.keys()].filter((name) => name !== undefined).sort();
    expect(named).toEqual(functions.map((fn) => functionName(stage, fn)).sort());
    const unnamed = templates.all('AWS::Lambda::Function').filter((each) => each.properties.FunctionName === undefined);
    // CDK's own function that runs deployment triggers: one per stack that has some.
    for (const each of unnamed) expect(each.id).toMatch(/^AWSCDKTriggerCustomResourceProvider/);
  });

  it('runs Node 24 on arm64 with its declared memory and time, traced', () => {
    for (const fn of functions) {
      expect(lambdaOf(fn).properties, fn.id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: fn.memoryMb ?? 512,
        Timeout: timeoutSecondsOf(fn),
        TracingConfig: { Mode: 'Active' },
      });
    }
  });

  it('ends before the gateway gives up on it', () => {
    for (const endpoint of world.flatMap((domain) => domain.endpoints)) {
      expect(timeoutSecondsOf(endpoint), endpoint.id).toBeLessThanOrEqual(29);
    }
  });

  it('has a role of its own', () => {
    const roles = functions.map((fn) => `${roleOf(fn).stack}/${roleOf(fn).id}`);
    expect(new Set(roles).size).toBe(functions.length);
    for (const fn of functions) expect(roleOf(fn).properties.ManagedPolicyArns, fn.id).toBeUndefined();
    const attached = templates
      .all('AWS::IAM::Policy')
      .flatMap((policy) => (policy.properties.Roles ?? []).map((role: unknown) => templates.target(policy, role)?.id));
    for (const fn of functions) expect(attached, fn.id).not.toContain(roleOf(fn).id);
  });

  it('is granted no wildcard beyond actions that know no resource, and connections of the one socket API', () => {
    for (const fn of functions) {
      for (const statement of statementsOf(fn)) {
        for (const action of [statement.Action].flat()) expect(action, fn.id).not.toContain('*');
        for (const resource of [statement.Resource].flat()) {
          const text = JSON.stringify(resource);
          if (!text.includes('*')) continue;
          if (text === '"*"') {
            const unexpected = [statement.Action].flat().filter((action) => !actionsWithoutResource.has(action));
            expect(unexpected, fn.id).toEqual([]);
          } else {
            expect(statement.Action, fn.id).toBe('execute-api:ManageConnections');
            expect(text, fn.id).toMatch(/SocketApi.*\/ws\/(POST|DELETE)\/@connections\/\*/);
          }
        }
      }
    }
  });

  it('is granted what its needs say, and nothing else', () => {
    for (const fn of functions) {
      const granted = new Set(statementsOf(fn).flatMap((statement) => [statement.Action].flat()));
      const may = (action: string) => granted.has(action);
      const isTrigger = (kind: string) => fn.kind === 'trigger' && fn.trigger.kind === kind;
      expect(
        {
          read: may('dynamodb:Query'),
          scan: may('dynamodb:Scan'),
          write: may('dynamodb:PutItem'),
          secrets: may('secretsmanager:GetSecretValue'),
          fillSecrets: may('secretsmanager:PutSecretValue'),
          mail: may('ses:SendEmail'),
          bus: may('events:PutEvents'),
          sockets: may('execute-api:ManageConnections'),
          ledger: may('rds-db:connect'),
          send: may('sqs:SendMessage'),
          receive: may('sqs:ReceiveMessage'),
          stream: may('dynamodb:GetRecords'),
        },
        fn.id,
      ).toEqual({
        read: fn.needs.table !== undefined,
        scan: fn.kind === 'job' && fn.needs.scan === true,
        write: fn.needs.table === 'write',
        secrets: (fn.needs.secrets?.length ?? 0) > 0,
        fillSecrets:
          (isTrigger('deployment') && (fn.needs.secrets?.length ?? 0) > 0) ||
          (fn.needs.replacesSecrets?.length ?? 0) > 0,
        mail: fn.needs.mail === true,
        bus: fn.needs.bus === true,
        sockets: fn.needs.sockets === true,
        ledger: fn.needs.ledger === true,
        // A job and the stream's reader also send what failed to their dead letters.
        send: (fn.needs.queues?.length ?? 0) > 0 || fn.kind === 'job' || isTrigger('table-stream'),
        receive: fn.kind === 'subscriber' || isTrigger('queue'),
        stream: isTrigger('table-stream'),
      });
    }
  });

  it('gets the variables that its needs call for, and no others', () => {
    for (const fn of functions) {
      const { LOG_LEVEL, ...variables } = lambdaOf(fn).properties.Environment.Variables;
      const { needs } = fn;
      expect(LOG_LEVEL).toBe(stage === 'prod' ? 'INFO' : 'DEBUG');
      expect(Object.keys(variables).sort(), fn.id).toEqual(
        [
          ...['STAGE', 'PUBLIC_HTTP_URL', 'PUBLIC_SOCKET_URL', 'SERVICE_NAME'],
          ...(needs.table ? ['TABLE_NAME'] : []),
          ...(needs.bus ? ['BUS_NAME'] : []),
          ...(needs.queues?.includes('push') ? ['PUSH_QUEUE_URL'] : []),
          ...(needs.queues?.includes('settlement-check') ? ['SETTLEMENT_QUEUE_URL'] : []),
          ...(needs.sockets ? ['SOCKET_ENDPOINT'] : []),
          ...(needs.secrets ? ['SECRETS_PREFIX'] : []),
          ...(needs.mail ? ['MAIL_FROM'] : []),
          ...(needs.identityProviders ? ['OIDC_PROVIDERS'] : []),
          ...(needs.origins ? ['ALLOWED_ORIGINS'] : []),
          ...(needs.ledger ? ['LEDGER_HOST', 'LEDGER_PORT', 'LEDGER_DATABASE', 'LEDGER_USER'] : []),
          ...(fn.id.startsWith('auth.') ? ['BOOTSTRAP_ADMIN_EMAIL'] : []),
        ].sort(),
      );
    }
  });

  it('is inside the VPC only when it needs the ledger', () => {
    for (const fn of functions) {
      expect(lambdaOf(fn).properties.VpcConfig !== undefined, fn.id).toBe(fn.needs.ledger === true);
    }
  });

  it('logs to a group of its own with a retention', () => {
    for (const fn of functions) {
      const group = templates.target(lambdaOf(fn), lambdaOf(fn).properties.LoggingConfig.LogGroup)!;
      expect(group.properties.LogGroupName, fn.id).toBe(logGroupName(stage, fn.id));
      expect(group.properties.RetentionInDays, fn.id).toBe(stage === 'prod' ? 90 : 7);
    }
  });

  it('has an alarm that says what breaks, and tells somebody', () => {
    const alarms = new Map(templates.all('AWS::CloudWatch::Alarm').map((each) => [each.properties.AlarmName, each]));
    for (const fn of functions) {
      const { AlarmDescription, AlarmActions } = alarms.get(`${functionName(stage, fn)}-errors`)!.properties;
      expect(AlarmDescription, fn.id).toContain(`Impact: ${fn.impact}`);
      expect(AlarmActions, fn.id).toHaveLength(1);
    }
  });
});
