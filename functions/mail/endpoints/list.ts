import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor, MAX_PAGE } from '#shared/runtime/page.ts';
import { list } from '../contract.ts';
import { holdsValue, isInBox } from '../mail.ts';
import { localeOf } from '../reader.ts';
import { boxKeyOf, LIST_PREFIX, listBox } from '../store.ts';
import { summaryOf } from '../view.ts';

/** Where a filter is set, so many mails are looked at for one page. */
const LOOKED_AT = MAX_PAGE;

export const handler = endpointHandler(list, async ({ input, actor: { accountId, characterId }, nowMs }) => {
  const { limit, cursor, unread, withAttachments } = input.query;
  const isFiltered = unread === 'true' || withAttachments === 'true';
  const after = decodeCursor(cursor, LIST_PREFIX);
  const [locale, page] = await Promise.all([
    localeOf(accountId),
    listBox(characterId, nowMs, { limit: isFiltered ? LOOKED_AT : limit, after }),
  ]);
  const wanted = page.mails.filter(
    (mail) =>
      isInBox(mail, characterId, nowMs) &&
      (unread === 'false' || mail.readAtMs === undefined) &&
      (withAttachments === 'false' || holdsValue(mail)),
  );
  const mails = wanted.slice(0, limit);
  const last = wanted.length > mails.length ? mails.at(-1) : undefined;
  return {
    mails: mails.map((mail) => summaryOf(mail, locale)),
    nextCursor: encodeCursor(last ? boxKeyOf(last) : page.lastSortKey),
  };
});
