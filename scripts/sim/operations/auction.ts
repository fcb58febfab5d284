import { SOFT_CURRENCY } from '#content/currencies.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type TransactionId } from '#shared/kernel/ids.ts';
import type { Act, Stage } from '../stage.ts';

/** Where a tenth of the price goes. */
const FEE = 'system.sink.vendor';
const LONG_MS = 60 * MINUTE_MS;

/** Reserves money of a player for a bid. */
function bid(stage: Stage, me: number, amount: number, lifeMs = LONG_MS, id?: TransactionId) {
  const owner = stage.player(me).characterId;
  const order = { operation: 'hold', owner, currency: SOFT_CURRENCY, amount: BigInt(amount), lifeMs } as const;
  return stage.house.ask(stage.player(me), order, id);
}

/** A player bids more, and the bid that was the highest is free. */
function outbid(stage: Stage, me: number, replaces: TransactionId, amount: number) {
  const owner = stage.player(me).characterId;
  const hold = { owner, currency: SOFT_CURRENCY, amount: BigInt(amount), lifeMs: LONG_MS };
  return stage.house.ask(stage.player(me), { operation: 'replaceHold', replaces, ...hold });
}

/** The seller is paid out of the bid, less the fee; what is not paid is the bidder's again. */
function pay(stage: Stage, seller: number, holdId: TransactionId, price: number) {
  const fee = BigInt(Math.ceil(price / 10));
  const rest = BigInt(price) - fee;
  const to = [
    { to: FEE, amount: fee } as const,
    ...(rest > 0n ? [{ to: stage.player(seller).characterId, amount: rest }] : []),
  ];
  return stage.house.ask(stage.player(seller), { operation: 'post', holdId, to });
}

function withdraw(stage: Stage, me: number, holdId: TransactionId) {
  return stage.house.ask(stage.player(me), { operation: 'void', holdId });
}

function undo(stage: Stage, me: number, reverses: TransactionId) {
  return stage.house.ask(stage.player(me), { operation: 'reverse', reverses });
}

/** Sometimes at once, sometimes a little later: whoever is first is another one each time. */
async function soon<T>(stage: Stage, act: () => Promise<T>): Promise<T> {
  if (stage.random.percent(50)) await stage.scheduler.sleep(stage.random.int(0, 50));
  return act();
}

const bidAndWin: Act = {
  name: 'bid-and-win',
  async perform(stage, me) {
    const amount = stage.random.int(1, 700);
    const first = await bid(stage, me, amount);
    if (first?.state !== 'COMMITTED') return;
    const raised = await outbid(stage, me, first.id, amount + stage.random.int(1, 300));
    const highest = raised?.state === 'COMMITTED' ? raised.id : first.id;
    await pay(stage, stage.other(me), highest, amount);
  },
};

/** One bid, and at the same moment somebody bids more, its bidder withdraws it and the lot is knocked down. */
const bidRace: Act = {
  name: 'bid-race',
  async perform(stage, me) {
    const amount = stage.random.int(10, 900);
    const first = await bid(stage, me, amount);
    if (first?.state !== 'COMMITTED') return;
    const rival = stage.other(me);
    await Promise.all([
      soon(stage, () => outbid(stage, rival, first.id, amount + 1)),
      soon(stage, () => withdraw(stage, me, first.id)),
      soon(stage, () => pay(stage, rival, first.id, stage.random.int(1, amount + 1))),
    ]);
  },
};

/** A bid that runs out, about when it is paid and bid over. */
const bidLapses: Act = {
  name: 'bid-lapses',
  async perform(stage, me) {
    const lifeMs = stage.random.int(1, 30) * SECOND_MS;
    const first = await bid(stage, me, 50, lifeMs);
    if (first?.state !== 'COMMITTED') return;
    const moment = () => stage.scheduler.sleep(Math.max(0, lifeMs + stage.random.int(-1_500, 1_500)));
    await Promise.all([
      moment().then(() => pay(stage, stage.other(me), first.id, 40)),
      stage.random.percent(50) ? moment().then(() => outbid(stage, me, first.id, 60)) : withdraw(stage, me, first.id),
    ]);
  },
};

/** A bidder thinks better of it while the bid is still under way. */
const bidTakenBack: Act = {
  name: 'bid-taken-back',
  async perform(stage, me) {
    const id = createId('txn');
    await Promise.all([
      bid(stage, me, stage.random.int(1, 500), LONG_MS, id),
      soon(stage, () => withdraw(stage, me, id)),
      stage.random.percent(50) ? soon(stage, () => pay(stage, stage.other(me), id, 1)) : undefined,
    ]);
    await withdraw(stage, me, id);
  },
};

/** What was paid is moved back, by two who do not know of each other. */
const bidUndone: Act = {
  name: 'bid-undone',
  async perform(stage, me) {
    const price = stage.random.int(1, 400);
    const held = await bid(stage, me, price);
    if (held?.state !== 'COMMITTED') return;
    const paid = await pay(stage, stage.other(me), held.id, price);
    if (!paid) return;
    await Promise.all([undo(stage, me, paid.id), soon(stage, () => undo(stage, stage.other(me), paid.id))]);
  },
};

export const auctionActs: readonly Act[] = [bidAndWin, bidRace, bidLapses, bidTakenBack, bidUndone];
