import { SOFT_CURRENCY } from '#content/currencies.ts';
import { tradeLimits } from '#functions/trade/rules.ts';
import type { Act, Stage } from '../stage.ts';

/** What one side brings in. */
interface Wares {
  readonly items: readonly string[];
  readonly money: readonly { readonly currency: string; readonly amount: string }[];
}

function money(amount: number): Wares['money'] {
  return amount > 0 ? [{ currency: SOFT_CURRENCY, amount: String(amount) }] : [];
}

function items(stage: Stage, me: number, most: number): readonly string[] {
  const all = stage.bag(me).filter(({ templateId }) => templateId !== 'dockhand-boots');
  const picked = Array.from({ length: most }, () => stage.pick(all)?.itemId).filter((id) => id !== undefined);
  return [...new Set(picked)];
}

/** Opens a trade of two players; undefined when that was refused. */
async function open(stage: Stage, me: number, partner: number): Promise<string | undefined> {
  const asked = await stage.call(me, 'trade.request-trade', {
    body: { characterId: stage.player(partner).characterId },
  });
  if (asked?.status !== 200) return undefined;
  const params = { tradeId: asked.body.tradeId as string };
  if (asked.body.state === 'OPEN') return params.tradeId;
  const opened = await stage.call(partner, 'trade.accept-request', { params });
  return opened?.status === 200 ? params.tradeId : undefined;
}

/** Two trade, up to a point at which one of them may have thought better of it. */
async function trade(stage: Stage, me: number, wares: (side: number) => Wares): Promise<void> {
  const partner = stage.other(me);
  const tradeId = await open(stage, me, partner);
  if (!tradeId) return;
  const params = { tradeId };
  const sides = [me, partner];
  let offerHash: string | undefined;
  for (const side of sides) {
    const offered = await stage.call(side, 'trade.set-offer', { params, body: wares(side) });
    if (offered?.status === 200) offerHash = offered.body.offerHash;
  }
  const isCancelled = stage.random.percent(15);
  if (isCancelled && stage.random.percent(50)) await stage.call(me, 'trade.cancel', { params });
  for (const side of sides) {
    const locked = await stage.call(side, 'trade.lock', { params, body: { offerHash } });
    offerHash = locked?.status === 200 ? locked.body.offerHash : offerHash;
  }
  await stage.scheduler.sleep(tradeLimits.coolDownMs + stage.random.int(1, 500));
  const accepts = sides.map((side) =>
    stage.call(side, 'trade.accept', { params, body: { offerHash } }, { body: { offerHash: 'x'.repeat(43) } }),
  );
  if (isCancelled) accepts.push(stage.call(partner, 'trade.cancel', { params }));
  await Promise.all(accepts);
  await stage.call(me, 'trade.cancel', { params });
}

const goodsForMoney: Act = {
  name: 'trade-money',
  strikesFrom: 'trade.accept',
  perform: (stage, me) =>
    trade(stage, me, (side) => ({
      items: side === me ? items(stage, side, 2) : [],
      money: side === me ? [] : money(stage.random.int(1, 400)),
    })),
};

const goodsForGoods: Act = {
  name: 'trade-goods',
  strikesFrom: 'trade.accept',
  perform: (stage, me) => trade(stage, me, (side) => ({ items: items(stage, side, 3), money: [] })),
};

/** More than the other has: the ledger has to say no. */
const beyondMeans: Act = {
  name: 'trade-beyond-means',
  strikesFrom: 'trade.accept',
  async perform(stage, me) {
    const spend = (side: number): Wares => ({ items: [], money: side === me ? money(1_500) : [] });
    const spending = stage.call(me, 'mail.send', {
      body: { to: [{ characterId: stage.player(stage.other(me)).characterId }], subject: 'Gift', money: '1200' },
    });
    await Promise.all([trade(stage, me, spend), spending]);
  },
};

export const tradeActs: readonly Act[] = [goodsForMoney, goodsForGoods, beyondMeans];
