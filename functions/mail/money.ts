import type { LedgerOwner, MoneyLeg, SystemAccount } from '#shared/ledger/ledger.ts';
import type { Owner } from './mail.ts';
import { mailRules } from './rules.ts';

/**
 * Holds the money of every mail. The mail's row says how much of it is the mail's, and until when: money enters and
 * leaves by settlements alone, each of which changes that row.
 */
export const mailEscrow: SystemAccount = 'system.escrow.mail';
const postageSink: SystemAccount = 'system.sink.postage';
const expiredSink: SystemAccount = 'system.sink.expired-mail';

/** A leg in the mail currency; none where there is nothing to move. */
function leg(from: LedgerOwner, to: LedgerOwner, amount: bigint): readonly MoneyLeg[] {
  return amount > 0n ? [{ currency: mailRules.currency, from, to, amount }] : [];
}

/** What a sender pays: postage for good, and what goes with the mail. */
export function sendingLegs({ characterId }: Owner, amounts: { readonly postage: bigint; readonly money: bigint }) {
  return [...leg(characterId, postageSink, amounts.postage), ...leg(characterId, mailEscrow, amounts.money)];
}

/** What a taker gets out of the mail, and what they pay for the rest of it. */
export function takingLegs({ characterId }: Owner, amounts: { readonly money: bigint; readonly cod: bigint }) {
  return [...leg(mailEscrow, characterId, amounts.money), ...leg(characterId, mailEscrow, amounts.cod)];
}

/** What goes out of the game with a mail that has ended. */
export function endingLegs(money: bigint): readonly MoneyLeg[] {
  return leg(mailEscrow, expiredSink, money);
}
