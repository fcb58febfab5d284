import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { byFunction, consumptionSince, readLine } from './consumption.ts';
import { consumptionReport, countedUnits } from './consumption-report.ts';

const metricLine = (dimension: object, facts: object = {}, atMs = 1_000) =>
  `2026-11-22T09:00:00.000Z ${JSON.stringify({
    _aws: { Timestamp: atMs },
    ...dimension,
    ReadUnits: 1,
    WriteUnits: 4,
    WriteUnitsByRule: 6,
    TableCalls: 2,
    ...facts,
  })}`;
const lines = (...texts: string[]) => texts.map((text) => readLine(text)!);
const run = { players: 2, pushes: 4, zone: true, allFunctions: false };

describe('a metric line', () => {
  it('is read for what it consumed', () => {
    expect(readLine(metricLine({ Stage: 'dev', Endpoint: 'loot.pick-up' }, { statusCode: 200 }))).toEqual({
      id: 'loot.pick-up',
      kind: 'endpoint',
      atMs: 1_000,
      readUnits: 1,
      writeUnits: 6,
      reportedWriteUnits: 4,
      tableCalls: 2,
      isRefusal: false,
    });
    expect(readLine(metricLine({ Shard: 'shard-0' }))).toMatchObject({ id: 'shard-0', kind: 'fleet' });
    expect(readLine(metricLine({ Endpoint: 'a.b' }, { statusCode: 409 }))?.isRefusal).toBe(true);
  });

  it('is told from other lines', () => {
    expect(readLine('START RequestId: 1')).toBeUndefined();
    expect(readLine('{"_aws": broken')).toBeUndefined();
    expect(readLine('x {"_aws":{"Timestamp":1},"Endpoint":"a.b","Requests":1}')).toBeUndefined();
    expect(readLine('x {"_aws":')).toBeUndefined();
  });
});

describe('consumption by function', () => {
  it('has means and maxima of what was served, totals of everything', () => {
    const [pickUp] = byFunction(
      lines(
        metricLine({ Endpoint: 'loot.pick-up' }, { WriteUnitsByRule: 10, statusCode: 200 }),
        metricLine({ Endpoint: 'loot.pick-up' }, { WriteUnitsByRule: 20, statusCode: 200 }),
        metricLine({ Endpoint: 'loot.pick-up' }, { WriteUnitsByRule: 0, ReadUnits: 3, statusCode: 409 }),
      ),
    );
    expect(pickUp).toMatchObject({ calls: 3, refusals: 1, tableCalls: 6 });
    expect(pickUp!.writeUnits).toEqual({ total: 30, mean: 15, max: 20 });
    expect(pickUp!.readUnits).toEqual({ total: 5, mean: 1, max: 1 });
  });

  it('gives the cost model its units per call, event, delivery, push and visit', () => {
    const functions = byFunction(
      lines(
        metricLine({ Endpoint: 'quest.talk' }, { statusCode: 409 }),
        metricLine({ Trigger: 'platform.relay' }),
        metricLine({ Trigger: 'push.deliver' }),
        metricLine({ Subscriber: 'analytics.count-events' }),
        metricLine({ Subscriber: 'analytics.count-events' }),
        metricLine({ Subscriber: 'quest.count-kill' }, { WriteUnitsByRule: 0 }),
        metricLine({ Shard: 'shard-0' }),
      ),
    );
    expect(countedUnits(functions, run)).toEqual({
      endpoints: new Map(),
      authorizer: undefined,
      perEvent: { readUnits: 0.5, writeUnits: 3 },
      perDelivery: { readUnits: 1, writeUnits: 4 },
      perPush: { readUnits: 0.25, writeUnits: 1.5 },
      perVisit: { readUnits: 0.5, writeUnits: 3 },
    });
    expect(countedUnits(functions, { ...run, pushes: 0, zone: false })).toMatchObject({
      perPush: undefined,
      perVisit: undefined,
    });
  });
});

describe('the report', () => {
  const report = (...texts: string[]) => consumptionReport({ functions: byFunction(lines(...texts)), cut: [] }, run);

  it('lists the dearest function first and marks what exceeds its budget', () => {
    const text = report(
      metricLine({ Endpoint: 'quest.talk' }, { statusCode: 200 }),
      metricLine({ Endpoint: 'account.view-account' }, { ReadUnits: 2, WriteUnitsByRule: 100, statusCode: 200 }),
    );
    const [dearest, next] = text.split('\n').slice(3);
    expect(dearest).toMatch(/^account\.view-account .* 1\/0 !$/);
    expect(next).toMatch(/^quest\.talk .* \d+\/\d+$/);
  });

  it('adds up what a player’s journey consumed', () => {
    const text = report(metricLine({ Trigger: 'platform.relay' }), metricLine({ Endpoint: 'quest.talk' }));
    expect(text).toContain('1 RCU, 6 WCU in 2 calls: $0.000004');
  });

  it('says so when nothing was told', () => {
    expect(report()).toBe('No function has told what it consumed.');
  });
});

describe('reading a local cloud’s logs', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('takes the lines of this run alone, from every log, and tells of logs that are cut', async () => {
    const logs: Record<string, string[]> = {
      one: [metricLine({ Trigger: 'a.old' }, {}, 500), metricLine({ Trigger: 'a.new' }, {}, 1_500), 'END'],
      full: Array.from({ length: 5_000 }, () => metricLine({ Job: 'a.job' }, {}, 2_000)),
    };
    server = createServer((request, response) => {
      const name = /^\/_local\/logs\/(\w+)\?lines=5000$/.exec(request.url ?? '')?.[1];
      response.end(JSON.stringify(name ? { lines: logs[name] } : { logs: Object.keys(logs) }));
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { functions, cut } = await consumptionSince(`http://127.0.0.1:${port}`, 1_000);
    expect(functions.map(({ id, calls }) => [id, calls])).toEqual([
      ['a.new', 1],
      ['a.job', 5_000],
    ]);
    expect(cut).toEqual(['full']);
  });
});
