import { zones } from './zones.ts';

/** Quests without which something in a zone cannot be used: zones must know who has them under way. */
export const questsOfTheWorld: ReadonlySet<string> = new Set(
  zones.all.flatMap(({ objects }) => objects.flatMap(({ quest }) => quest ?? [])),
);
