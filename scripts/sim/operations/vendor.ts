import { vendor } from '../prepared-world.ts';
import type { Act } from '../stage.ts';

const params = { vendorId: vendor.id };
const stock = vendor.stock.filter(({ requiredLevel }) => requiredLevel === 1);

const buy: Act = {
  name: 'buy',
  async perform(stage, me) {
    const { item: templateId, price } = stage.random.pick(stock);
    const body = { templateId, count: 1, unitPrice: String(price) };
    await stage.call(me, 'vendor.buy', { params, body }, { body: { ...body, unitPrice: String(price + 1) } });
  },
};

const sell: Act = {
  name: 'sell',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me));
    if (!item) return;
    const body = { itemId: item.itemId, version: item.ver };
    await stage.call(me, 'vendor.sell', { params, body }, { body: { ...body, version: item.ver + 1 } });
  },
};

const sellJunk: Act = {
  name: 'sell-junk',
  perform: (stage, me) => stage.call(me, 'vendor.sell-junk', { params, body: { kinds: ['material'] } }),
};

const buyBack: Act = {
  name: 'buy-back',
  async perform(stage, me) {
    const sold = stage.pick(stage.sales(me));
    if (sold) await stage.call(me, 'vendor.buy-back', { params: { ...params, itemId: sold.itemId } });
  },
};

export const vendorActs: readonly Act[] = [buy, sell, sellJunk, buyBack];
