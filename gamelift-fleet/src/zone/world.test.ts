import { describe, expect, it } from 'vitest';
import { CACHE, fixtureWorld, SIREN, SURGE, TERMINAL } from '#fleet/testing/fixture-world.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { entitySorts, entityStates } from '#shared/contract/zone-protocol.ts';
import type { PartyId, Slug } from '#shared/kernel/ids.ts';
import { place } from '../sim/state.ts';

const ada = fixtureCharacter('Ada');
const bob = fixtureCharacter('Bob');
const partyId = 'pty_one' as PartyId;

/** A zone with things to use. */
async function start(options: Parameters<typeof startZone>[0] = {}) {
  const world = await startZone({ definition: fixtureWorld(), ...options });
  const { zone, ports } = world;
  const { state } = zone.sim;
  const tick = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      zone.tick();
      for (const viewer of zone.viewers) viewer.saw(zone.sim.tick);
    }
  };
  /** Lets what the zone reads and writes come back, and take effect. */
  const settle = async () => {
    await zone.writer.flush();
    tick(1);
  };
  const use = (who: typeof ada, client: ReturnType<typeof world.enter>, object: number) => {
    const target = state.objects.slot[object]!;
    place(state, client.slot, state.entities.x[target]!, state.entities.y[target]! + 1);
    zone.input(who.characterId, client, (slot) => ({ kind: 'interact', slot, actionSeq: 1, target }));
  };
  return { ...world, ports, state, tick, settle, use };
}

describe('what binds a character', () => {
  it('is read when it comes in, behind its presence, and again on order', async () => {
    const { zone, ports, enter, settle, state } = await start();
    const quests = ['the-run' as Slug];
    ports.ties.set(ada.characterId, { partyId, quests });
    const client = enter(ada);
    await settle();
    expect(ports.calls.indexOf('tiesOf')).toBeGreaterThan(ports.calls.indexOf('enterZone'));
    expect(state.players.get(client.slot)).toMatchObject({ partyId, quests });

    ports.ties.set(ada.characterId, { quests: [] });
    await zone.obey({ commandId: 'cmd_1', kind: 'ties', characterId: ada.characterId });
    await settle();
    expect(state.players.get(client.slot)).toMatchObject({ partyId: undefined, quests: [] });
    expect([...state.parties.membersOf(partyId)]).toEqual([]);
  });

  it('is read again when the answer was lost, and an order about somebody who is gone is none', async () => {
    const { zone, ports, enter, settle, state } = await start();
    ports.ties.set(ada.characterId, { partyId, quests: [] });
    ports.failures.set('tiesOf', [new Error('socket hang up')]);
    const client = enter(ada);
    await settle();
    expect(state.players.get(client.slot)).toMatchObject({ partyId });
    await zone.obey({ commandId: 'cmd_1', kind: 'ties', characterId: bob.characterId });
  });
});

describe('the own party', () => {
  it('is shown wherever it is in the zone: in view by the view, beyond it once a second', async () => {
    const { enter, settle, ports, state, tick } = await start();
    for (const { characterId } of [ada, bob]) ports.ties.set(characterId, { partyId, quests: [] });
    const [one, two, eve] = [enter(ada), enter(bob), enter(fixtureCharacter('Eve'))];
    await settle();
    const told = () => one.messages.flatMap((message) => (message.name === 'party' ? [message.fields.members] : []));
    tick(40);
    expect(told()).toEqual([]);

    place(state, two.slot, 120, 110);
    tick(60);
    expect(told()).toHaveLength(3);
    expect(told()[0]).toMatchObject([{ id: two.slot, name: 'Bob', x: 170, y: 160, state: entityStates.alive }]);
    expect(eve.messages.some(({ name }) => name === 'party')).toBe(false);

    place(state, two.slot, 0, 0);
    tick(60);
    // Once more, to say that nobody is out of view any more.
    expect(told().slice(3)).toEqual([[]]);
    expect(one.replica.entities.has(two.slot)).toBe(true);
  });
});

describe('an object of the zone', () => {
  it('is in the welcome and in the view, and looks used up while it is', async () => {
    const { enter, use, tick, state } = await start();
    const client = enter(ada);
    const [welcome] = client.cold('welcome');
    const entityId = state.objects.slot[TERMINAL]!;
    const told = { index: TERMINAL, entityId, id: 'terminal', name: 'terminal', look: 'terminal', useTicks: 20 };
    expect(welcome!.objects[TERMINAL]).toEqual(told);
    use(ada, client, TERMINAL);
    tick(5);
    expect(client.replica.entities.get(entityId)).toMatchObject({ sort: entitySorts.object, kind: TERMINAL });
    expect(client.replica.isDead(entityId)).toBe(false);
    tick(20);
    expect(client.replica.isDead(entityId)).toBe(true);
  });

  it('tells the quest domain of all who had a share, again when the answer was lost', async () => {
    const { enter, use, tick, settle, ports, time } = await start();
    for (const { characterId } of [ada, bob]) ports.ties.set(characterId, { partyId, quests: [] });
    const [client] = [enter(ada), enter(bob)];
    await settle();
    ports.failures.set('recordDeed', [new Error('socket hang up')]);
    use(ada, client, TERMINAL);
    tick(25);
    await settle();
    const deed = { kind: 'use', target: 'terminal', doneAtMs: time.nowMs };
    expect(ports.deeds).toHaveLength(2);
    for (const { characterId } of [ada, bob]) expect(ports.deeds).toContainEqual({ ...deed, characterId });
  });

  it('that holds something shows it to those who had a share', async () => {
    const { enter, use, tick, settle, ports, state } = await start();
    for (const { characterId } of [ada, bob]) ports.ties.set(characterId, { partyId, quests: [] });
    const [one, two, eve] = [enter(ada), enter(bob), enter(fixtureCharacter('Eve'))];
    await settle();
    use(ada, one, CACHE);
    tick(25);
    await settle();
    expect(ports.caches.get(1)).toMatchObject({ objectId: 'cache', by: { characterId: ada.characterId } });
    const npcEntityId = state.objects.slot[CACHE]!;
    for (const client of [one, two])
      expect(client.cold('drop')).toMatchObject([{ objectId: 'cache', npcEntityId, x: 20, y: -12 }]);
    expect(eve.cold('drop')).toEqual([]);
  });

  it('that stays used up for long is noted, and used up still after a crash', async () => {
    const { zone, enter, use, tick, settle, ports, fence, time } = await start();
    use(ada, enter(ada), CACHE);
    tick(60);
    await settle();
    tick(12);
    await settle();
    const recovery = await ports.takeOverMemory({ ...fence, epoch: 2 });
    expect(recovery!.respawns).toMatchObject([{ spawnId: 'object:cache' }]);
    time.nowMs += 10_000;
    const next = await startZone({ definition: fixtureWorld(), recovery, nowMs: () => time.nowMs });
    const left = (sim: typeof zone.sim) => sim.state.objects.readyTick[CACHE]! - sim.tick;
    expect(left(next.zone.sim)).toBeGreaterThan(700);
    expect(left(next.zone.sim)).toBeLessThan(left(zone.sim));
    expect(next.zone.sim.state.objects.readyTick[TERMINAL]).toBe(0);
  });
});

describe('an event of the zone', () => {
  it('is told to everybody there, and to the quest domain with its end', async () => {
    const { enter, use, tick, settle, ports, state, time } = await start();
    const client = enter(ada);
    await settle();
    use(ada, client, SIREN);
    tick(20);
    expect(client.cold('topic').map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ event: 'event_began', eventId: 'surge', name: 'Surge', text: 'First.' }),
    );
    state.events.runs.get(SURGE)!.phase = 1;
    tick(45);
    await settle();
    const { characterId } = ada;
    const uses = { kind: 'use', target: 'siren', characterId, doneAtMs: time.nowMs };
    expect(ports.deeds).toEqual([uses, { ...uses, kind: 'event', target: 'surge' }]);
  });
});
