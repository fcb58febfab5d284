import { InvalidCursorError } from '#shared/ledger/history-page.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { listHistory } from '../contract.ts';
import { lineOf } from '../view.ts';

export const handler = endpointHandler(listHistory, async ({ input: { query }, actor }) => {
  const { of, reason, from, to, ...page } = query;
  const owner = of === 'character' ? actor.characterId : actor.accountId;
  try {
    const { entries, nextCursor } = await ledger().historyOf(owner, {
      ...page,
      ...(reason === undefined ? {} : { reasonPrefix: reason }),
      ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
      ...(to === undefined ? {} : { toMs: Date.parse(to) }),
    });
    return { entries: entries.map(lineOf), nextCursor };
  } catch (error) {
    if (!(error instanceof InvalidCursorError)) throw error;
    throw new InvalidRequestError([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
  }
});
