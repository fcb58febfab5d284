import { describe, expect, it } from 'vitest';
import { BEACON, fixtureWorld, PORTER_RUN, SIREN, SURGE } from '#fleet/testing/fixture-world.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import type { MemoryPorts } from '#fleet/testing/memory-ports.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { LoopbackClient } from '#fleet/testing/zone-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { harm } from '../sim/abilities/harm.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { NPC } from '../sim/entities.ts';
import { place } from '../sim/state.ts';
import type { Zone } from '../zone/zone.ts';

/** What ends the life of a process: longer than its lease. */
const GONE_MS = 11_000;

/** A process that holds the zone; the next ones share the first one's stores and clock. */
async function process(shardId: string, first?: ShardHarness, definition = fixtureWorld()) {
  const h = new ShardHarness({ definition, shardId, ...(first ? { ports: () => first.ports } : {}) });
  const { ports } = first ?? h;
  if (first) h.time.nowMs = first.time.nowMs;
  const wait = (ms: number) => {
    h.time.nowMs += ms;
    if (first) first.time.nowMs = h.time.nowMs;
  };
  await h.shard.claimStep();
  const [zone] = h.shard.zones as [Zone];
  const { state } = zone.sim;
  const pass = async (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      wait(50);
      zone.tick();
      for (const viewer of zone.viewers) viewer.saw(zone.sim.tick);
      if (i % 10 === 0) await zone.writer.flush();
    }
    await zone.writer.flush();
  };
  const enter = async (name: string, x: number, y: number) => {
    const client = new LoopbackClient();
    const who = fixtureCharacter(name);
    ports.ties.set(who.characterId, { quests: ['the-run' as Slug] });
    zone.admit(who, client);
    await pass(1);
    place(state, client.slot, x, y);
    await pass(1);
    const use = (object: number) =>
      zone.input(who.characterId, client, (slot) => {
        return { kind: 'interact', slot, actionSeq: 1, target: state.objects.slot[object]! };
      });
    const told = () =>
      client.cold('topic').flatMap(({ destination, body }) => {
        const { event, text } = body as { readonly event?: string; readonly text?: string };
        return destination.endsWith('/events') && event?.startsWith('event_') ? [`${event}: ${text}`] : [];
      });
    return { client, slot: client.slot, use, told, characterId: who.characterId };
  };
  const foes = () =>
    [...state.entities.slots()].filter(
      (slot) =>
        state.entities.sort[slot] === NPC &&
        state.entities.state[slot] !== entityStates.dead &&
        state.minds.isFriend[slot] === 0,
    );
  const slay = (by: number, npc: number) =>
    harm(state, { source: by, target: npc, ability: 0, amount: 10_000, outcome: 'hit' });
  /** It is simply gone; its lease runs out, and another takes over. */
  const dies = (next = 'next', after = GONE_MS, content?: ZoneDefinition) => {
    wait(after);
    return process(next, first ?? h, content);
  };
  return { h, zone, state, pass, enter, foes, slay, dies, ports };
}

const deeds = ({ deeds: all }: MemoryPorts) =>
  all.filter(({ kind }) => kind !== 'use').map(({ kind, target, characterId }) => [kind, target, characterId]);
const idOf = (name: string) => fixtureCharacter(name).characterId;

/** The surge is under way, with Ada in it from its beginning, and one of its two drones slain. */
async function surging() {
  const one = await process('first');
  const ada = await one.enter('Ada', 60, 2);
  ada.use(SIREN);
  await one.pass(20);
  one.slay(ada.slot, one.foes()[0]!);
  await one.pass(20);
  expect(ada.told()).toEqual(['event_began: First.']);
  return { ...one, ada };
}

describe('an event that is under way when its process dies', () => {
  it('goes on in the next where it was, and is done once for those who are there then', async () => {
    const first = await surging();
    const second = await first.dies();
    expect(second.state.events.runs.get(SURGE)).toMatchObject({ phase: 0, slain: 1 });
    expect(second.foes()).toHaveLength(1);
    const [ada, bob] = [await second.enter('Ada', 60, 2), await second.enter('Bob', 62, 2)];
    second.slay(ada.slot, second.foes()[0]!);
    await second.pass(100);
    expect(bob.told()).toEqual(['event_phase: Silence.', 'event_done: Over.']);
    expect(deeds(second.ports)).toEqual([
      ['event', 'surge', idOf('Ada')],
      ['event', 'surge', idOf('Bob')],
    ]);
    const third = await second.dies('third');
    await third.pass(20);
    expect(third.state.events.runs.size).toBe(0);
    expect(deeds(third.ports)).toHaveLength(2);
  });

  it('fails for those of its first phase when nobody comes back in time, and is told to who is in the zone', async () => {
    const second = await (await surging()).dies();
    const far = await second.enter('Far', -40, -40);
    await second.pass(190);
    expect(deeds(second.ports)).toEqual([]);
    await second.pass(20);
    expect(deeds(second.ports)).toEqual([['event-failed', 'surge', idOf('Ada')]]);
    expect(far.told()).toEqual(['event_failed: Lost.']);
    expect(second.foes()).toEqual([]);
  });

  it('fails at once when its time has run out while nobody held the zone', async () => {
    const second = await (await surging()).dies('next', 60_000);
    await second.pass(2);
    expect(deeds(second.ports)).toEqual([['event-failed', 'surge', idOf('Ada')]]);
  });

  it('has its escort where it was, as hurt as it was', async () => {
    const first = await process('first');
    const ada = await first.enter('Ada', 40, 2);
    ada.use(BEACON);
    await first.pass(1);
    place(first.state, ada.slot, 44, 8);
    const { escort } = first.state.events.runs.get(PORTER_RUN)!;
    await first.pass(10);
    first.state.entities.health[escort] = 7;
    await first.pass(14);
    const x = first.state.entities.x[escort]!;
    expect(x).toBeGreaterThan(42);
    expect(x).toBeLessThan(45);
    const second = await first.dies();
    const run = second.state.events.runs.get(PORTER_RUN)!;
    const { entities } = second.state;
    expect(run).toMatchObject({ phase: 0, waypoint: 1 });
    // As of the last note.
    expect(x - entities.x[run.escort]!).toBeLessThan(12 * 0.16 + 0.1);
    expect([entities.y[run.escort], entities.health[run.escort]]).toEqual([10, 7]);
    second.state.entities.health[run.escort] = 1_000;
    const back = await second.enter('Ada', 44, 8);
    await second.pass(40);
    expect(second.foes()).toHaveLength(1);
    // Its pursuer is there again too, with the phase that it came with.
    const third = await second.dies('third');
    expect(third.state.events.runs.get(PORTER_RUN)).toMatchObject({ phase: 1, waypoint: 2 });
    expect(third.foes()).toHaveLength(1);
    expect(back.told()).toEqual(['event_phase: They come.']);
  });

  it('that is not in the content any more has failed', async () => {
    const first = await surging();
    const second = await first.dies('next', GONE_MS, fixtureWorld({ events: [], objects: [] }));
    await second.pass(20);
    expect(deeds(second.ports)).toEqual([['event-failed', 'surge', idOf('Ada')]]);
  });

  it('writes no more notes than its course has changes', async () => {
    const first = await surging();
    const notes = () => first.ports.calls.filter((name) => name === 'noteMemory').length;
    await first.pass(900);
    const before = notes();
    await first.pass(12);
    expect(notes()).toBe(before);
    first.slay(first.ada.slot, first.foes()[0]!);
    await first.pass(1);
    expect(notes()).toBe(before + 1);
  });
});

describe('the end of an event', () => {
  it('that is noted is counted by the next owner, once, when its process dies before quests know of it', async () => {
    const first = await surging();
    first.slay(first.ada.slot, first.foes()[0]!);
    await first.pass(30);
    // From here on it writes notes, and nothing else.
    first.ports.failures.set('recordDeed', Array<Error>(1_000).fill(new Error('unreachable')));
    for (let i = 0; i < 30; i++) {
      first.zone.tick();
      await new Promise(setImmediate);
    }
    first.zone.stop();
    first.ports.failures.delete('recordDeed');
    expect(first.ada.told().at(-1)).toBe('event_done: Over.');
    expect(deeds(first.ports)).toEqual([]);
    const second = await first.dies();
    expect(second.state.events.runs.size).toBe(0);
    await second.pass(30);
    expect(deeds(second.ports)).toEqual([['event', 'surge', idOf('Ada')]]);
    const third = await second.dies('third');
    await third.pass(30);
    expect(deeds(third.ports)).toHaveLength(1);
  });

  it('that is not noted is told to nobody: the event goes on in the next', async () => {
    const first = await surging();
    first.slay(first.ada.slot, first.foes()[0]!);
    await first.pass(30);
    first.ports.failures.set('noteMemory', Array<Error>(1_000).fill(new Error('unreachable')));
    await first.pass(30);
    expect(first.state.events.runs.size).toBe(0);
    first.ports.failures.delete('noteMemory');
    expect(first.ada.told()).not.toContain('event_done: Over.');
    expect(deeds(first.ports)).toEqual([]);
    const second = await first.dies();
    expect(second.state.events.runs.get(SURGE)).toMatchObject({ phase: 1 });
    await second.enter('Ada', 60, 2);
    await second.pass(40);
    expect(deeds(second.ports)).toEqual([['event', 'surge', idOf('Ada')]]);
  });

  it('in a process that has lost the zone counts for nothing', async () => {
    const first = await surging();
    const second = await first.dies();
    first.slay(first.ada.slot, first.foes()[0]!);
    for (let i = 0; i < 60; i++) first.zone.tick();
    await first.zone.writer.flush();
    expect(first.h.shard.zones).toEqual([]);
    expect(deeds(first.ports)).toEqual([]);
    expect(second.state.events.runs.get(SURGE)).toMatchObject({ phase: 0, slain: 1 });
  });
});

describe('an event', () => {
  it('goes on in the next process when its own is drained, though the last note needs a second try', async () => {
    const first = await surging();
    first.slay(first.ada.slot, first.foes()[0]!);
    first.ports.failures.set('noteMemory', [new Error('unreachable'), new Error('unreachable')]);
    await first.h.shard.drain(10_000);
    const second = await process('next', first.h);
    expect(second.state.events.runs.get(SURGE)).toMatchObject({ phase: 1, slain: 0 });
    expect([...second.state.events.runs.get(SURGE)!.followers]).toEqual([idOf('Ada')]);
    await second.enter('Ada', 60, 2);
    await second.pass(60);
    expect(deeds(second.ports)).toEqual([['event', 'surge', idOf('Ada')]]);
  });

  it('comes to its end before its layer is closed', async () => {
    const unitId = 'test-yard-layer-2' as Slug;
    const aloneTicks = 8_000;
    const definition = fixtureWorld();
    const events = definition.events!.map((one) => ({ ...one, aloneTicks, limitTicks: aloneTicks }));
    const h = new ShardHarness({ definition: { ...definition, events } });
    h.ports.openedUnits.add(unitId);
    await h.shard.claimStep();
    const layer = h.shard.zones.find(({ id }) => id === unitId)!;
    const client = new LoopbackClient();
    const ada = fixtureCharacter('Ada');
    layer.admit(ada, client);
    layer.tick();
    const { state } = layer.sim;
    place(state, client.slot, 60, 1);
    layer.input(ada.characterId, client, (slot) => {
      return { kind: 'interact', slot, actionSeq: 1, target: state.objects.slot[SIREN]! };
    });
    for (let i = 0; i < 20; i++) layer.tick();
    layer.expel(ada.characterId, 'session_ended');
    for (let i = 0; i < 6_500; i++) layer.tick();
    await layer.writer.flush();
    await h.shard.claimStep();
    expect(h.shard.zones).toContain(layer);
    for (let i = 0; i < 2_000; i++) layer.tick();
    await layer.writer.flush();
    expect(deeds(h.ports)).toEqual([['event-failed', 'surge', ada.characterId]]);
    await h.shard.claimStep();
    expect(h.shard.zones).not.toContain(layer);
  });
});
