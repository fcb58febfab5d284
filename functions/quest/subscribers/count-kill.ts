import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countKill } from '../contract.ts';
import { countFact, isEmpty } from '../count-fact.ts';

/** Everybody who earned the kill gets credit: each one in a part of their own, because a raid fills no transaction. */
export const handler = subscriberHandler(countKill, async ({ data, occurredAt }, { part }) => {
  const fact = { kind: 'kill', npc: data.npcKind } as const;
  await Promise.all(
    data.eligible.map(({ characterId }) =>
      part(characterId, async ({ commit }) => {
        const changes = await countFact(characterId, fact, Date.parse(occurredAt));
        if (!isEmpty(changes)) await commit(changes);
      }),
    ),
  );
});
