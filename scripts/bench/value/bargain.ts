import { SOFT_CURRENCY } from '#content/currencies.ts';
import { accept, lock, setOffer } from '#functions/trade/contract.ts';
import { acceptRequest, requestTrade } from '#functions/trade/contract-requests.ts';
import type { Duper } from '#scripts/e2e/dupes/player.ts';
import { until } from '#scripts/journey/until.ts';
import type { ItemId } from '#shared/kernel/ids.ts';

/** How long each call of a trade took, ms, by what it is. */
export type Durations = Map<string, number[]>;

/** Items of one side for money of the other. */
export interface Goods {
  readonly seller: Duper;
  readonly buyer: Duper;
  readonly itemIds: readonly ItemId[];
  readonly price: bigint;
}

/**
 * Two who stand together agree on a trade, up to the first accept.
 * @returns the second accept, which carries it out
 * @throws Error with the refusal, when there is one
 */
export async function agree(
  { seller, buyer, itemIds, price }: Goods,
  durations: Durations,
): Promise<() => Promise<void>> {
  let waitedMs = 0;
  const note = (name: string, ms: number) => durations.set(name, [...(durations.get(name) ?? []), ms]);
  // biome-ignore lint/suspicious/noExplicitAny: replies of many endpoints, whose shapes the server has checked
  const timed = async (name: string, call: () => Promise<any>): Promise<any> => {
    const beganMs = performance.now();
    const answer = await call();
    const tookMs = performance.now() - beganMs;
    note(name, tookMs);
    waitedMs += tookMs;
    return answer;
  };
  const asked = { body: { characterId: buyer.characterId } };
  const { tradeId } = await timed('request', () => seller.must(requestTrade, asked));
  const params = { tradeId };
  await timed('open', () => buyer.must(acceptRequest, { params }));
  await timed('offer', () => seller.must(setOffer, { params, body: { items: [...itemIds], money: [] } }));
  const money = [{ currency: SOFT_CURRENCY, amount: String(price) }];
  const view = await timed('offer', () => buyer.must(setOffer, { params, body: { items: [], money } }));
  const body = { offerHash: view.offerHash };
  for (const player of [seller, buyer]) await timed('lock', () => player.must(lock, { params, body }));
  const endsMs = Date.parse(view.coolDownEndsAt);
  await until('the cool-down to be over', () => (Date.now() > endsMs ? true : undefined));
  await timed('accept, the first', () => seller.must(accept, { params, body }));
  return async () => {
    await timed('accept, the second: settles', () => buyer.must(accept, { params, body }));
    note('a whole trade, less the cool-down', waitedMs);
  };
}
