import { describe, expect, it } from 'vitest';
import { answerComplaints, isSame, mustStay } from './remembered.ts';
import type { Row } from './value-stores.ts';

const settlement = (state: string, code?: string): Row => ({
  pk: 'TX#1',
  sk: 'TX',
  state,
  ...(code ? { outcome: JSON.stringify({ code, facts: {} }) } : {}),
});
const refused = (code: string, requestId = 'req_1') => ({ status: 409, text: JSON.stringify({ code, requestId }) });
const done = { status: 200, text: '{"items":[]}' };
const said = (answer: typeof done) => ({ path: '/x', key: 'k', answer });

describe('what an answer must be', () => {
  it('is the stored refusal of a settlement that was returned, for ever', () => {
    const returned = settlement('RETURNED', 'ledger.insufficient_funds');
    expect(answerComplaints(said(refused('ledger.insufficient_funds')), returned)).toEqual([]);
    expect(answerComplaints(said(refused('inventory.full')), returned)).toHaveLength(1);
    expect(answerComplaints(said(done), returned)).toHaveLength(1);
    expect(mustStay(refused('ledger.insufficient_funds'), returned)).toBe(true);
  });

  it('is a success of one that was delivered', () => {
    expect(answerComplaints(said(done), settlement('DELIVERED'))).toEqual([]);
    expect(answerComplaints(said(refused('inventory.full')), settlement('DELIVERED'))).toHaveLength(1);
  });

  it('is anything where nothing has begun, but no refusal of the ledger', () => {
    expect(answerComplaints(said(refused('inventory.item_changed')), undefined)).toEqual([]);
    expect(mustStay(refused('inventory.item_changed'), undefined)).toBe(false);
    expect(answerComplaints(said(refused('ledger.insufficient_funds')), undefined)).toHaveLength(1);
    expect(answerComplaints(said(done), undefined)).toEqual([]);
    expect(mustStay(done, undefined)).toBe(true);
  });
});

it('takes answers that differ in what names the request for the same, and no others', () => {
  expect(isSame(refused('a', 'req_1'), refused('a', 'req_2'))).toBe(true);
  expect(isSame(refused('a'), refused('b'))).toBe(false);
  expect(isSame(done, { ...done, status: 201 })).toBe(false);
});
