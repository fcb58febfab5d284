import { currencies } from '#content/currencies.ts';
import { items as itemTemplates } from '#content/items.ts';
import { escrowedBy, type ItemInstance, type ItemLeg, isSink, itemsById } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { parseAmount } from '#shared/kernel/money.ts';
import type { LedgerOwner, MoneyLeg } from '#shared/ledger/ledger.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { type Act, movesMoney } from './act.ts';
import { type Away, awayOf, leaving } from './away.ts';
import { requireFree } from './held-money.ts';
import { type MailedMoney, mailEscrow, mailedMoney } from './mailed-money.ts';
import { actLimits, type Pieces, stacksOf, worthOf } from './rules.ts';

const FAUCET = 'system.faucet.staff';
const SINK = 'system.sink.staff';
/** Where clawed-back items go: `sink.clawback`. */
const ITEM_SINK = 'clawback';
const STAFF_ORIGIN = 'staff';

/** What an act moves, from the state of this moment. */
export interface PlannedAct {
  readonly items: readonly ItemLeg[];
  readonly money: readonly MoneyLeg[];
  readonly worth: bigint;
  /** Something of it is worn: the character's zone has to look at it again. */
  readonly takesWorn: boolean;
  /** What else changes where things are taken from: mails and the vendors' lists. */
  readonly elsewhere: Changes;
  /** Mails whose money goes: the legs of it are among `money`. */
  readonly mailed: readonly MailedMoney[];
}

type Wanted = Pick<Act, 'actId' | 'kind' | 'characterId' | 'accountId' | 'content'>;

/**
 * Plans an act. Each item's version stands in its leg: what is worth something else by the time of the commit is not
 * moved.
 * @throws GameError `custody.nothing_asked`, `custody.item_elsewhere`, `custody.in_settlement`, `custody.not_enough`,
 *   `custody.whole_stack`, `custody.worn_with_money`, `custody.apart_from_money`, `custody.unknown_item`,
 *   `custody.too_much`, `custody.money_held`, `custody.no_money_in_mail`, `ledger.unknown_currency`, `ledger.wrong_scope`
 */
export async function planAct(act: Wanted, nowMs: number): Promise<PlannedAct> {
  const { content, kind } = act;
  const { items, mint, money, mails = [] } = content;
  if (items.length + mint.length + money.length + mails.length === 0) throw new GameError('custody.nothing_asked');
  const known = await itemsById(items.map(({ itemId }) => itemId));
  const pieces: Pieces[] = [];
  const legs: ItemLeg[] = [];
  const away: Away[] = [];
  let takesWorn = false;
  for (const { itemId, count } of merged(items)) {
    const item = known.get(itemId);
    const place = item && kind === 'claw-back' ? await awayOf(act, item) : undefined;
    if (!item || !(place || isWithin(act, item))) throw notHere(item, itemId);
    if (count !== undefined && count > item.count) throw new GameError('custody.not_enough', { itemId });
    if (place) {
      if (count !== undefined && count < item.count) throw new GameError('custody.whole_stack', { itemId });
      away.push(place);
    }
    takesWorn ||= item.container === 'equipment';
    pieces.push({ ...itemTemplates.get(item.templateId), count: count ?? item.count });
    legs.push(kind === 'grant' ? restoring(act, item) : clawingBack(item, count));
  }
  if (takesWorn && movesMoney(content)) throw new GameError('custody.worn_with_money');
  // With money a refusal of the ledger brings things back, and a mail that has let go of them would not know.
  if (away.length > 0 && movesMoney(content)) throw new GameError('custody.apart_from_money');
  for (const [index, { templateId, count }] of mint.entries()) {
    const template = itemTemplates.find(templateId);
    if (!template) throw new GameError('custody.unknown_item', { templateId });
    pieces.push({ ...template, count });
    legs.push(minting(act, templateId, count, index));
  }
  const stacks = mint.reduce((sum, one) => sum + stacksOf(one.count, itemTemplates.get(one.templateId).maxStack), 0);
  if (items.length + stacks > actLimits.items) throw new GameError('custody.too_much', { stacks: actLimits.items });
  const ownLegs = money.map((one) => moneyLegOf(act, one));
  if (kind === 'claw-back') await requireFree(ownLegs, nowMs);
  const mailed = await mailedMoney(act, mails);
  const moneyLegs = [
    ...ownLegs,
    ...mailed.map(({ currency, amount }) => ({ currency, from: mailEscrow, to: SINK, amount }) as const),
  ];
  const elsewhere = mergeChanges(...leaving(away, nowMs));
  return { items: legs, money: moneyLegs, worth: worthOf(pieces, moneyLegs), takesWorn, elsewhere, mailed };
}

/** What a settlement has in its hands is back, or somebody's, when it ends: at the latest by the sweeper. */
function notHere(item: ItemInstance | undefined, itemId: string): GameError {
  const transactionId = item && escrowedBy(item.holder);
  if (!transactionId) return new GameError('custody.item_elsewhere', { itemId });
  const retryAfterSeconds = (2 * TAKE_OVER_AFTER_MS) / SECOND_MS;
  return new GameError('custody.in_settlement', { itemId, transactionId }, { retryAfterSeconds });
}

/** One entry for each item: what a list names twice is summed up; all of a stack and more of it is all of it. */
function merged(items: Act['content']['items']): Act['content']['items'] {
  const sums = new Map<(typeof items)[number]['itemId'], number | undefined>();
  for (const { itemId, count } of items) {
    const known = sums.get(itemId);
    const isAll = count === undefined || (sums.has(itemId) && known === undefined);
    sums.set(itemId, isAll ? undefined : (known ?? 0) + count);
  }
  return [...sums].map(([itemId, count]) => ({ itemId, count }));
}

/** Whether it is where such an act finds things. */
function isWithin({ kind, characterId }: Wanted, { holder, count }: ItemInstance): boolean {
  return kind === 'grant' ? isSink(holder) && count > 0 : holder === characterId;
}

function clawingBack({ itemId, ver, holder, container }: ItemInstance, count: number | undefined): ItemLeg {
  const destination = { to: 'sink', reason: ITEM_SINK } as const;
  const inside = container === undefined ? {} : { container };
  return { kind: 'move', itemId, ver, count, from: holder, ...inside, bound: 'any', destination };
}

function restoring({ characterId, accountId }: Wanted, { itemId, ver, holder }: ItemInstance): ItemLeg {
  return {
    ...{ kind: 'move', itemId, ver, from: holder },
    destination: { to: 'character', characterId, accountId, overflow: 'mail' },
  };
}

function minting({ actId, characterId, accountId }: Wanted, templateId: string, count: number, index: number): ItemLeg {
  return {
    ...{ kind: 'mint', templateId, count, origin: STAFF_ORIGIN, source: [actId, index] },
    destination: { to: 'character', characterId, accountId, overflow: 'mail' },
  };
}

function moneyLegOf(act: Wanted, { currency: id, amount }: Act['content']['money'][number]): MoneyLeg {
  const currency = currencies.find(id);
  if (!currency) throw new GameError('ledger.unknown_currency');
  const owner: LedgerOwner | undefined = currency.scopes.includes('character')
    ? act.characterId
    : currency.scopes.includes('account')
      ? act.accountId
      : undefined;
  if (!owner) throw new GameError('ledger.wrong_scope');
  const way = act.kind === 'grant' ? ({ from: FAUCET, to: owner } as const) : ({ from: owner, to: SINK } as const);
  return { currency: id, ...way, amount: parseAmount(amount) };
}
