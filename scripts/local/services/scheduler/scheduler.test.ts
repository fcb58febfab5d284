import { afterEach, expect, test, vi } from 'vitest';
import type { LocalClock } from '../../service.ts';
import type { Target } from '../event-bus/rule-target.ts';
import { parseScheduleExpression } from './schedule-expression.ts';
import { type Schedule, SchedulerService } from './scheduler-service.ts';

const START = Date.parse('2026-11-22T07:00:30Z');
const services: SchedulerService[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

function testClock(): LocalClock {
  let nowMs = START;
  const listeners = new Set<(nowMs: number) => void | Promise<void>>();
  return {
    nowMs: () => nowMs,
    offsetMs: () => nowMs - START,
    advance: async (ms) => {
      nowMs += ms;
      for (const listener of listeners) await listener(nowMs);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function boot(clock: LocalClock, ...schedules: (Partial<Schedule> & Pick<Schedule, 'name' | 'expression'>)[]) {
  const sent: unknown[] = [];
  const target: Target = {
    name: 'fn',
    send: async (json) => {
      sent.push(JSON.parse(json));
      return { payload: 'done' };
    },
  };
  const full = schedules.map(
    (each): Schedule => ({ arn: `arn:${each.name}`, enabled: true, target, source: 'aws.scheduler', ...each }),
  );
  const service = new SchedulerService({ schedules: full, clock, region: 'eu-central-1', accountId: '000000000000' });
  services.push(service);
  await service.start();
  return { service, sent };
}

const nextOf = (expression: string, from: string, zone?: string) => {
  const next = parseScheduleExpression(expression, zone).next(Date.parse(from), Date.parse(from));
  return next === undefined ? undefined : new Date(next).toISOString();
};

test.each([
  ['cron(0 6 * * ? *)', '2026-11-22T07:00:00Z', undefined, '2026-11-23T06:00:00.000Z'],
  ['cron(15 10 ? * 6L 2026-2030)', '2026-11-22T07:00:00Z', undefined, '2026-11-27T10:15:00.000Z'],
  ['cron(0 6 ? * WED *)', '2026-11-22T07:00:00Z', undefined, '2026-11-25T06:00:00.000Z'],
  ['cron(0 6 ? * 1 *)', '2026-11-22T07:00:00Z', undefined, '2026-11-29T06:00:00.000Z'],
  ['cron(0/10 * ? * MON-FRI *)', '2026-11-22T07:00:00Z', undefined, '2026-11-23T00:00:00.000Z'],
  ['cron(30 4 29 3 ? *)', '2026-03-28T00:00:00Z', 'Europe/Berlin', '2026-03-29T02:30:00.000Z'],
  ['cron(0 0 1 1 ? 2020)', '2026-11-22T07:00:00Z', undefined, undefined],
  ['rate(5 minutes)', '2026-11-22T07:00:30Z', undefined, '2026-11-22T07:05:30.000Z'],
  ['at(2026-12-31T23:59:00)', '2026-11-22T07:00:00Z', 'Europe/Berlin', '2026-12-31T22:59:00.000Z'],
  ['at(2020-01-01T00:00:00)', '2026-11-22T07:00:00Z', undefined, undefined],
])('%s after %s in %s is due at %s', (expression, from, zone, expected) => {
  expect(nextOf(expression, from, zone)).toBe(expected);
});

test.each(['cron(0 6 * * *)', 'cron(0 6 * * * *)', 'rate(0 minutes)', 'rate(5 seconds)', 'at(tomorrow)', 'every day'])(
  '%s is refused',
  (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(/Schedule expression/);
  },
);

test('moving the clock over due times runs each schedule once, and the next time lies ahead', async () => {
  const clock = testClock();
  const { service, sent } = await boot(
    clock,
    { name: 'minutely', expression: 'rate(1 minute)' },
    { name: 'daily', expression: 'cron(0 6 * * ? *)' },
  );
  await clock.advance(59_000);
  expect(sent).toEqual([]);
  await clock.advance(1_000);
  expect(sent).toMatchObject([{ source: 'aws.scheduler', resources: ['arn:minutely'], time: '2026-11-22T07:01:30Z' }]);
  await clock.advance(3 * 86_400_000);
  expect(sent).toHaveLength(3);
  expect(sent).toMatchObject([
    {},
    { resources: ['arn:minutely'] },
    { resources: ['arn:daily'], time: '2026-11-23T06:00:00Z' },
  ]);
  for (const { nextAtMs } of service.list()) expect(nextAtMs).toBeGreaterThan(clock.nowMs());
});

test('time that passes by itself runs a schedule too', async () => {
  const clock = testClock();
  const { sent } = await boot(clock, { name: 'soon', expression: 'at(2026-11-22T07:00:31)' });
  // The clock stands still here: only the timer can notice.
  vi.spyOn(clock, 'nowMs').mockReturnValue(START + 1_000);
  await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 3_000 });
});

test('run starts a schedule by name at once, with its constant input; an unknown name is undefined', async () => {
  const { service, sent } = await boot(testClock(), {
    name: 'manual',
    expression: 'rate(1 day)',
    input: '{"at":"<aws.scheduler.scheduled-time>"}',
  });
  expect(await service.run('manual')).toEqual({ payload: 'done' });
  expect(sent).toEqual([{ at: '2026-11-22T07:00:30Z' }]);
  expect(await service.run('other')).toBeUndefined();
});

test('a disabled schedule never runs by itself', async () => {
  const clock = testClock();
  const { service, sent } = await boot(clock, { name: 'off', expression: 'rate(1 minute)', enabled: false });
  await clock.advance(86_400_000);
  expect(sent).toEqual([]);
  expect(service.list()).toEqual([{ name: 'off', expression: 'rate(1 minute)', nextAtMs: undefined }]);
});
