import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { AdmissionRefused } from '../persist/character-ports.ts';
import type { EvictOrder, RefreshOrder } from '../persist/order-ports.ts';
import { NPC } from '../sim/entities.ts';
import { type SimInput, Simulation } from '../sim/simulation.ts';

type Started = Awaited<ReturnType<typeof startZone>>;

const ada = fixtureCharacter('Ada');
const bob = fixtureCharacter('Bob');
const oneDrone = fixtureZone([
  { id: 'drones', kind: 0, count: 1, area: { x: 2, y: 0, radius: 0 }, respawnTicks: 30_000 },
]);

const firstNpc = ({ zone }: Started): number =>
  [...zone.sim.state.entities.slots()].find((slot) => zone.sim.state.entities.sort[slot] === NPC)!;

/** Ada follows the zone and does nothing that matters. */
function watch({ zone }: Started, client: LoopbackClient, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    zone.input(ada.characterId, client, (slot) => ({ kind: 'release', slot }), client.replica.tick);
    zone.tick();
  }
}

/** Ada strikes the drone until it is dead. */
function killDrone(started: Started, client: LoopbackClient): void {
  const { zone } = started;
  const target = firstNpc(started);
  for (let i = 0; i < 400 && zone.sim.state.entities.health[target]! > 0; i++) {
    const act = (slot: number): SimInput => ({ kind: 'act', slot, actionSeq: i, ability: 0, target });
    zone.input(ada.characterId, client, act, client.replica.tick);
    zone.tick();
  }
  expect(zone.sim.state.entities.health[target]).toBe(0);
}

describe('a kill', () => {
  it('is recorded exactly once and announced to those who may loot', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, ports, enter } = started;
    const client = enter(ada);
    const stranger = enter(bob);
    killDrone(started, client);
    watch(started, client, 50);
    await zone.writer.flush();
    zone.tick();
    expect(ports.calls.filter((call) => call === 'recordKill')).toHaveLength(1);
    expect([...ports.kills.values()]).toMatchObject([
      { kill: { killSeq: 1, npcKind: 'test-drone', spawnId: 'drones', claimants: [{ characterId: ada.characterId }] } },
    ]);
    expect(client.cold('drop')).toMatchObject([
      { npcKind: 'test-drone', slots: [{ slotIndex: 0, templateId: 'scrap-wire', count: 1 }] },
    ]);
    expect(stranger.cold('drop')).toEqual([]);
    expect([...ports.summaries.values()]).toMatchObject([{ outcome: 'npc_died', npc: { damageTaken: 20 } }]);
  });

  it('is repeated while its answer is unknown, with the same identity', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, ports, enter } = started;
    const client = enter(ada);
    ports.failures.set('recordKill', [new Error('socket hang up'), new Error('throttled')]);
    killDrone(started, client);
    await zone.writer.flush();
    zone.tick();
    expect(ports.calls.filter((call) => call === 'recordKill')).toHaveLength(3);
    expect(ports.kills.size).toBe(1);
    expect(client.cold('drop')).toHaveLength(1);
  });

  it('stops the zone when the fence refuses it, and nothing is written any more', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, ports, enter, events, fence } = started;
    const client = enter(ada);
    await zone.writer.flush();
    ports.leases.get(fence.zoneId)!.epoch += 1;
    killDrone(started, client);
    await zone.writer.flush();
    expect(events).toEqual(['fenced']);
    expect(client.closedWith).toBe('zone_stopped');
    expect(ports.kills.size).toBe(0);
    const writesSoFar = ports.calls.length;
    const { tick } = zone.sim;
    for (let i = 0; i < 700; i++) zone.tick();
    await zone.writer.flush();
    expect(zone.sim.tick).toBe(tick);
    expect(ports.calls).toHaveLength(writesSoFar);
  });
});

describe('character state', () => {
  it('is saved at most every 30 s, and only when it has changed', async () => {
    const { zone, ports, enter } = await startZone({ definition: fixtureZone([]) });
    const client = enter(ada);
    const follow = (ticks: number, moving: boolean) => {
      for (let i = 0; i < ticks; i++) {
        const { entities } = zone.sim.state;
        zone.input(
          ada.characterId,
          client,
          (slot) => ({
            kind: 'move',
            slot,
            seq: zone.sim.tick,
            correction: 0,
            x: entities.x[slot]! + (moving ? 0.05 : 0),
            y: entities.y[slot]!,
            yaw: 0,
          }),
          client.replica.tick,
        );
        zone.tick();
      }
    };
    follow(1_200, true);
    await zone.writer.flush();
    // On entering, and after 30 and 60 s.
    expect(ports.saves).toHaveLength(3);
    follow(1_800, false);
    await zone.writer.flush();
    expect(ports.saves).toHaveLength(4);
  });

  it('is saved on leaving, and read on coming back', async () => {
    const { zone, ports, enter } = await startZone({ definition: fixtureZone([]) });
    const client = enter({ ...ada, state: { zoneId: ada.classId, x: 33, y: 44, yaw: 1, health: 50 } });
    zone.expel(ada.characterId, 'kicked');
    zone.tick();
    await zone.writer.flush();
    expect(client.closedWith).toBe('kicked');
    expect(ports.states.get(ada.characterId)).toMatchObject({ x: 33, y: 44, health: 50, reason: 'leave' });
    expect(ports.present.has(ada.characterId)).toBe(false);
    // The state that the ticket brought is older than the one that was just left behind.
    const again = enter({ ...ada, state: { zoneId: ada.classId, x: 0, y: 0, yaw: 0, health: 10 } });
    expect(again.cold('welcome')[0]).toMatchObject({ x: 33, y: 44 });
  });

  it('writes presence and saves of one character in their order', async () => {
    const { zone, ports, enter } = await startZone({ definition: fixtureZone([]) });
    ports.failures.set('enterZone', [new Error('slow')]);
    enter(ada);
    zone.expel(ada.characterId, 'kicked');
    zone.tick();
    enter(ada);
    await zone.writer.flush();
    expect(ports.calls.filter((call) => call.endsWith('Zone') || call.startsWith('save'))).toEqual([
      'claimZone',
      'enterZone',
      'enterZone',
      'saveCharacterState',
      'saveCharacterState',
      'leaveZone',
      'enterZone',
      'saveCharacterState',
    ]);
    expect(ports.present.has(ada.characterId)).toBe(true);
  });
});

describe('connections', () => {
  it('give way to a newer one of the same character, which takes over the body', async () => {
    const { zone, enter } = await startZone();
    const first = enter(ada);
    const second = enter(ada);
    expect(first.closedWith).toBe('superseded');
    expect(second.slot).toBe(first.slot);
    zone.input(ada.characterId, first, (slot) => ({ kind: 'leave', slot, manner: 'now' }));
    zone.wishToLeave(ada.characterId, first);
    zone.disconnect(ada.characterId, first);
    zone.tick();
    expect(zone.players).toBe(1);
  });

  it('are refused when the zone is full', async () => {
    const { enter } = await startZone({ maxPlayers: 1 });
    enter(ada);
    expect(enter(bob).closedWith).toBe('zone_full');
  });

  it('end when the session has ended before the presence was written', async () => {
    const { zone, ports, enter, events } = await startZone();
    ports.failures.set('enterZone', [new AdmissionRefused('session_ended')]);
    const client = enter(ada);
    await zone.writer.flush();
    zone.tick();
    expect(events).toEqual(['refused session_ended']);
    expect(client.closedWith).toBe('session_ended');
    expect(zone.players).toBe(0);
  });
});

describe('orders', () => {
  const evict = (order: Partial<EvictOrder>): EvictOrder => ({
    commandId: 'cmd-1',
    kind: 'evict',
    reason: 'banned',
    ...order,
  });

  const refreshOf = (commandId: string, order: Partial<RefreshOrder>): RefreshOrder => ({
    ...{ commandId, kind: 'refresh', characterId: ada.characterId },
    ...{ gear: {}, heal: 0, energy: 0, tonics: [], ...order },
  });

  it('give a character the stats of what it wears by now, and let what it used take effect, once', async () => {
    const { zone, enter } = await startZone();
    enter(ada);
    const { entities, slotOfCharacter } = zone.sim.state;
    zone.tick();
    const slot = slotOfCharacter.get(ada.characterId)!;
    const full = entities.maxHealth[slot]!;
    const refresh = (commandId: string, maxHealth: number, heal = 0) =>
      zone.obey(refreshOf(commandId, { gear: { maxHealth }, heal }));
    await refresh('cmd-1', 30);
    zone.tick();
    expect([entities.maxHealth[slot], entities.health[slot]]).toEqual([full + 30, full]);
    await refresh('cmd-2', 30, 12);
    await refresh('cmd-2', 30, 12);
    zone.tick();
    expect(entities.health[slot]).toBe(full + 12);
    await refresh('cmd-3', 0);
    zone.tick();
    expect([entities.maxHealth[slot], entities.health[slot]]).toEqual([full, full]);
  });

  it('let what lasts of something that was used take effect, once', async () => {
    const { zone, enter } = await startZone();
    enter(ada);
    zone.tick();
    const { entities, slotOfCharacter } = zone.sim.state;
    const slot = slotOfCharacter.get(ada.characterId)!;
    const full = entities.maxHealth[slot]!;
    const tonics = [{ stats: { maxHealth: 20 }, durationMs: 1_000 }];
    const order = refreshOf('cmd-1', { tonics });
    await zone.obey(order);
    await zone.obey(order);
    zone.tick();
    expect(entities.maxHealth[slot]).toBe(full + 20);
    // The same again is renewed, and adds nothing up.
    await zone.obey(refreshOf('cmd-2', { tonics }));
    for (let i = 0; i < 20; i++) zone.tick();
    expect(entities.maxHealth[slot]).toBe(full + 20);
    zone.tick();
    expect(entities.maxHealth[slot]).toBe(full);
  });

  it('give a character the strength and abilities of a level that it has reached, and tell everybody', async () => {
    const { zone, enter } = await startZone();
    const [own, other] = [enter(ada), enter(bob)];
    zone.tick();
    const slot = zone.sim.state.slotOfCharacter.get(ada.characterId)!;
    const full = zone.sim.state.entities.maxHealth[slot]!;
    await zone.obey(refreshOf('cmd-1', { level: 9 }));
    zone.tick();
    expect(own.cold('level')).toMatchObject([{ level: 9 }]);
    expect(zone.sim.state.entities.maxHealth[slot]).toBeGreaterThan(full);
    expect(other.replica.entities.get(slot)!.level).toBe(9);
    // No level is ever lost.
    await zone.obey(refreshOf('cmd-2', { level: 3 }));
    zone.tick();
    expect(zone.sim.state.players.get(slot)!.level).toBe(9);
  });

  it('put a character out, save it, and resolve only then', async () => {
    const { zone, ports, enter } = await startZone();
    const client = enter(ada);
    const other = enter(bob);
    const obeyed = zone.obey(evict({ sessionId: ada.sessionId }));
    expect(client.closedWith).toBe('banned');
    zone.tick();
    await obeyed;
    expect(ports.states.has(ada.characterId)).toBe(true);
    expect(ports.present.has(ada.characterId)).toBe(false);
    expect(other.closedWith).toBeUndefined();
    expect(zone.players).toBe(1);
  });

  it('reach a body whose connection is already gone', async () => {
    const { zone, enter } = await startZone();
    const client = enter(ada);
    zone.disconnect(ada.characterId, client);
    zone.tick();
    const obeyed = zone.obey(evict({ characterId: ada.characterId }));
    zone.tick();
    await obeyed;
    expect(zone.players).toBe(0);
  });

  it('keep out a session whose ticket was on the way', async () => {
    const { zone, enter } = await startZone();
    await zone.obey(evict({ sessionId: ada.sessionId, reason: 'revoked' }));
    expect(enter(ada).closedWith).toBe('session_ended');
  });

  it('let a session back in that had only moved on to another zone', async () => {
    const { zone, ports, enter } = await startZone();
    const client = enter(ada);
    const obeyed = zone.obey(evict({ sessionId: ada.sessionId, reason: 'moved' }));
    zone.tick();
    await obeyed;
    expect(client.closedWith).toBe('superseded');
    expect(ports.saves.at(-1)).toMatchObject({ reason: 'evict' });
    expect(enter(ada).closedWith).toBeUndefined();
    expect(zone.players).toBe(1);
  });

  it('reach one who is admitted but has no body yet', async () => {
    const { zone } = await startZone();
    const client = new LoopbackClient();
    zone.admit(ada, client);
    await zone.obey(evict({ accountId: ada.accountId, reason: 'kicked' }));
    zone.tick();
    expect(client.closedWith).toBe('kicked');
    expect(zone.players).toBe(0);
    expect(zone.sim.state.players.size).toBe(0);
  });
});

describe('zone topics', () => {
  it('carry chat to everybody, cleaned, three lines in 15 s', async () => {
    const started = await startZone();
    const { zone, enter } = started;
    const [one, two] = [enter(ada), enter(bob)];
    for (const line of ['  hello \n\t there\u0000 ', '\u200b \u0007', 'two', 'three', 'four'])
      zone.chat(ada.characterId, one, line);
    zone.tick();
    const chat = two.cold('topic').filter(({ destination }) => destination === '/topic/zone/test-yard/chat');
    expect(chat.map(({ body }) => 'text' in body && body.text)).toEqual(['hello there', 'two', 'three']);
    expect(one.cold('refused').map(({ reason }) => reason)).toEqual(['empty', 'too_often']);
    watch(started, one, 300);
    const fresh = enter(bob);
    zone.chat(ada.characterId, one, 'again');
    zone.tick();
    expect(fresh.cold('topic').at(-1)?.body).toMatchObject({ text: 'again' });
  });

  it('tell of those who come and go, at most ten events a second', async () => {
    const { zone, enter } = await startZone();
    const watcher = enter(ada);
    for (let i = 0; i < 15; i++) zone.admit(fixtureCharacter(`Guest ${i}`), new LoopbackClient());
    zone.tick();
    zone.tick();
    const events = watcher.cold('topic').filter(({ destination }) => destination === '/topic/zone/test-yard/events');
    expect(events.length).toBeGreaterThan(5);
    expect(events.length).toBeLessThanOrEqual(10);
  });
});

describe('the input log', () => {
  it('replays to the same state', async () => {
    const log: SimInput[][] = [];
    const { zone, enter } = await startZone({ seed: 99, record: (_tick, inputs) => log.push([...inputs]) });
    const client = enter(ada);
    for (let i = 0; i < 300; i++) {
      zone.input(ada.characterId, client, (slot) => ({
        kind: 'move',
        slot,
        seq: i + 1,
        correction: 0,
        x: zone.sim.state.entities.x[slot]! + 0.25,
        y: zone.sim.state.entities.y[slot]!,
        yaw: 0,
      }));
      zone.tick();
    }
    const replay = new Simulation(fixtureZone(), { seed: 99, capacity: 512 });
    for (const inputs of log) replay.step(inputs);
    expect(replay.stateHash()).toBe(zone.sim.stateHash());
  });
});
