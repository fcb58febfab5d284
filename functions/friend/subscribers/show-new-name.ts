import { getCharacter } from '#functions/character/public.ts';
import { push } from '#shared/events/changes.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { showNewName } from '../contract.ts';
import { renamed } from '../rules.ts';
import { getPair, listSides, putSide } from '../store.ts';
import { friendsTopic } from '../topics.ts';

/**
 * Puts the character's name of today in the place of the one that it gave up, in the list of everybody who met the player
 * under that one, and tells friends. That two such events come in the wrong order changes nothing: neither says what the
 * name is now.
 */
export const handler = subscriberHandler(showNewName, async ({ data }, { nowMs, part }) => {
  const { accountId, characterId, previousName } = data;
  const name = (await getCharacter(characterId))?.name;
  if (name === undefined || name === previousName) return;
  for (const { otherId } of await listSides(accountId)) {
    await part(otherId, async ({ commit }) => {
      const pair = await getPair(otherId, accountId);
      const after = renamed(pair, { name, previousName, nowMs });
      if (!after) return;
      const message = { type: 'friend_renamed' as const, accountId, name };
      const pushes = after.relation === 'friend' ? [push(friendsTopic, { accountId: otherId }, message)] : [];
      await commit({ writes: [putSide(after, pair.mine)], pushes });
    });
  }
});
