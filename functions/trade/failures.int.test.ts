import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { getSettlement } from '#functions/settlement/contract.ts';
import { handler as getSettlementHandler } from '#functions/settlement/endpoints/get-settlement.ts';
import { handler as sweepHandler } from '#functions/settlement/jobs/sweep-pending.ts';
import type { ZoneFence } from '#functions/zone/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { goodsForGoods, goodsForMoney, TradeTable } from '#shared/testing/trade-table.ts';
import { freshKey, ownZone } from '#shared/testing/traders.ts';

let world: TestWorld;
let zone: ZoneFence;
let at: TradeTable;
let undoHook: () => void = () => {};

beforeAll(async () => {
  world = await startTestWorld({ store: 'memory' });
  zone = await ownZone();
  at = new TradeTable(world, zone);
});
afterAll(() => world.stop());
afterEach(async () => {
  undoHook();
  undoHook = () => {};
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});

/** Halts the next occurrence of a step until `go` is called; `reached` resolves when it is come to. */
function haltAt(step: string) {
  let arrive!: () => void;
  let go!: () => void;
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  let isUsed = false;
  undoHook = useStepHook(async (name, run) => {
    if (name === step && !isUsed) {
      isUsed = true;
      arrive();
      await gone;
    }
    return run();
  });
  return { reached, go };
}

describe('whatever breaks, and wherever', () => {
  const lanes = [
    { what: 'goods for goods', wares: goodsForGoods, steps: ['settlement.move', 'table.TransactWriteItems'] },
    {
      what: 'goods for money',
      wares: goodsForMoney,
      steps: ['settlement.prepare', 'settlement.decide', 'settlement.end', 'table.TransactWriteItems'],
    },
  ];
  const cases = lanes.flatMap(({ what, wares, steps }) =>
    steps.flatMap((step) =>
      (['before', 'after'] as const).flatMap((moment) =>
        [1, 2, 99].map((times) => ({ what, wares, step, moment, times })),
      ),
    ),
  );

  it.each(cases)('$what, $step, $moment it has happened, $times times', async ({ wares, step, moment, times }) => {
    const one = await at.deal(wares);
    await at.accept(one.bea, one);
    let left = times;
    undoHook = useStepHook(async (name, run) => {
      if (name !== step || left === 0) return run();
      left -= 1;
      if (moment === 'after') await run();
      throw new Error(`the line broke ${moment} ${step}`);
    });
    const key = freshKey();
    const first = await at.accept(one.ada, one, key);
    undoHook();
    undoHook = () => {};

    // The player repeats the call, and the sweeper comes round.
    const second = await at.accept(one.ada, one, key);
    world.clock.advance(MINUTE_MS);
    await sweepHandler({}, lambdaContext());
    const outcome = await at.outcomeOf(one, wares);
    expect(outcome).toBe('after');
    if (first.status === 200) expect(second.text).toBe(first.text);
    expect(second).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
    expect(await at.currentOf(one.ada)).toBeUndefined();
  });

  it('a worker that dies after the beginning leaves it to the sweeper, which gives everything back', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.bea, one);
    undoHook = useStepHook(async (name, run) => {
      if (name.startsWith('settlement.') && name !== 'settlement.prepare') throw new Error('the worker is dead');
      return run();
    });
    const pending = await at.accept(one.ada, one);
    expect(pending).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    undoHook();
    undoHook = () => {};
    world.clock.advance(MINUTE_MS);
    await sweepHandler({}, lambdaContext());
    expect(await at.outcomeOf(one, goodsForMoney)).toBe('before');
    const { transactionId } = pending.body;
    const told = await world.call(getSettlementHandler, getSettlement, { actor: one.ada, params: { transactionId } });
    expect(told.body).toMatchObject({ status: 'RETURNED', kind: 'trade', code: 'settlement.aborted' });
    await world.deliver();
    expect(await at.lastToldTo(one.bea)).toMatchObject({ failure: 'aborted' });
  });

  it('a zombie that wakes after the sweeper changes nothing', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.bea, one);
    const halt = haltAt('settlement.decide');
    const zombie = at.accept(one.ada, one);
    await halt.reached;
    world.clock.advance(MINUTE_MS);
    await sweepHandler({}, lambdaContext());
    halt.go();
    expect(await zombie).toMatchObject({ status: 409, body: { code: 'settlement.aborted' } });
    expect(await at.outcomeOf(one, goodsForMoney)).toBe('before');
  });
});
