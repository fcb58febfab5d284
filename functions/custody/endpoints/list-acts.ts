import { CharacterId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { viewOf } from '../act-view.ts';
import { listActs } from '../contract-acts.ts';
import { listActs as actsOf } from '../store-acts.ts';

/** Sort keys begin with the instant; every one of this millennium with a 2. */
const SORT_PREFIX = '2';

/** Acts are on characters. */
export const handler = endpointHandler(listActs, async ({ input, fail }) => {
  const { limit, cursor } = input.query;
  const before = decodeCursor(cursor, SORT_PREFIX);
  const characterId = CharacterId.safeParse(input.params.owner).data;
  const { acts, lastKey } = characterId
    ? await actsOf(characterId, { limit, before })
    : { acts: [], lastKey: undefined };
  if (acts.length === 0 && cursor === undefined) throw fail('custody.not_found');
  return { acts: acts.map(viewOf), nextCursor: encodeCursor(lastKey) };
});
