import { describe, expect, it } from 'vitest';
import { transactionWriteUnits } from './transaction-units.ts';
import type { TransactItem } from './write.ts';

const TableName = 'any';
const Key = { pk: 'A', sk: 'B' };
const put = (Item: Record<string, unknown>): TransactItem => ({ Put: { TableName, Item: { ...Key, ...Item } } });
const update = (UpdateExpression: string, ExpressionAttributeNames?: Record<string, string>): TransactItem => ({
  Update: { TableName, Key, UpdateExpression, ...(ExpressionAttributeNames ? { ExpressionAttributeNames } : {}) },
});
const check: TransactItem = { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } };

describe('the units of a transaction', () => {
  it('are twice the started KB of each item', () => {
    expect(transactionWriteUnits([put({ text: 'x'.repeat(900) })])).toBe(2);
    expect(transactionWriteUnits([put({ text: 'x'.repeat(1_500) })])).toBe(4);
    expect(transactionWriteUnits([put({ text: 'é'.repeat(900) })])).toBe(4);
  });

  it('add up, also for equal actions', () => {
    expect(transactionWriteUnits(Array.from({ length: 10 }, () => put({})))).toBe(20);
    expect(transactionWriteUnits([put({}), check, { Delete: { TableName, Key } }])).toBe(6);
    expect(transactionWriteUnits([])).toBe(0);
  });

  it('count an item once more, not twice, for each index that it enters', () => {
    expect(transactionWriteUnits([put({ gsi1pk: 'C', gsi1sk: 'D' })])).toBe(3);
    expect(transactionWriteUnits([put({ gsi1pk: 'C', gsi1sk: 'D', gsi3pk: 'E', gsi3sk: 'F' })])).toBe(4);
    expect(transactionWriteUnits([put({ gsi1pk: 'C', gsi1sk: 'D', text: 'x'.repeat(1_500) })])).toBe(6);
  });

  it('count an update of an index key as a move, its removal as one write', () => {
    expect(transactionWriteUnits([update('SET state = :s')])).toBe(2);
    expect(transactionWriteUnits([update('SET state = :s, gsi2sk = :k')])).toBe(4);
    expect(
      transactionWriteUnits([update('SET #s = :s REMOVE #p, #k', { '#s': 'state', '#p': 'gsi1pk', '#k': 'gsi1sk' })]),
    ).toBe(3);
    expect(transactionWriteUnits([update('REMOVE gsi1pk, gsi1sk SET gsi2pk = :p, gsi2sk = :k')])).toBe(5);
  });

  it('know the sizes of numbers, lists, sets, maps and binaries', () => {
    const large = { numbers: Array.from({ length: 500 }, (_none, index) => index) };
    expect(transactionWriteUnits([put(large)])).toBe(4);
    expect(transactionWriteUnits([put({ names: new Set(['x'.repeat(600), 'y'.repeat(600)]) })])).toBe(4);
    expect(transactionWriteUnits([put({ deep: { deeper: { text: 'x'.repeat(1_100) } } })])).toBe(4);
    expect(transactionWriteUnits([put({ bytes: new Uint8Array(1_100), none: null, gone: undefined, on: true })])).toBe(
      4,
    );
  });
});
