import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { type CountedUnits, lambdaCost, playerHour, playerHourCost, prices, sumOf, tableCost } from './cost-model.ts';

const endpoints = domains.flatMap((domain) => domain.endpoints);
const budgets = new Map(endpoints.map(({ id, budget }) => [id, budget]));
const nothingCounted: CountedUnits = { endpoints: new Map() };
const lineOf = (name: string, counted = nothingCounted, hour = playerHour) =>
  playerHourCost(counted, budgets, hour).find((line) => line.name === name)!;

describe('the cost model', () => {
  it('prices table units, and a million of them as published', () => {
    expect(tableCost({ readUnits: 1e6, writeUnits: 0 })).toBeCloseTo(0.125, 9);
    expect(tableCost({ readUnits: 0, writeUnits: 1 }, 1e6)).toBeCloseTo(0.625, 9);
    expect(tableCost({ readUnits: 4, writeUnits: 2 }, 3)).toBeCloseTo(3 * (0.5e-6 + 1.25e-6), 12);
  });

  it('prices Lambda by requests and by memory over time', () => {
    expect(lambdaCost(1e6, 0, 0.5)).toBeCloseTo(0.2, 9);
    expect(lambdaCost(1, 1_000, 2)).toBeCloseTo(2 * 0.0000133334 + 0.2e-6, 12);
  });

  it('prices an hour of sending 2 KB a second, a share of the fleet and of the database', () => {
    expect(lineOf('egress').usd).toBeCloseTo(0.000648, 9);
    expect(lineOf('zone fleet on Fargate').usd).toBeCloseTo(0.000079, 9);
    expect(lineOf('Aurora').usd).toBeCloseTo(0.000024, 9);
    expect(lineOf('WebSocket API').usd).toBeCloseTo((75 + 15) / 1e6, 12);
    expect(lineOf('SQS').usd).toBeCloseTo(90 * 3 * 0.4e-6, 12);
  });

  it('makes 168 calls an hour, of endpoints that there are', () => {
    expect(Object.values(playerHour.calls).reduce((sum, count) => sum + count, 0)).toBe(168);
    expect(Object.keys(playerHour.calls).filter((id) => !budgets.has(id))).toEqual([]);
  });

  it('takes counted units where there are some, and says so', () => {
    const counted: CountedUnits = {
      endpoints: new Map([['loot.pick-up', { readUnits: 0, writeUnits: 0 }]]),
      perPush: { readUnits: 1, writeUnits: 2 },
    };
    const pushes = lineOf('table: pushes', counted);
    expect(pushes).toMatchObject({ basis: 'counted', detail: '60 × (1 RRU, 2 WRU)' });
    expect(pushes.usd).toBeCloseTo(60 * (prices.readUnit + 2 * prices.writeUnit), 12);
    expect(lineOf('table: pushes').basis).toBe('assumed');
    const spared = lineOf('table: endpoints').usd - lineOf('table: endpoints', counted).usd;
    expect(spared).toBeCloseTo(tableCost(budgets.get('loot.pick-up')!, 12), 12);
    expect(lineOf('table: endpoints', counted).basis).toBe('partly counted');
  });

  it('refuses a profile with an endpoint that nobody knows', () => {
    const hour = { ...playerHour, calls: { 'no.such': 1 } };
    expect(() => playerHourCost(nothingCounted, budgets, hour)).toThrow(RangeError);
  });

  it('sums its lines', () => {
    const lines = playerHourCost(nothingCounted, budgets);
    const halves = [lines.slice(0, 8), lines.slice(8)];
    expect(sumOf(lines)).toBeCloseTo(sumOf(halves[0]!) + sumOf(halves[1]!), 12);
    expect(lines.every(({ usd }) => usd > 0)).toBe(true);
  });
});

/**
 * Raising a budget beyond these is a decision about money: raise them with it, in the same commit. Each is just above
 * what the budgets come to.
 */
const CEILING_HOUR_USD = 0.0038;
const CEILING_CALLS_USD = 0.005;
const CEILING_ONE_CALL_USD = 0.00005;
/** One call that moves up to a limit of items; its budget is that of the most it may carry. */
const CEILING_MANY_ITEMS_USD = 0.00034;

/** What happens once in an account's life, or by staff, may cost more. */
const RARE = [
  'account.export-data',
  'account.delete-account',
  'account.admin-set-roles',
  'account.admin-ban',
  'anticheat.review-case',
  'auth.logout-all',
  'custody.claw-back',
  'custody.grant',
  'custody.approve-proposal',
];

const MANY_ITEMS = [
  'inventory.sort-container',
  'inventory.repair-items',
  'loot.get-drop',
  'loot.pick-up-all',
  'mail.send',
  'mail.take-attachment',
  'mail.take-all',
  'trade.request-trade',
  'trade.accept',
  'vendor.sell-junk',
];

function dearerThan(usd: number): string[] {
  return endpoints.filter(({ budget }) => tableCost(budget) > usd).map(({ id }) => id);
}

describe('the capacity budgets', () => {
  it('bound the cost of a player’s hour', () => {
    expect(sumOf(playerHourCost(nothingCounted, budgets))).toBeLessThanOrEqual(CEILING_HOUR_USD);
  });

  it('bound the cost of calling every endpoint once', () => {
    const usd = endpoints.reduce((sum, { budget }) => sum + tableCost(budget), 0);
    expect(usd).toBeLessThanOrEqual(CEILING_CALLS_USD);
  });

  it('bound the cost of each single call', () => {
    expect(dearerThan(CEILING_ONE_CALL_USD).filter((id) => ![...RARE, ...MANY_ITEMS].includes(id))).toEqual([]);
  });

  it('bound the cost of a call for many items', () => {
    expect(dearerThan(CEILING_MANY_ITEMS_USD).filter((id) => !RARE.includes(id))).toEqual([]);
  });
});
