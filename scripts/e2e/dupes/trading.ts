import { SOFT_CURRENCY } from '#content/currencies.ts';
import { accept, cancel, lock, setOffer, viewCurrent } from '#functions/trade/contract.ts';
import { acceptRequest, requestTrade } from '#functions/trade/contract-requests.ts';
import { until } from '#scripts/journey/until.ts';
import type { ItemId, TradeId } from '#shared/kernel/ids.ts';
import type { Duper } from './player.ts';

/** What one side gives. */
export interface Offer {
  readonly items?: readonly string[];
  readonly money?: bigint;
}

/** Calls of two who trade, and the way to the point where they accept. */
export class Bargain {
  readonly asker: Duper;
  readonly asked: Duper;
  readonly tradeId: TradeId;
  offerHash = '';

  private constructor(asker: Duper, asked: Duper, tradeId: TradeId) {
    this.asker = asker;
    this.asked = asked;
    this.tradeId = tradeId;
  }

  /** Opens a trade; the fleet may need a moment to see them side by side. */
  static async open(asker: Duper, asked: Duper): Promise<Bargain> {
    const tradeId = await until('the two to stand together', async () => {
      const answer = await asker.send(requestTrade, { body: { characterId: asked.characterId } });
      return answer.status === 200 ? (JSON.parse(answer.text).tradeId as TradeId) : undefined;
    });
    await asked.must(acceptRequest, { params: { tradeId } });
    return new Bargain(asker, asked, tradeId);
  }

  /** Both offer and lock what they see; the cool-down is over afterwards. */
  static async agreed(asker: Duper, asked: Duper, offers: readonly [Offer, Offer]): Promise<Bargain> {
    const bargain = await Bargain.open(asker, asked);
    await bargain.offer(asker, offers[0]);
    await bargain.offer(asked, offers[1]);
    await bargain.lockBoth();
    return bargain;
  }

  offer(player: Duper, { items = [], money = 0n }: Offer) {
    const amounts = money === 0n ? [] : [{ currency: SOFT_CURRENCY, amount: money.toString() }];
    const body = { items: items as ItemId[], money: amounts };
    return player.must(setOffer, { params: { tradeId: this.tradeId }, body });
  }

  async lockBoth(): Promise<void> {
    const { trade } = await this.asker.must(viewCurrent, {});
    this.offerHash = trade.offerHash;
    for (const player of [this.asker, this.asked])
      await player.must(lock, { params: { tradeId: this.tradeId }, body: { offerHash: this.offerHash } });
    const endsMs = Date.parse(trade.coolDownEndsAt);
    await until('the cool-down to be over', () => (Date.now() > endsMs ? true : undefined));
  }

  get seen() {
    return { params: { tradeId: this.tradeId }, body: { offerHash: this.offerHash } };
  }

  accept(player: Duper, signal?: AbortSignal) {
    return player.send(accept, this.seen, signal);
  }

  /** Leaves the trade behind, however it stands. */
  async end(): Promise<void> {
    await this.asker.send(cancel, { params: { tradeId: this.tradeId } });
  }
}
