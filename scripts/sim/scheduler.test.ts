import { describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { FaultInjector, type FaultKind, randomFaults, scheduledFaults } from './faults.ts';
import { Scheduler } from './scheduler.ts';

function simulation(seed: number) {
  const random = seededRandom(seed);
  const scheduler = new Scheduler(random, 1_000);
  return { random, scheduler };
}

/** Three processes that each log three steps. */
async function race(seed: number): Promise<readonly string[]> {
  const { scheduler } = simulation(seed);
  const log: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    void scheduler.start(name, async () => {
      for (let index = 0; index < 3; index += 1) {
        await scheduler.yield();
        log.push(`${name}${index}`);
      }
    });
  }
  await scheduler.drain();
  return log;
}

describe('the scheduler', () => {
  it('replays a seed exactly, and finds other orders under other seeds', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, (_none, seed) => race(seed)));
    expect(await race(7)).toEqual(orders[7]);
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(10);
    for (const order of orders) expect([...order].sort()).toHaveLength(9);
  });

  it('leaps over waits, in the order of their ends', async () => {
    const { scheduler } = simulation(1);
    const log: [string, number][] = [];
    for (const [name, ms] of [
      ['late', 60_000],
      ['soon', 5],
    ] as const) {
      void scheduler.start(name, async () => {
        await scheduler.sleep(ms);
        log.push([name, scheduler.nowMs]);
      });
    }
    await scheduler.drain();
    expect(log).toEqual([
      ['soon', 1_005],
      ['late', 61_000],
    ]);
  });

  it('stops when what it waits for is there, and hands on its failure', async () => {
    const { scheduler } = simulation(1);
    const endless = scheduler.start('endless', async () => {
      for (;;) await scheduler.sleep(1_000);
    });
    void endless;
    expect(await scheduler.drain(scheduler.start('short', async () => 5))).toBe(5);
    await expect(scheduler.drain(scheduler.start('bad', () => Promise.reject(new Error('refused'))))).rejects.toThrow(
      'refused',
    );
  });
});

describe('a fault', () => {
  /** Runs one process with three steps of which the second fails; tells what took effect and how it ended. */
  async function strike(fault: FaultKind, step = 'table.TransactWriteItems') {
    const { random, scheduler } = simulation(3);
    const injector = new FaultInjector(scheduler, random, scheduledFaults(new Map([[2, fault]])));
    const effects: number[] = [];
    let end = 'never ended';
    void scheduler
      .start(
        'victim',
        async () => {
          for (let index = 1; index <= 3; index += 1) await injector.hook(step, async () => effects.push(index));
        },
        { isFaulty: true },
      )
      .then(
        () => {
          end = 'done';
        },
        (error: Error) => {
          end = error.name;
        },
      );
    await scheduler.drain();
    return { effects, end, tookMs: scheduler.nowMs - 1_000, injected: injector.injected[fault] };
  }

  it.each([
    ['before', [1], 'TimeoutError'],
    ['after', [1, 2], 'TimeoutError'],
    ['duplicate', [1, 2, 2, 3], 'done'],
    ['delay', [1, 2, 3], 'done'],
    ['pause', [1, 2, 3], 'done'],
    ['kill', [1], 'never ended'],
    ['conflict', [1], 'TransactionCanceledException'],
    ['throttle', [1], 'TransactionCanceledException'],
  ] as const)('%s lets %j happen', async (fault, effects, end) => {
    expect(await strike(fault)).toMatchObject({ effects, end, injected: 1 });
  });

  it('pauses for longer than any time-out', async () => {
    expect((await strike('pause')).tookMs).toBeGreaterThan(35_000);
  });

  it('of the table strikes no other store', async () => {
    expect(await strike('conflict', 'ledger.settle')).toMatchObject({ effects: [1, 2, 3], injected: 0 });
  });

  it('strikes by its rate, and not after healing', async () => {
    const { random, scheduler } = simulation(9);
    const injector = new FaultInjector(scheduler, random, randomFaults(random, { before: 20 }));
    const process = (count: number) =>
      scheduler.start(
        'victim',
        async () => {
          for (let index = 0; index < count; index += 1) await injector.hook('x', async () => {}).catch(() => {});
        },
        { isFaulty: true },
      );
    await scheduler.drain(process(2_000));
    expect(injector.injected.before).toBeGreaterThan(300);
    expect(injector.injected.before).toBeLessThan(500);
    const before = injector.injected.before;
    injector.heal();
    await scheduler.drain(process(500));
    expect(injector.injected.before).toBe(before);
  });
});
