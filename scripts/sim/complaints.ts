import { mailEscrow } from '#functions/mail/money.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { ledgerComplaints } from '#shared/testing/ledger-audit.ts';
import { mailComplaints } from '#shared/testing/mail-audit.ts';
import { AUCTION, type AuctionHouse } from './auction-house.ts';
import type { SimulatedBus } from './bus.ts';
import type { SimulatedClient } from './client.ts';
import { busComplaints, toldComplaints } from './invariants/events.ts';
import { holdComplaints } from './invariants/holds.ts';
import { replyComplaints } from './invariants/replies.ts';
import { orderComplaints } from './invariants/serializability.ts';
import { agreementComplaints, unfinished } from './invariants/settlements.ts';
import type { Observer } from './observer.ts';
import type { Recorder } from './recorder.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];
type Audit = ReturnType<MemoryLedger['audit']>;

/** Kinds of transactions of money alone, which leave no row in the table; `sim`: what players were given before. */
const OF_MONEY_ALONE = new Set(['quest-reward', 'sim', AUCTION]);

/** What must be true at any moment, whatever is under way. */
export function stormComplaints(rows: Rows, ledger: MemoryLedger): readonly string[] {
  return [...itemComplaints(rows), ...ledgerComplaints(ledger.audit())];
}

/** What must be true when everything has come to rest: all invariants. */
export function finalComplaints(of: {
  readonly now: { readonly rows: Rows; readonly audit: Audit };
  readonly before: { readonly rows: Rows; readonly audit: Audit };
  readonly observer: Observer;
  readonly bus: SimulatedBus;
  readonly client: SimulatedClient;
  readonly house: AuctionHouse;
  readonly recorder: Recorder;
  readonly nowMs: number;
}): readonly string[] {
  const { now, before, observer, bus, client, house, recorder } = of;
  const history = recorder.whole({ now: now.audit, before: before.audit, calls: client.calls, asked: house.asked });
  const { rows, audit } = now;
  const escrowed = audit.system
    .filter(({ account }) => account === mailEscrow)
    .reduce((sum, { amount }) => sum + amount, 0n);
  return [
    ...itemComplaints(rows),
    ...mailComplaints(rows, escrowed),
    ...ledgerComplaints(audit),
    ...agreementComplaints(rows, audit.transactions, OF_MONEY_ALONE),
    ...unfinished(rows),
    ...tradeComplaints(rows),
    ...replyComplaints(client.calls, observer.receipts),
    ...holdComplaints(house.asked, audit.transactions, audit.holds, of.nowMs),
    ...[...client.unanswered, ...house.unanswered].map((call) => `${call} had no definite answer`),
    ...busComplaints(rows, observer.told, bus.accepted),
    ...bus.deadLetters.map(({ consumer, about }) => `${consumer.id} cannot handle ${about}`),
    ...orderComplaints(history),
    ...toldComplaints(now, before, observer.told),
  ];
}

/** Who stands in a trade is in one that is live; and none is left in the middle of being carried out. */
function tradeComplaints(rows: Rows): readonly string[] {
  const trades = rows.filter(({ _et }) => _et === 'Trade');
  const live = new Set(
    trades.filter(({ state }) => state === 'REQUESTED' || state === 'OPEN').map(({ tradeId }) => tradeId),
  );
  return [
    ...trades.filter(({ state }) => state === 'SETTLING').map(({ tradeId }) => `${tradeId} is still being settled`),
    ...rows
      .filter(({ _et, tradeId }) => _et === 'Trading' && !live.has(tradeId))
      .map(({ characterId, tradeId }) => `${characterId} is kept by ${tradeId}, which is over`),
  ];
}
