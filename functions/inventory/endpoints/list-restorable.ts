import { items as itemTemplates } from '#content/items.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listRestorable } from '../contract-loss.ts';
import { isSink } from '../holders.ts';
import { listLost } from '../store.ts';

export const handler = endpointHandler(listRestorable, async ({ input, actor, nowMs }) => {
  const { limit, cursor } = input.query;
  const { items, lastSortKey } = await listLost(actor.characterId, { nowMs, limit, after: decodeCursor(cursor, '') });
  return {
    items: items.flatMap(({ itemId, templateId, count, holder, loss }) =>
      loss && isSink(holder) && loss.untilMs > nowMs
        ? [
            {
              itemId,
              templateId,
              quality: itemTemplates.get(templateId).quality,
              count,
              lostBy: holder.slice('sink.'.length),
              until: toIso(loss.untilMs),
              ...(loss.price ? { price: loss.price } : {}),
            },
          ]
        : [],
    ),
    nextCursor: encodeCursor(lastSortKey),
  };
});
