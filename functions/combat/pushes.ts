import { type Push, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Death, LoggedFight } from './rules.ts';
import { combatTopic } from './topics.ts';
import { viewOf } from './view.ts';

/** Tells each who fought how the fight ended for them, as their log shows it. */
export function fightPushes(fights: readonly LoggedFight[]): Push[] {
  return fights.map((fight) =>
    push(combatTopic, { characterId: fight.characterId }, { type: 'fight_ended', session: viewOf(fight) }),
  );
}

/** Tells a player that its character has died, and by whom. */
export function deathPush(zoneId: Slug, { characterId, combatId, killer }: Death, nowMs: number): Push {
  const by = 'npcKind' in killer ? killer : { characterId: killer.characterId };
  const message = { type: 'died', combatId, zoneId, at: toIso(nowMs), killer: by } as const;
  return push(combatTopic, { characterId }, message);
}
