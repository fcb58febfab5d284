import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { friendKeys } from '#shared/table/keys/friend.ts';
import { listBlocks as listBlocksEndpoint } from '../contract.ts';
import { listBlocks } from '../store-blocks.ts';

export const handler = endpointHandler(listBlocksEndpoint, async ({ input, actor }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, friendKeys.block.sortPrefix);
  const blocks = await listBlocks(actor.accountId, { after, limit: limit + 1 });
  const page = blocks.slice(0, limit);
  const last = blocks.length > page.length ? page.at(-1) : undefined;
  return {
    blocks: page.map(({ otherId, name, sinceMs }) => ({ accountId: otherId, name, since: toIso(sinceMs) })),
    nextCursor: encodeCursor(last && friendKeys.block.primary(last).sk),
  };
});
