import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listCases } from '../contract.ts';
import { listCases as casesIn } from '../store.ts';
import { summaryOf } from '../view.ts';

/** Sort keys begin with the rank, which is padded. */
const SORT_PREFIX = '0';

export const handler = endpointHandler(listCases, async ({ input, nowMs }) => {
  const { state, limit, cursor } = input.query;
  const { entries, lastKey } = await casesIn(state, { limit, after: decodeCursor(cursor, SORT_PREFIX) });
  return { cases: entries.map((one) => summaryOf(one, nowMs)), nextCursor: encodeCursor(lastKey) };
});
