import { currencies, systemAccounts } from '#content/currencies.ts';
import { currencyScopes } from '#content/schema/currency.ts';
import { GameError } from '#shared/contract/errors.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { MAX_AMOUNT } from '#shared/kernel/money.ts';
import type { LedgerErrorCode } from './errors.ts';
import type { HoldRequest, LedgerOwner, MoneyLeg } from './ledger.ts';

/** Most legs of one transaction. */
const MAX_LEGS = 32;
/** A hold lives at most this long: longer than any auction. */
const MAX_HOLD_LIFE_MS = 30 * DAY_MS;

function refuse(code: LedgerErrorCode): GameError {
  return new GameError(code);
}

/** `faucet`, `sink`, `fee` or `escrow` of an account of the system; undefined of a player's. */
export function systemKindOf(owner: LedgerOwner): string | undefined {
  return owner.startsWith('system.') ? owner.split('.')[1] : undefined;
}

/**
 * Holds a movement of money against what could ever be right, whatever the balances are.
 * @throws GameError `ledger.invalid_legs`, `ledger.invalid_amount`, `ledger.unknown_currency`, `ledger.unknown_account`,
 *   `ledger.wrong_scope`, `ledger.not_transferable`
 */
export function assertLegs(legs: readonly MoneyLeg[]): void {
  if (legs.length < 1 || legs.length > MAX_LEGS) throw refuse('ledger.invalid_legs');
  for (const leg of legs) assertLeg(leg);
}

function assertLeg({ currency: id, from, to, amount }: MoneyLeg): void {
  if (amount < 1n || amount > MAX_AMOUNT) throw refuse('ledger.invalid_amount');
  if (from === to) throw refuse('ledger.invalid_legs');
  const currency = currencies.find(id);
  if (!currency) throw refuse('ledger.unknown_currency');
  for (const owner of [from, to]) {
    if (owner.startsWith('system.') && !systemAccounts.find(owner)) throw refuse('ledger.unknown_account');
    const isHolder = currency.scopes.some((scope) => owner.startsWith(`${currencyScopes[scope]}_`));
    if (!owner.startsWith('system.') && !isHolder) throw refuse('ledger.wrong_scope');
  }
  const [source, target] = [systemKindOf(from), systemKindOf(to)];
  if (source === undefined && target === undefined && !currency.transferable) throw refuse('ledger.not_transferable');
  // Players pay into sinks, fees and escrow, and are paid by faucets and escrow; the system pays itself out of escrow.
  const fits =
    (source === undefined && target !== 'faucet') ||
    source === 'escrow' ||
    (source === 'faucet' && (target === undefined || target === 'escrow'));
  if (!fits) throw refuse('ledger.invalid_legs');
}

/**
 * Holds a reservation against what could ever be right.
 * @throws GameError `ledger.invalid_amount`, `ledger.unknown_currency`, `ledger.wrong_scope`
 */
export function assertHold({ owner, currency: id, amount, lifeMs }: HoldRequest): void {
  if (amount < 1n || amount > MAX_AMOUNT) throw refuse('ledger.invalid_amount');
  const currency = currencies.find(id);
  if (!currency) throw refuse('ledger.unknown_currency');
  if (!currency.scopes.some((scope) => owner.startsWith(`${currencyScopes[scope]}_`)))
    throw refuse('ledger.wrong_scope');
  if (!Number.isSafeInteger(lifeMs) || lifeMs < 1 || lifeMs > MAX_HOLD_LIFE_MS) {
    throw new RangeError(`a hold lives from 1 to ${MAX_HOLD_LIFE_MS} ms`);
  }
}

/** Who was on the other side of an owner's legs. */
export function counterpartiesOf(
  owner: LedgerOwner,
  currency: Slug,
  legs: readonly MoneyLeg[],
): readonly LedgerOwner[] {
  const others = legs
    .filter((leg) => leg.currency === currency && (leg.from === owner || leg.to === owner))
    .map(({ from, to }) => (from === owner ? to : from));
  return [...new Set(others)].sort();
}

/** What a request asks for, as one text: another one under the same id is refused. */
export function requestHashOf(request: unknown): string {
  return sha256(
    canonicalJson(
      JSON.parse(JSON.stringify(request, (_name, value) => (typeof value === 'bigint' ? String(value) : value))),
    ),
  );
}
