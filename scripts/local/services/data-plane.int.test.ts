import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocalClock } from '../clock.ts';
import { choosePorts } from '../ports.ts';
import type { DataPlane, LocalContext, LocalOptions } from '../service.ts';
import { createRegistry } from '../template/registry.ts';
import { stackOf } from '../testing/fixtures.ts';
import { createDataPlane } from './data-plane.ts';

const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });

/** The chain that every event of the project takes: table → stream → function, bus → rule → queue → function. */
const chain = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'game',
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'game' } },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'kills-dlq' } },
  Kills: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'kills',
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: { 'detail-type': ['NPC_DIED'] },
      Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['Kills', 'Arn'] } }],
    },
  },
  Relay: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'relay' } },
  CountKill: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'count-kill' } },
  Stream: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      FunctionName: { Ref: 'Relay' },
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: 3_600,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
    },
  },
  Consumer: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Kills', 'Arn'] },
      FunctionName: { Ref: 'CountKill' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  },
  Sweep: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'sweep',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { 'Fn::GetAtt': ['Relay', 'Arn'] }, RoleArn: 'arn:role' },
    },
  },
  Pepper: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name: 'dev/pepper', GenerateSecretString: { PasswordLength: 64 } },
  },
};

let folder: string;
let running: DataPlane | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plane-'));
});

afterEach(async () => {
  for (const service of [...(running?.stores ?? []), ...(running?.sources ?? [])].reverse()) await service.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function plane(resources: object, invokeLambda: LocalContext['invokeLambda'], more: Partial<LocalOptions> = {}) {
  const ports = await choosePorts(23_000, []);
  const registry = createRegistry([stackOf({ Resources: resources })], {
    region: 'eu-central-1',
    accountId: '000000000000',
    port: (name) => ports.of(name as never),
  });
  const clock = createLocalClock();
  const options = {
    fresh: true,
    inMemory: true,
    deliverTwice: false,
    fleet: false,
    portBase: 23_000,
    dataDir: folder,
    ...more,
  };
  const context: LocalContext = {
    registry,
    ports,
    clock,
    options,
    invokeLambda,
    region: 'eu-central-1',
    accountId: '000000000000',
    sdkEnvironment: {},
    log: () => undefined,
  };
  return { context, plane: createDataPlane(context) };
}

const credentials = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

test('a row of the table reaches its reader, an event its subscriber twice, a schedule its function', {
  timeout: 60_000,
}, async () => {
  const calls: [string, string][] = [];
  const { context, plane: made } = await plane(
    chain,
    async (name, payload) => {
      const { Records } = payload as { Records?: { dynamodb?: object; body?: string }[] };
      calls.push([name, Records?.[0]?.dynamodb ? 'stream' : Records ? 'queue' : 'schedule']);
      return { payload: null };
    },
    { deliverTwice: true },
  );
  running = made;
  for (const service of [...made.stores, ...made.sources]) await service.start();
  const at = (name: 'dynamodb' | 'events' | 'secretsmanager') => ({
    endpoint: `http://127.0.0.1:${context.ports.of(name)}`,
    ...credentials,
  });

  const table = new DynamoDBClient(at('dynamodb'));
  await table.send(new PutItemCommand({ TableName: 'game', Item: { pk: { S: 'a' }, sk: { S: '1' } } }));
  await vi.waitFor(async () => expect(await made.idle()).toBe(true), { timeout: 10_000 });
  expect(calls.splice(0)).toEqual([
    ['relay', 'stream'],
    ['relay', 'stream'],
  ]);

  const bus = new EventBridgeClient(at('events'));
  await bus.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: 'game', Source: 'necpgame.combat', DetailType: 'NPC_DIED', Detail: '{}' }],
    }),
  );
  expect(await made.idle()).toBe(false);
  await vi.waitFor(async () => expect(await made.idle()).toBe(true));
  expect(calls.splice(0)).toEqual([
    ['count-kill', 'queue'],
    ['count-kill', 'queue'],
  ]);

  await context.clock.advance(60_000);
  await vi.waitFor(() => expect(calls).toEqual([['relay', 'schedule']]));
  expect(await made.runSchedule('sweep')).toEqual({ payload: null });
  expect(await made.runSchedule('other')).toBeUndefined();

  // A clock that has been moved far does not make new records old.
  await context.clock.advance(86_400_000);
  await table.send(new PutItemCommand({ TableName: 'game', Item: { pk: { S: 'a' }, sk: { S: '2' } } }));
  await vi.waitFor(() => expect(calls).toContainEqual(['relay', 'stream']), { timeout: 10_000 });

  const secrets = new SecretsManagerClient(at('secretsmanager'));
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: 'dev/pepper' }))).SecretString).toHaveLength(64);
  expect(made.queues()).toMatchObject([
    { name: 'kills-dlq', deadLetter: true },
    { name: 'kills', deadLetter: false, visible: 0 },
  ]);
});

const changed = (id: keyof typeof chain, properties: object) => ({
  ...chain,
  [id]: { ...chain[id], Properties: { ...chain[id].Properties, ...properties } },
});

test.each([
  ['a FIFO queue', changed('Kills', { FifoQueue: true }), /FIFO queues are not known locally/],
  [
    'a rule with an unknown operator',
    changed('Rule', { EventPattern: { source: [{ regex: 'x' }] } }),
    /unknown operator "regex"/,
  ],
  [
    'a rule that transforms its event',
    changed('Rule', { Targets: [{ Id: 'T', Arn: 'arn:x', InputTransformer: { InputTemplate: '' } }] }),
    /InputTransformer/,
  ],
  [
    'a rule to a target of another kind',
    changed('Rule', { Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Table', 'Arn'] } }] }),
    /a target of type AWS::DynamoDB::Table is not known/,
  ],
  [
    'a stream reader with a tumbling window',
    changed('Stream', { TumblingWindowInSeconds: 30 }),
    /TumblingWindowInSeconds/,
  ],
  [
    'an event source of another kind',
    changed('Stream', { EventSourceArn: 'arn:aws:kinesis:eu-central-1:000000000000:stream/x' }),
    /Event sources other than SQS/,
  ],
  ['a schedule with an end', changed('Sweep', { EndDate: '2027-01-01T00:00:00Z' }), /EndDate/],
  ['a schedule in five fields', changed('Sweep', { ScheduleExpression: 'cron(0 6 * * *)' }), /six fields/],
])('%s is an error before anything starts', async (_what, resources, message) => {
  await expect(plane(resources, async () => ({ payload: null }))).rejects.toThrow(message);
});
