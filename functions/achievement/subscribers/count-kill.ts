import { npcs } from '#content/npcs.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countKill } from '../contract.ts';
import { countFact } from '../count-fact.ts';

/** Everybody who earned the kill counts it: each one in a part of their own, so that no race holds up the others. */
export const handler = subscriberHandler(countKill, async ({ data }, { part }) => {
  const faction = npcs.find(data.npcKind)?.faction;
  if (!faction) return;
  const fact = { kind: 'kill', npc: data.npcKind, rank: data.npcRank, faction } as const;
  await Promise.all(
    data.eligible.map((earner) => part(earner.characterId, (operation) => countFact(earner, fact, operation))),
  );
});
