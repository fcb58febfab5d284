import type * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { type Changes, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { hashOf, otherSide, type Side, type SideIndex, type Trade } from './negotiation.ts';
import { type Offer, type OfferedItem, offerValue, valueGap } from './offer.ts';
import type { TradedItem, TradeView } from './shapes.ts';
import { tradeTopic } from './topics.ts';

function shownItem({
  itemId,
  templateId,
  count,
  durability,
  charges,
  expiresAtMs,
}: OfferedItem): z.input<typeof TradedItem> {
  return {
    itemId,
    templateId,
    quality: itemTemplates.get(templateId).quality,
    count,
    ...(durability === undefined ? {} : { durability }),
    ...(charges === undefined ? {} : { charges }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: toIso(expiresAtMs) }),
  };
}

/** What was or is offered, as players see it. */
export function shownOffer({ items, money }: Offer) {
  return {
    items: items.map(shownItem),
    money: money.map(({ currency, amount }) => ({ currency, amount: formatAmount(amount) })),
  };
}

function shownSide({ characterId, name, offer, locked, accepted }: Side) {
  return { characterId, name, ...shownOffer(offer), value: formatAmount(offerValue(offer)), locked, accepted };
}

/** A trade as one of its sides sees it. */
export function viewFor(trade: Trade, index: SideIndex): z.input<typeof TradeView> {
  const [mine, theirs] = [trade.sides[index], trade.sides[otherSide(index)]];
  const { tradeId, rev, state, zoneId, offerVersion, endedBy, idleEndsAtMs, endReason, failure, transactionId } = trade;
  return {
    tradeId,
    revision: rev,
    state,
    zoneId,
    asker: index === 0 ? 'you' : 'partner',
    you: shownSide(mine),
    partner: shownSide(theirs),
    offerVersion,
    offerHash: hashOf(trade),
    valueGap: valueGap(offerValue(mine.offer), offerValue(theirs.offer)),
    coolDownEndsAt: toIso(trade.coolDownEndsAtMs),
    ...(idleEndsAtMs === undefined ? {} : { idleEndsAt: toIso(idleEndsAtMs) }),
    endsAt: toIso(trade.endsAtMs),
    ...(endReason ? { endReason } : {}),
    ...(endedBy ? { endedBy: endedBy === mine.characterId ? 'you' : 'partner' } : {}),
    ...(failure ? { failure } : {}),
    ...(transactionId ? { transactionId } : {}),
  };
}

/** Tells both sides how the trade stands now. */
export function tellBoth(trade: Trade): Changes {
  return {
    pushes: ([0, 1] as const).map((index) =>
      push(tradeTopic, { characterId: trade.sides[index].characterId }, { trade: viewFor(trade, index) }),
    ),
  };
}
