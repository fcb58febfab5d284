import { itemById, postingsOf } from '#functions/inventory/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeVersion, encodeVersion } from '../chain-cursor.ts';
import { viewItem } from '../contract-look.ts';
import { answerLook } from '../look.ts';
import { itemViewOf, linkOf } from '../view.ts';

export const handler = endpointHandler(viewItem, async ({ input, actor, operation, fail }) => {
  const { itemId } = input.params;
  const { limit, cursor } = input.query;
  const afterVer = decodeVersion(cursor);
  const [item, chain] = await Promise.all([itemById(itemId), postingsOf(itemId, { limit, afterVer })]);
  if (!item) throw fail('custody.not_found');
  const last = chain.at(-1)?.ver;
  const hasMore = last !== undefined && last < item.ver;
  return answerLook(operation, itemId, actor.accountId, {
    item: itemViewOf(item),
    chain: chain.map(linkOf),
    nextCursor: hasMore ? encodeVersion(last) : undefined,
  });
});
