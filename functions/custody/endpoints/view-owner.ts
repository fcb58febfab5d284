import { CharacterId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { InvalidCursorError } from '#shared/ledger/history-page.ts';
import { ledger, type PlayerOwner } from '#shared/ledger/ledger.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { viewOwner } from '../contract-look.ts';
import { holdingsOf } from '../holdings.ts';
import { answerLook } from '../look.ts';
import { lineOf } from '../view.ts';

export const handler = endpointHandler(viewOwner, async ({ input, actor, operation, fail }) => {
  const owner = input.params.owner as PlayerOwner;
  const characterId = CharacterId.safeParse(owner).data;
  const history = await ledger()
    .historyOf(owner, input.query)
    .catch((error: unknown) => {
      if (!(error instanceof InvalidCursorError)) throw error;
      throw new InvalidRequestError([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
    });
  const balances = await ledger().balancesOf(owner);
  const holdings = characterId && input.query.cursor === undefined ? await holdingsOf(characterId) : undefined;
  const hasItems = holdings && holdings.gave + holdings.got > 0;
  if (balances.length === 0 && !hasItems && input.query.cursor === undefined) throw fail('custody.not_found');
  return answerLook(operation, owner, actor.accountId, {
    owner,
    balances: balances.map(({ posted, held, ...rest }) => ({
      ...rest,
      posted: formatAmount(posted),
      held: formatAmount(held),
    })),
    entries: history.entries.map(lineOf),
    ...(holdings ? { holdings } : {}),
    nextCursor: history.nextCursor,
  });
});
