import { achievementRows } from './data/achievements.ts';
import { lookup } from './lookup.ts';

/** Every achievement. */
export const achievements = lookup('achievement', achievementRows);

/** The name that events and clients see: `first-legendary` → `first_legendary`. */
export function achievementCode(id: string): string {
  return id.replaceAll('-', '_');
}
