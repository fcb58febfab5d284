import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listSent as definition } from '../contract.ts';
import { localeOf } from '../reader.ts';
import { LIST_PREFIX, listSent } from '../store.ts';
import { sentOf } from '../view.ts';

export const handler = endpointHandler(definition, async ({ input, actor: { accountId, characterId }, nowMs }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, LIST_PREFIX);
  const [locale, page] = await Promise.all([localeOf(accountId), listSent(characterId, { limit, after })]);
  return {
    mails: page.mails.map((mail) => sentOf(mail, locale, nowMs)),
    nextCursor: encodeCursor(page.lastSortKey),
  };
});
