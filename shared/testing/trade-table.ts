import { SOFT_CURRENCY } from '#content/currencies.ts';
import { accept, cancel, listHistory, lock, setOffer, viewCurrent } from '#functions/trade/contract.ts';
import { acceptRequest, requestTrade } from '#functions/trade/contract-requests.ts';
import { handler as acceptHandler } from '#functions/trade/endpoints/accept.ts';
import { handler as acceptRequestHandler } from '#functions/trade/endpoints/accept-request.ts';
import { handler as cancelHandler } from '#functions/trade/endpoints/cancel.ts';
import { handler as listHistoryHandler } from '#functions/trade/endpoints/list-history.ts';
import { handler as lockHandler } from '#functions/trade/endpoints/lock.ts';
import { handler as requestHandler } from '#functions/trade/endpoints/request-trade.ts';
import { handler as setOfferHandler } from '#functions/trade/endpoints/set-offer.ts';
import { handler as viewCurrentHandler } from '#functions/trade/endpoints/view-current.ts';
import { tradeLimits } from '#functions/trade/rules.ts';
import type { ZoneFence } from '#functions/zone/public.ts';
import type { ItemId, Slug, TradeId } from '#shared/kernel/ids.ts';
import type { TestWorld } from './test-world.ts';
import { bagOf, freshKey, give, type Trader, trader } from './traders.ts';

export type Stack = readonly [templateId: Slug, count?: number];

/** What one side brings into a trade. */
export interface Wares {
  readonly items?: readonly Stack[];
  readonly money?: bigint;
  /** What the character has; as much as it offers unless said. */
  readonly funds?: bigint;
}

/** A trade that both have locked, ready to be accepted. */
export interface Deal {
  readonly ada: Trader;
  readonly bea: Trader;
  readonly tradeId: TradeId;
  readonly offerHash: string;
  readonly items: readonly [readonly ItemId[], readonly ItemId[]];
}

export const goodsForMoney: readonly [Wares, Wares] = [
  { items: [['scrap-alloy', 40], ['weld-torch']] },
  { money: 120n, funds: 200n },
];
export const goodsForGoods: readonly [Wares, Wares] = [
  { items: [['scrap-alloy', 40], ['weld-torch']] },
  { items: [['fusion-bead', 2]] },
];

/** The calls of two who trade, and the way to the point where they accept. */
export class TradeTable {
  private readonly world: TestWorld;
  private readonly zone: ZoneFence;

  constructor(world: TestWorld, zone: ZoneFence) {
    this.world = world;
    this.zone = zone;
  }

  moneyOf({ characterId }: Trader): bigint {
    return this.world.till.balances.get(characterId);
  }

  setMoney({ characterId }: Trader, amount: bigint): void {
    this.world.till.balances.set(characterId, amount);
  }

  propose(actor: Trader, tradeId: TradeId, items: readonly ItemId[], amount = 0n) {
    const money = amount === 0n ? [] : [{ currency: SOFT_CURRENCY, amount: amount.toString() }];
    return this.world.call(setOfferHandler, setOffer, { actor, params: { tradeId }, body: { items, money } });
  }

  lock(actor: Trader, tradeId: TradeId, offerHash: string) {
    return this.world.call(lockHandler, lock, { actor, params: { tradeId }, body: { offerHash } });
  }

  accept(actor: Trader, { tradeId, offerHash }: Pick<Deal, 'tradeId' | 'offerHash'>, idempotencyKey = freshKey()) {
    return this.world.call(acceptHandler, accept, { actor, params: { tradeId }, body: { offerHash }, idempotencyKey });
  }

  leave(actor: Trader, tradeId: TradeId) {
    return this.world.call(cancelHandler, cancel, { actor, params: { tradeId } });
  }

  async currentOf(actor: Trader) {
    return (await this.world.call(viewCurrentHandler, viewCurrent, { actor })).body.trade;
  }

  async historyOf(actor: Trader, query: Readonly<Record<string, string>> = {}) {
    return (await this.world.call(listHistoryHandler, listHistory, { actor, query })).body;
  }

  /** The last thing that a character was pushed about its trades. */
  async lastToldTo({ characterId }: Trader) {
    await this.world.deliver();
    return this.world.pushes
      .filter(({ destination }) => destination === `/topic/character/${characterId}/trade`)
      .map(({ body }) => (body as { trade: { revision: number; tradeId: string } }).trade)
      .reduce((last, one) => (one.tradeId > last.tradeId || one.revision > last.revision ? one : last));
  }

  async open(ada: Trader, bea: Trader): Promise<TradeId> {
    const body = { characterId: bea.characterId };
    const { tradeId } = (await this.world.call(requestHandler, requestTrade, { actor: ada, body })).body;
    const opened = await this.world.call(acceptRequestHandler, acceptRequest, { actor: bea, params: { tradeId } });
    if (opened.body.state !== 'OPEN') throw new Error(`the trade did not open: ${opened.text}`);
    return tradeId;
  }

  /** Both lock what they see, and the cool-down passes. Answers the hash. */
  async lockBoth(ada: Trader, bea: Trader, tradeId: TradeId): Promise<string> {
    const { offerHash } = await this.currentOf(ada);
    for (const actor of [ada, bea]) {
      const locked = await this.lock(actor, tradeId, offerHash);
      if (locked.status !== 200) throw new Error(`the lock was refused: ${locked.text}`);
    }
    this.world.clock.advance(tradeLimits.coolDownMs);
    return offerHash;
  }

  async deal(wares: readonly [Wares, Wares], facts: Parameters<typeof trader>[2] = {}): Promise<Deal> {
    const ada = await trader(this.world, this.zone, facts);
    const bea = await trader(this.world, this.zone, facts);
    const sides = [ada, bea] as const;
    const [mine, theirs] = [
      await give(this.world, ada, ...(wares[0].items ?? [])),
      await give(this.world, bea, ...(wares[1].items ?? [])),
    ];
    for (const [index, one] of sides.entries()) this.setMoney(one, wares[index]!.funds ?? wares[index]!.money ?? 0n);
    const tradeId = await this.open(ada, bea);
    for (const [index, one] of sides.entries()) {
      const proposed = await this.propose(one, tradeId, [mine, theirs][index]!, wares[index]!.money);
      if (proposed.status !== 200) throw new Error(`the offer was refused: ${proposed.text}`);
    }
    return { ada, bea, tradeId, offerHash: await this.lockBoth(ada, bea, tradeId), items: [mine, theirs] };
  }

  /** Where all value is: with those who had it, or with those who were to get it. Anything else is torn. */
  async outcomeOf({ ada, bea }: Deal, wares: readonly [Wares, Wares]): Promise<'before' | 'after' | string> {
    const lines = ({ items = [] }: Wares) => items.map(([templateId, count = 1]) => `${templateId} ×${count}`).sort();
    const funds = wares.map(({ funds, money }) => funds ?? money ?? 0n) as [bigint, bigint];
    const [mine, theirs] = wares.map(({ money = 0n }) => money) as [bigint, bigint];
    const state = [await bagOf(ada), await bagOf(bea), this.moneyOf(ada), this.moneyOf(bea)];
    const before = [lines(wares[0]), lines(wares[1]), funds[0], funds[1]];
    const after = [lines(wares[1]), lines(wares[0]), funds[0] - mine + theirs, funds[1] - theirs + mine];
    const text = (value: unknown) => JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `${one}` : one));
    if (text(state) === text(before)) return 'before';
    return text(state) === text(after) ? 'after' : `torn: ${text(state)}`;
  }
}
