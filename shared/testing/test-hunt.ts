import { npcs } from '#content/npcs.ts';
import { type Kill, type RecordedDrop, recordKill } from '#functions/loot/public.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import { type PlayingActor, playingCharacter } from './test-character.ts';
import type { TestWorld } from './test-world.ts';

/** The highest draw every time: loot tables give as much as they can. */
export const generous: Random = { int: (_min, max) => max };

/** Kills in a zone that this test owns, as its fleet would record them. */
export type TestHunt = Awaited<ReturnType<typeof startHunt>>;

export async function startHunt(world: TestWorld, zoneId: Slug) {
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId, shardId, url: 'ws://127.0.0.1/zone', leaseMs: 10 * SECOND_MS });
  const fence: ZoneFence = { zoneId, shardId, epoch: claimed!.epoch };
  let killSeq = 0;

  /** What a kill looks like: the first struck last and hardest, the others less and less. */
  function killBy(
    players: readonly PlayingActor[],
    of: { readonly npcKind?: Slug; readonly nearby?: readonly PlayingActor[] } = {},
  ): Kill {
    killSeq += 1;
    const npc = npcs.get(of.npcKind ?? npcs.all.find(({ rank }) => rank === 'normal')!.id);
    return {
      killSeq,
      npcKind: npc.id,
      npcLevel: npc.level,
      spawnId: 'drones-slipway.3',
      x: 100.5,
      y: 80,
      killedAtMs: world.clock.nowMs(),
      combatId: createId('cbt'),
      claimants: players.map(({ accountId, characterId }, index) => ({
        accountId,
        characterId,
        level: 3,
        damage: 100 - index,
      })),
      nearby: (of.nearby ?? []).map(({ accountId, characterId }) => ({ accountId, characterId, level: 3 })),
    };
  }

  return {
    fence,
    killBy,
    /** Records this kill, again if it is already. */
    record: (kill: Kill) => recordKill(fence, kill, generous),
    /** Records such a kill; by default its table gives all that it can. */
    async kill(
      players: readonly PlayingActor[],
      of: Parameters<typeof killBy>[1] & { readonly random?: Random } = {},
    ): Promise<readonly RecordedDrop[]> {
      return recordKill(fence, killBy(players, of), of.random ?? generous);
    },
    /** A new player in the zone. */
    async hunter(of: Parameters<typeof playingCharacter>[1] = {}): Promise<PlayingActor> {
      const player = await playingCharacter(world, of);
      await enterZone(fence, player);
      return player;
    },
  };
}
