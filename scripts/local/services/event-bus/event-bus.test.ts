import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InvokeLambda } from '../../service.ts';
import { freePort } from '../free-port.ts';
import { Queue } from '../queue/queue.ts';
import { type EventBusOptions, EventBusService, type EventRule } from './event-bus-service.ts';
import { lambdaTarget, queueTarget } from './rule-target.ts';

const nowMs = () => Date.parse('2026-11-22T07:00:00.250Z');
let folder: string;
let bus: EventBusService;
let client: EventBridgeClient;
let kills: Queue;
let everything: Queue;

const queue = (name: string) =>
  new Queue({ name, arn: `arn:aws:sqs:eu-central-1:000000000000:${name}`, url: `http://local/${name}`, nowMs });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
  kills = queue('kills');
  everything = queue('everything');
  await boot();
});

afterEach(async () => {
  await halt();
  rmSync(folder, { recursive: true });
});

async function boot(options: Partial<EventBusOptions> = {}, more: readonly EventRule[] = []): Promise<void> {
  const port = await freePort();
  const rule = (name: string, pattern: unknown, target: Queue): EventRule => ({
    name,
    busName: 'game',
    pattern,
    enabled: true,
    targets: [{ target: queueTarget(target) }],
  });
  bus = new EventBusService({
    port,
    buses: ['game'],
    rules: [
      rule('kills', { source: ['necpgame.combat'], 'detail-type': ['NPC_DIED'], detail: { version: [1] } }, kills),
      rule('all', { source: [{ prefix: 'necpgame.' }] }, everything),
      ...more,
    ],
    archives: [{ name: 'events', busName: 'game' }],
    archiveFolder: folder,
    region: 'eu-central-1',
    accountId: '000000000000',
    nowMs,
    ...options,
  });
  await bus.start();
  client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

async function halt(): Promise<void> {
  client.destroy();
  await bus.stop();
}

async function reboot(options: Partial<EventBusOptions>, more: readonly EventRule[] = []): Promise<void> {
  await halt();
  await boot(options, more);
}

const entry = (over: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'necpgame.combat',
  DetailType: 'NPC_DIED',
  Detail: '{"version":1,"data":{"npc":"drone"}}',
  EventBusName: 'game',
  ...over,
});
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
const bodies = (from: Queue) => from.drain().map(({ body }) => JSON.parse(body));

test('an event reaches the queues of the rules that match, in EventBridge’s envelope', async () => {
  const reply = await put(entry({ Resources: ['arn:x'] }), entry({ DetailType: 'LOOT_GENERATED' }));
  expect(reply.FailedEntryCount).toBe(0);
  expect(bodies(kills)).toEqual([
    {
      version: '0',
      id: reply.Entries![0]!.EventId,
      'detail-type': 'NPC_DIED',
      source: 'necpgame.combat',
      account: '000000000000',
      time: '2026-11-22T07:00:00Z',
      region: 'eu-central-1',
      resources: ['arn:x'],
      detail: { version: 1, data: { npc: 'drone' } },
    },
  ]);
  expect(bodies(everything)).toHaveLength(2);
});

test('each entry fails by itself, with EventBridge’s code', async () => {
  const reply = await put(
    entry({ Detail: 'not json' }),
    entry(),
    entry({ Source: 'aws.ec2' }),
    entry({ DetailType: '' }),
    entry({ EventBusName: 'other' }),
    entry({ Detail: '[1]' }),
  );
  expect(reply.FailedEntryCount).toBe(5);
  expect(reply.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    'MalformedDetail',
    undefined,
    'NotAuthorizedForSourceException',
    'InvalidArgument',
    'InvalidArgument',
    'MalformedDetail',
  ]);
  expect(bodies(kills)).toHaveLength(1);
});

test('single entries can be failed on purpose', async () => {
  let first = true;
  await reboot({
    failEntry: () => {
      const failure = first ? { code: 'ThrottlingException', message: 'slow down' } : undefined;
      first = false;
      return failure;
    },
  });
  const reply = await put(entry(), entry());
  expect(reply.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(['ThrottlingException', undefined]);
  expect(bodies(kills)).toHaveLength(1);
});

test('a request of more than ten entries or of a megabyte is refused whole', async () => {
  await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  const half = JSON.stringify({ version: 1, text: 'x'.repeat(524_288) });
  await expect(put(entry({ Detail: half }), entry({ Detail: half }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  expect(bodies(everything)).toEqual([]);
});

test('an unknown operator, or a bus that is not there, is an error before start', () => {
  const options = { port: 0, buses: ['game'], region: 'r', accountId: 'a', nowMs };
  const rule = { name: 'bad', busName: 'game', pattern: { source: [{ regex: 'x' }] }, enabled: true, targets: [] };
  expect(() => new EventBusService({ ...options, rules: [rule] })).toThrow(/Rule bad: .*unknown operator "regex"/);
  expect(
    () => new EventBusService({ ...options, rules: [{ ...rule, busName: 'gone', pattern: { source: ['x'] } }] }),
  ).toThrow(/no event bus "gone"/);
});

test('a function that goes on failing leaves the event in the dead-letter queue', async () => {
  const dead = queue('dead');
  const invoke = vi.fn<InvokeLambda>(async () => ({ functionError: { errorType: 'Error', errorMessage: 'boom' } }));
  const pattern = { 'detail-type': ['NPC_DIED'] };
  const toFunction = {
    name: 'fn',
    busName: 'game',
    pattern,
    enabled: true,
    targets: [{ target: lambdaTarget('fn', invoke), maxRetries: 1, deadLetters: dead, inputPath: '$.detail.data' }],
  };
  await reboot({}, [toFunction, { ...toFunction, name: 'off', enabled: false }]);
  await put(entry());
  expect(bus.idle).toBe(false);
  await vi.waitFor(() => expect(bus.idle).toBe(true));
  expect(invoke.mock.calls).toEqual([
    ['fn', { npc: 'drone' }],
    ['fn', { npc: 'drone' }],
  ]);
  expect(dead.drain()).toMatchObject([
    { body: '{"npc":"drone"}', attributes: { ERROR_MESSAGE: { StringValue: 'Error: boom' } } },
  ]);
});

test('an archive outlives a restart and replays a span of time through the rules', async () => {
  await put(entry());
  await reboot({});
  bodies(kills);
  const replay = (from: string, to: string) =>
    client.send(
      new StartReplayCommand({
        ReplayName: 'again',
        EventSourceArn: 'arn:aws:events:eu-central-1:000000000000:archive/events',
        EventStartTime: new Date(from),
        EventEndTime: new Date(to),
        Destination: { Arn: 'arn:aws:events:eu-central-1:000000000000:event-bus/game' },
      }),
    );
  await replay('2026-11-22T08:00:00Z', '2026-11-22T09:00:00Z');
  expect(bodies(kills)).toEqual([]);
  await replay('2026-11-22T06:00:00Z', '2026-11-22T08:00:00Z');
  expect(bodies(kills)).toMatchObject([{ 'detail-type': 'NPC_DIED', 'replay-name': 'again' }]);
});
