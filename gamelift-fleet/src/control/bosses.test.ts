import { describe, expect, it } from 'vitest';
import { abilityNamed } from '#fleet/testing/fixture-abilities.ts';
import { spawnsOf, wilds } from '#fleet/testing/fixture-npcs.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import type { MemoryPorts } from '#fleet/testing/memory-ports.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { LoopbackClient } from '#fleet/testing/zone-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { NPC } from '../sim/entities.ts';
import { place } from '../sim/state.ts';
import type { Zone } from '../zone/zone.ts';

const RESPAWN_MS = 600_000;
const definition = wilds([spawnsOf('boss', { respawnTicks: RESPAWN_MS / 50 })]);

/** A process that holds the zone; the next one shares the first one's stores and clock. */
async function process(shardId: string, before?: ShardHarness): Promise<ShardHarness> {
  const h = new ShardHarness({ definition, shardId, ...(before ? { ports: () => before.ports } : {}) });
  if (before) h.time.nowMs = before.time.nowMs;
  await h.shard.claimStep();
  await h.shard.zones[0]?.writer.flush();
  return h;
}

/** A process that is simply gone; its lease runs out. */
function dies(h: ShardHarness, afterMs = 11_000): void {
  h.time.nowMs += afterMs;
}

const bossIn = ({ sim }: Zone) => {
  const { entities } = sim.state;
  return [...entities.slots()].find(
    (slot) => entities.sort[slot] === NPC && entities.state[slot] !== entityStates.dead,
  );
};

/** Puts somebody beside the boss and strikes it down. */
async function slay(zone: Zone): Promise<void> {
  const client = new LoopbackClient();
  const ada = fixtureCharacter('Ada', 5);
  zone.admit(ada, client);
  zone.tick();
  const boss = bossIn(zone)!;
  const { entities } = zone.sim.state;
  place(zone.sim.state, client.slot, entities.x[boss]! + 1, entities.y[boss]!);
  entities.health[boss] = 1;
  for (let i = 0; i < 50 && entities.health[boss]! > 0; i++) {
    zone.input(ada.characterId, client, (slot) => ({
      kind: 'act',
      slot,
      actionSeq: i,
      ability: abilityNamed('nova'),
      target: 0,
    }));
    zone.tick();
  }
  expect(entities.health[boss]).toBe(0);
  await zone.writer.flush();
}

const told = ({ bossSpawns }: MemoryPorts) => bossSpawns.map(({ life, epoch }) => [life, epoch]);

describe('a boss', () => {
  it('is told of once when it first appears', async () => {
    const h = await process('a');
    expect(h.ports.bossSpawns).toEqual([{ epoch: 1, spawnId: 'boss-camp', life: 1, npcKind: 'boss' }]);
    for (let i = 0; i < 40; i++) h.shard.tick();
    await h.shard.zones[0]!.writer.flush();
    expect(told(h.ports)).toEqual([[1, 1]]);
  });

  it('says what it has to say to the whole zone', async () => {
    const [zone] = (await process('a')).shard.zones as [Zone];
    const client = new LoopbackClient();
    zone.admit(fixtureCharacter('Ada', 5), client);
    zone.tick();
    place(zone.sim.state, client.slot, 26, 0);
    for (let i = 0; i < 20; i++) zone.tick();
    const said = client.cold('topic').map(({ destination, body }) => [destination, body]);
    expect(said).toContainEqual([
      '/topic/zone/test-yard/events',
      expect.objectContaining({ event: 'boss_phase', name: 'boss', npcKind: 'boss', text: 'Begin.' }),
    ]);
  });

  it('that lived when its process died is the same one in the next: nothing is told again', async () => {
    const first = await process('a');
    dies(first);
    const second = await process('b', first);
    expect(bossIn(second.shard.zones[0]!)).toBeDefined();
    expect(told(first.ports)).toEqual([[1, 1]]);
  });

  it('that is dead does not come back because another process took over, but when its time is over', async () => {
    const first = await process('a');
    await slay(first.shard.zones[0]!);
    expect(first.ports.kills.size).toBe(1);
    dies(first);
    const second = await process('b', first);
    const [zone] = second.shard.zones as [Zone];
    expect(bossIn(zone)).toBeUndefined();
    const left = RESPAWN_MS - 11_000;
    for (let ticks = 0; ticks < left / 50 - 60; ticks++) zone.tick();
    expect(bossIn(zone)).toBeUndefined();
    for (let ticks = 0; ticks < 120; ticks++) zone.tick();
    expect(bossIn(zone)).toBeDefined();
    await zone.writer.flush();
    expect(told(first.ports)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('whose time ran out while nobody held the zone is there at once, and told of', async () => {
    const first = await process('a');
    await slay(first.shard.zones[0]!);
    dies(first, RESPAWN_MS + 1_000);
    const second = await process('b', first);
    expect(bossIn(second.shard.zones[0]!)).toBeDefined();
    expect(told(first.ports)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('is as its row says, whatever the process before has noted of it', async () => {
    const first = await process('a');
    const respawns = [{ spawnId: 'boss-camp', index: 0, dueAtMs: first.time.nowMs + RESPAWN_MS }];
    await first.shard.zones[0]!.writer.note({ places: new Uint8Array(), respawns });
    dies(first);
    const second = await process('b', first);
    expect(bossIn(second.shard.zones[0]!)).toBeDefined();
  });

  it('slain by a process that has lost the zone lives on: neither kill nor death is written', async () => {
    const first = await process('a');
    dies(first);
    const second = await process('b', first);
    await slay(first.shard.zones[0]!);
    expect(first.shard.zones).toEqual([]);
    expect(first.ports.kills.size).toBe(0);
    dies(second);
    const third = await process('c', second);
    expect(bossIn(third.shard.zones[0] ?? second.shard.zones[0]!)).toBeDefined();
    expect(first.ports.bosses.get('test-yard boss-camp')).toEqual({ spawnId: 'boss-camp', life: 1 });
  });

  it('a zone of which it cannot be read which bosses are dead is given back', async () => {
    const h = new ShardHarness({ definition });
    h.ports.failures.set('bossesOf', [new Error('unreachable')]);
    await h.shard.claimStep();
    expect(h.shard.zones).toEqual([]);
    expect(h.ports.leases.get('test-yard')!.untilMs).toBe(0);
    await h.shard.claimStep();
    expect(h.shard.zones).toHaveLength(1);
  });
});
