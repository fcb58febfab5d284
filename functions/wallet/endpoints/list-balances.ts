import { formatAmount } from '#shared/kernel/money.ts';
import { type Balance, ledger } from '#shared/ledger/ledger.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listBalances } from '../contract.ts';

export const handler = endpointHandler(listBalances, async ({ actor: { characterId, accountId } }) => {
  const [character, account] = await Promise.all([ledger().balancesOf(characterId), ledger().balancesOf(accountId)]);
  return { character: character.map(shown), account: account.map(shown) };
});

function shown({ currency, posted, held }: Balance) {
  return {
    currency,
    posted: formatAmount(posted),
    held: formatAmount(held),
    available: formatAmount(posted - held),
  };
}
