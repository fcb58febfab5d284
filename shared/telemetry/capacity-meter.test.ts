import { describe, expect, it } from 'vitest';
import {
  capacityFields,
  capacitySoFar,
  meterCapacity,
  noCapacity,
  recordCapacity,
  recordTransactionByRule,
  takeProcessCapacity,
} from './capacity-meter.ts';

describe('the capacity meter', () => {
  it('counts what runs inside it, in the meters around it too', async () => {
    const outer = noCapacity();
    const inner = noCapacity();
    await meterCapacity(outer, async () => {
      recordCapacity('read', 0.5);
      await meterCapacity(inner, async () => recordCapacity('write', 3));
    });
    recordCapacity('write', 100);
    expect(inner).toEqual({ readUnits: 0, writeUnits: 3, writeUnitsByRule: 3, calls: 1 });
    expect(outer).toEqual({ readUnits: 0.5, writeUnits: 3, writeUnitsByRule: 3, calls: 2 });
  });

  it('keeps meters that run at the same time apart', async () => {
    const meters = [noCapacity(), noCapacity()];
    await Promise.all(
      meters.map((consumed, index) =>
        meterCapacity(consumed, async () => {
          await Promise.resolve();
          recordCapacity('read', index + 1);
        }),
      ),
    );
    expect(meters.map(({ readUnits }) => readUnits)).toEqual([1, 2]);
  });

  it('tells the reported units of a transaction from those by the rule', async () => {
    const consumed = noCapacity();
    await meterCapacity(consumed, async () => {
      recordCapacity('transaction', 4);
      recordTransactionByRule(20);
    });
    expect(consumed).toEqual({ readUnits: 0, writeUnits: 4, writeUnitsByRule: 20, calls: 1 });
  });

  it('shows its innermost figures as fields of a metric line', async () => {
    await meterCapacity(noCapacity(), async () => {
      recordCapacity('read', 2);
      expect(capacityFields(capacitySoFar())).toEqual({
        ReadUnits: 2,
        WriteUnits: 0,
        WriteUnitsByRule: 0,
        TableCalls: 1,
      });
    });
    expect(capacitySoFar()).toEqual(noCapacity());
  });

  it('counts the whole process from one question to the next', () => {
    takeProcessCapacity();
    recordCapacity('read', 1);
    expect(takeProcessCapacity()).toMatchObject({ readUnits: 1, calls: 1 });
    expect(takeProcessCapacity()).toEqual(noCapacity());
  });
});
