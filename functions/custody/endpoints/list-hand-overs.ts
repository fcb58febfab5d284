import { handOversOf } from '#functions/inventory/public.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listHandOvers } from '../contract-look.ts';
import { answerLook } from '../look.ts';
import { linkOf } from '../view.ts';

const SORT_PREFIX = 'HAND#';

/** Accounts and guilds hold no items: they have none. */
export const handler = endpointHandler(listHandOvers, async ({ input, actor, operation, fail }) => {
  const { owner } = input.params;
  const { limit, cursor, direction } = input.query;
  const before = decodeCursor(cursor, SORT_PREFIX);
  const characterId = CharacterId.safeParse(owner).data;
  const { postings, lastSortKey } = characterId
    ? await handOversOf(characterId, direction, { limit, before })
    : { postings: [], lastSortKey: undefined };
  if (postings.length === 0 && cursor === undefined && lastSortKey === undefined) throw fail('custody.not_found');
  return answerLook(operation, owner, actor.accountId, {
    handOvers: postings.map((posting) => ({
      ...linkOf(posting),
      itemId: posting.itemId,
      templateId: posting.templateId,
    })),
    nextCursor: encodeCursor(lastSortKey),
  });
});
