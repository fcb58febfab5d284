import { drawUp, type GuildMember, rankOf } from '#functions/guild/rules.ts';
import { claimName, putGuild, putNewMember } from '#functions/guild/store.ts';
import { createId, type GuildId } from '#shared/kernel/ids.ts';
import { commitInTest, type PlayingActor } from './test-character.ts';
import type { TestWorld } from './test-world.ts';

let founded = 0;

/**
 * A founded guild of these characters, at most 90, the first leading it and the others of its lowest rank, as if all had
 * been invited and had joined.
 */
export async function guildOfPlayers(
  world: TestWorld,
  players: readonly Pick<PlayingActor, 'accountId' | 'characterId' | 'name'>[],
): Promise<GuildId> {
  const guildId = createId('gld');
  const nowMs = world.clock.nowMs();
  const [founder, ...others] = players.map(({ accountId, characterId, name }, index) => ({
    ...{ accountId, characterId, name },
    joinedAtMs: nowMs + index,
  }));
  founded += 1;
  const name = `Testers ${founded}`;
  const { charter, ...guild } = drawUp({
    guildId,
    realmId: 'glasswater',
    name,
    skeleton: `testers${founded}`,
    founder: founder!,
  });
  const members: readonly GuildMember[] = [
    ...charter!.signers,
    ...others.map((other) => ({ ...other, guildId, rankId: rankOf.newcomer })),
  ];
  const whole = { ...guild, memberCount: members.length, version: members.length };
  await commitInTest({ writes: [putGuild(whole, undefined), claimName(whole), ...members.map(putNewMember)] });
  return guildId;
}
