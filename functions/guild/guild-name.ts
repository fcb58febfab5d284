import { isProfane, skeletonOf, wordProblem } from '#functions/character/public.ts';

/** Length in UTF-16 units (RULES 2.15). */
const length = { least: 2, most: 24 } as const;

export type GuildNameProblem = 'length' | 'characters' | NonNullable<ReturnType<typeof wordProblem>>;

/** What is wrong with a normalized name, or undefined when a guild may have it: words of letters and digits. */
export function guildNameProblem(name: string): GuildNameProblem | undefined {
  if (name.length < length.least || name.length > length.most) return 'length';
  if (!/^[\p{L}\d]+(?: [\p{L}\d]+)*$/u.test(name) || !/\p{L}/u.test(name)) return 'characters';
  const words = name.match(/\p{L}+/gu)!;
  const problem = words.map(wordProblem).find((one) => one !== undefined);
  return problem ?? (isProfane(name) ? 'profane' : undefined);
}

/** What the names of two guilds of a realm may not have in common: they would look alike. */
export function guildSkeletonOf(name: string): string {
  return skeletonOf(name.replaceAll(' ', ''));
}
