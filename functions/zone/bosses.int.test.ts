import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { type Kill, recordKill } from '#functions/loot/public.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import { instanceUnit, layerUnit } from '#shared/kernel/zone-unit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { bossesOf, claimZone, recordBossFall, recordBossSpawn, type ZoneFence } from './public.ts';

const zoneId = zones.all.find((zone) => zone.starting)!.id;
const SPAWN = 'mother-rust-throne';
const LEASE_MS = 10 * SECOND_MS;

let world: TestWorld;
let fence: ZoneFence;
let life = 0;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

async function claim(unit = zoneId): Promise<ZoneFence> {
  world.clock.advance(LEASE_MS + 1);
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: unit, shardId, url: 'wss://test/zone', leaseMs: LEASE_MS });
  return { zoneId: unit, shardId, epoch: claimed!.epoch };
}

/** Each test has an owner and a life of the boss of its own. */
beforeEach(async () => {
  fence = await claim();
  life += 1;
});

const appearance = () => ({
  spawnId: SPAWN,
  life,
  npcKind: 'mother-rust' as Slug,
  npcLevel: 10,
  x: 540,
  y: 520,
});

const fall = () => ({ spawnId: SPAWN, life, dueAtMs: world.clock.nowMs() + 30 * MINUTE_MS });

function kill(): Kill {
  return {
    killSeq: 1,
    npcKind: 'mother-rust' as Slug,
    npcLevel: 10,
    spawnId: SPAWN,
    x: 540,
    y: 520,
    killedAtMs: world.clock.nowMs(),
    combatId: createId('cbt'),
    claimants: [{ ...world.actor(), characterId: createId('chr') as CharacterId, level: 9, damage: 2_400 }].map(
      ({ accountId, characterId, level, damage }) => ({ accountId, characterId, level, damage }),
    ),
    boss: fall(),
  };
}

const spawnsTold = async () => {
  await world.deliver();
  return world.events.filter(({ name, aggregateSeq }) => name === 'BOSS_SPAWNED' && aggregateSeq === life);
};

describe('a boss that appears', () => {
  it('is noted and told once, however often the zone says so', async () => {
    await recordBossSpawn(fence, appearance());
    const before = await world.snapshot();
    await recordBossSpawn(fence, appearance());
    expect(await world.snapshot()).toEqual(before);
    expect(await bossesOf(fence)).toEqual([{ spawnId: SPAWN, life }]);
    expect(await spawnsTold()).toMatchObject([
      { aggregateId: `${zoneId}.${SPAWN}`, data: { zoneId, epoch: fence.epoch, npcKind: 'mother-rust', npcLevel: 10 } },
    ]);
  });

  it('is told once when two calls race', async () => {
    await Promise.all([1, 2, 3].map(() => recordBossSpawn(fence, appearance())));
    expect(await spawnsTold()).toHaveLength(1);
  });

  it('is not told by a process that has lost the zone', async () => {
    await claim();
    await expect(recordBossSpawn(fence, appearance())).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await spawnsTold()).toEqual([]);
  });
});

describe('a boss that dies', () => {
  it('is dead for the next owner too, from the moment at which its kill is recorded', async () => {
    await recordBossSpawn(fence, appearance());
    const slain = kill();
    await recordKill(fence, slain);
    expect(await bossesOf(await claim())).toEqual([slain.boss]);
  });

  it('stays alive when the kill is refused: its killer had lost the zone', async () => {
    await recordBossSpawn(fence, appearance());
    const heir = await claim();
    await expect(recordKill(fence, kill())).rejects.toMatchObject({ code: 'zone.fenced' });
    await expect(recordBossFall(fence, fall())).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await bossesOf(heir)).toEqual([{ spawnId: SPAWN, life }]);
  });

  it('is dead until the same instant when the kill is told again', async () => {
    await recordBossSpawn(fence, appearance());
    const slain = kill();
    await recordKill(fence, slain);
    await recordKill(fence, { ...slain, boss: { ...slain.boss!, dueAtMs: 1 } });
    expect(await bossesOf(fence)).toEqual([slain.boss]);
  });

  it('is dead though nobody has a claim on it', async () => {
    await recordBossSpawn(fence, appearance());
    await recordBossFall(fence, fall());
    expect(await bossesOf(fence)).toEqual([fall()]);
  });

  it('that has come back is not killed by a late word of its life before', async () => {
    await recordBossSpawn(fence, appearance());
    const late = fall();
    life += 1;
    await recordBossSpawn(fence, appearance());
    await expect(recordBossFall(fence, late)).rejects.toMatchObject({ code: 'request.conflict' });
    expect(await bossesOf(fence)).toEqual([{ spawnId: SPAWN, life }]);
  });
});

describe('a boss of a layer or an instance', () => {
  it('has lives of its own, and what is told of it names the zone', async () => {
    await recordBossSpawn(fence, appearance());
    await recordBossFall(fence, fall());
    const layer = await claim(layerUnit(zoneId, 2));
    const instanceId = createId('ins');
    const instance = await claim(instanceUnit(zoneId, instanceId));
    expect(await bossesOf(layer)).toEqual([]);
    await recordBossSpawn(layer, { ...appearance(), npcLevel: 11 });
    await recordBossSpawn(instance, { ...appearance(), npcLevel: 12 });
    expect(await bossesOf(layer)).toEqual([{ spawnId: SPAWN, life }]);
    await recordBossFall(instance, fall());
    expect(await bossesOf(instance)).toEqual([fall()]);
    expect(await bossesOf(layer)).toEqual([{ spawnId: SPAWN, life }]);
    const told = await spawnsTold();
    expect(told.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ zoneId, npcLevel: 11 }),
        expect.objectContaining({ zoneId, instanceId, npcLevel: 12 }),
      ]),
    );
    expect(told).toHaveLength(3);
  });
});
