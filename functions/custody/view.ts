import type * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import type { ItemInstance, Posting, StoredItems } from '#functions/inventory/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { TransactionId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import type { LedgerEntry, LedgerTransaction, MoneyLeg } from '#shared/ledger/ledger.ts';
import { agreementOf } from '#shared/settlement/agreement.ts';
import type { SettlementRow } from '#shared/settlement/store.ts';
import type { ChainLink, ItemState, LedgerLine, TransactionView } from './shapes.ts';

/** An item as staff see it, wherever it is. */
export function itemViewOf(item: ItemInstance): z.input<typeof ItemState> {
  const { itemId, templateId, holder, container, slot, count, ver, bind, origin, originRef } = item;
  return {
    ...{ itemId, templateId, quality: itemTemplates.get(templateId).quality, holder },
    ...(container === undefined ? {} : { container, slot }),
    ...{ count, version: ver, bind, origin, originRef, acquiredAt: toIso(item.acquiredAtMs) },
    ...(item.expiresAtMs === undefined ? {} : { expiresAt: toIso(item.expiresAtMs) }),
  };
}

/** One link of a chain, with the settlement that it belongs to. */
export function linkOf({ ver, from, to, count, change, reason, cause, atMs }: Posting): z.input<typeof ChainLink> {
  const transactionId = [cause, ...[from, to].map((holder) => holder.replace(/^esc\./, ''))].find(
    (one) => TransactionId.safeParse(one).success,
  );
  return {
    ...{ version: ver, from, to, count, change, reason, cause },
    ...(transactionId === undefined ? {} : { transactionId }),
    at: toIso(atMs),
  };
}

/** One line of an owner's history. */
export function lineOf(entry: LedgerEntry): z.input<typeof LedgerLine> {
  const { transactionId, currency, version, amount, balance, kind, reason, counterparties, atMs } = entry;
  return {
    ...{ transactionId, currency, version },
    direction: amount > 0n ? 'in' : 'out',
    amount: formatAmount(amount > 0n ? amount : -amount),
    balance: formatAmount(balance),
    ...{ kind, reason, counterparties: [...counterparties], at: toIso(atMs) },
  };
}

/** Both sides of a transaction. */
export function transactionViewOf(
  transactionId: TransactionId,
  row: SettlementRow | undefined,
  decided: LedgerTransaction | undefined,
): z.input<typeof TransactionView> {
  const { state, complaints } = agreementOf(row, decided, transactionId);
  return {
    transactionId,
    ...(row ? { settlement: settlementSideOf(row) } : {}),
    ...(decided ? { ledger: ledgerSideOf(decided) } : {}),
    agreement: state,
    complaints: complaints.map(({ text }) => text),
  };
}

function settlementSideOf(row: SettlementRow) {
  const { kind, reason, outcome, actor, preparedAtMs, endedAtMs, money } = row;
  return {
    ...{ kind, reason, state: outcome?.state ?? ('PENDING' as const) },
    ...(outcome?.state === 'RETURNED' ? { code: outcome.code } : {}),
    ...(actor.accountId ? { accountId: actor.accountId } : {}),
    ...(actor.characterId ? { characterId: actor.characterId } : {}),
    origin: actor.origin,
    preparedAt: toIso(preparedAtMs),
    ...(endedAtMs === undefined ? {} : { endedAt: toIso(endedAtMs) }),
    items: itemLegsOf(row.items as StoredItems | undefined),
    money: money.map(moneyLegOf),
  };
}

function itemLegsOf(stored: StoredItems | undefined) {
  return [
    ...(stored?.escrowed ?? []).map(({ itemId, templateId, count, home, to }) => {
      return { itemId, templateId, count, from: home.holder, to: to.holder };
    }),
    ...(stored?.promised ?? []).map(({ itemId, templateId, count, origin, to }) => {
      return { itemId, templateId, count, from: `mint.${origin}`, to: to.holder };
    }),
  ];
}

function ledgerSideOf({ operation, decision, kind, reason, decidedAtMs, legs }: LedgerTransaction) {
  return {
    ...{ operation, state: decision.state },
    ...(decision.state === 'REJECTED' ? { code: decision.code } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(reason === undefined ? {} : { reason }),
    decidedAt: toIso(decidedAtMs),
    money: legs.map(moneyLegOf),
    balances: (decision.state === 'COMMITTED' ? decision.balances : []).map((one) => ({
      ...{ owner: one.owner, currency: one.currency, change: String(one.amount) },
      ...{ balance: formatAmount(one.posted), version: one.version },
    })),
  };
}

function moneyLegOf({ amount, ...leg }: MoneyLeg) {
  return { ...leg, amount: formatAmount(amount) };
}
