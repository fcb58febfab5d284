import { CURRENCY_GAINED, CURRENCY_SPENT } from '#events/wallet.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import type { SettlementPorts } from '#shared/settlement/ports.ts';

/** What is told of money that moved: one event for each player's balance, in the order of the account's versions. */
export const currencyEvents: SettlementPorts<unknown>['moneyMoved'] = (told, { balances }): Changes => {
  const { transactionId, reason, actor } = told;
  const moved = balances.filter(({ amount }) => amount !== 0n);
  return {
    events: moved.map(({ owner, currency, amount, posted, version }) => {
      const characterId = CharacterId.safeParse(owner).data;
      const accountId =
        AccountId.safeParse(owner).data ?? (characterId === actor.characterId ? actor.accountId : undefined);
      return event(amount > 0n ? CURRENCY_GAINED : CURRENCY_SPENT, {
        aggregateId: `${owner}.${currency}`,
        aggregateSeq: version,
        data: {
          transactionId,
          owner,
          ...(accountId ? { accountId: AccountId.parse(accountId) } : {}),
          ...(characterId ? { characterId } : {}),
          currency,
          amount: formatAmount(amount > 0n ? amount : -amount),
          balance: formatAmount(posted),
          reason,
        },
      });
    }),
  };
};
