import { npcs } from '#content/npcs.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { creditKill } from '../contract.ts';
import { sharedKillXp } from '../rules.ts';
import { xpChanges } from '../xp-changes.ts';

/** Shares the kill's experience among those who earned it, at the levels that they had then. */
export const handler = subscriberHandler(creditKill, async ({ data }, { commit }) => {
  const kind = npcs.find(data.npcKind);
  if (!kind) return;
  const earned = sharedKillXp(data.eligible, { level: data.npcLevel, xpPercent: kind.xpPercent });
  await commit(await xpChanges(earned as ReadonlyMap<CharacterId, number>));
});
