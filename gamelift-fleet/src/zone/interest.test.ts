import { describe, expect, it } from 'vitest';
import { arena, arenaAbilities } from '#fleet/testing/fixture-abilities.ts';
import { fixtureCharacter, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { viewShown, viewTruth } from '#fleet/testing/view-truth.ts';
import { type LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { SeededRandom } from '../sim/random.ts';

describe('what a client sees', () => {
  it.each([21, 22])('equals the truth in its view after every tick (session of seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const { zone, enter } = await startZone({
      seed,
      definition: arena([
        { id: 'drones', kind: 0, count: 30, area: { x: 40, y: 40, radius: 60 }, respawnTicks: 200 },
        { id: 'hunters', kind: HUNTER, count: 8, area: { x: 40, y: 40, radius: 60 }, respawnTicks: 200 },
      ]),
    });
    const clients = new Map<string, { client: LoopbackClient; seq: number }>();
    let compared = 0;
    let crossings = 0;
    let deeds = 0;
    for (let tick = 0; tick < 1_000; tick++) {
      const name = `Player ${random.int(1, 14)}`;
      const { characterId } = fixtureCharacter(name);
      if (tick % 25 === 0 && !clients.has(name)) clients.set(name, { client: enter(fixtureCharacter(name)), seq: 0 });
      else if (tick % 90 === 0 && clients.has(name)) {
        if (random.int(0, 1) === 0) zone.expel(characterId, 'kicked');
        else zone.disconnect(characterId, clients.get(name)!.client);
        clients.delete(name);
      }
      const { entities, grid, players } = zone.sim.state;
      for (const [who, entry] of clients) {
        const { client } = entry;
        const { slot } = client;
        const correction = players.get(slot)!.correction;
        entry.seq += 1;
        const { seq } = entry;
        // Each walks in a heading of its own that changes now and then; a few try to jump, some strike around.
        const heading = (slot * 2.4 + Math.floor(tick / 80)) % (2 * Math.PI);
        const metres = random.int(0, 99) === 0 ? 15 : 0.29;
        const x = Math.min(150, Math.max(-50, entities.x[slot]! + Math.cos(heading) * metres));
        const y = Math.min(150, Math.max(-50, entities.y[slot]! + Math.sin(heading) * metres));
        const id = fixtureCharacter(who).characterId;
        zone.input(
          id,
          client,
          () => ({ kind: 'move', slot, seq, correction, x, y, yaw: heading }),
          client.replica.tick,
        );
        const target = [...client.replica.entities.keys()][random.int(0, client.replica.entities.size - 1)]!;
        const ability = random.int(0, 2) === 0 ? random.int(0, arenaAbilities.length - 1) : 0;
        zone.input(id, client, () => ({ kind: 'act', slot, actionSeq: seq & 0xffff, ability, target }));
        if (seq === 1) zone.input(id, client, () => ({ kind: 'pvp', slot, wants: true }));
        if (random.int(0, 200) === 0) zone.input(id, client, () => ({ kind: 'release', slot }));
      }
      const before = new Map([...clients].map(([who, { client }]) => [who, grid.cellOf[client.slot]!]));
      zone.tick();
      for (const [who, { client }] of clients) {
        if (grid.cellOf[client.slot] !== before.get(who)) crossings += 1;
        for (const { cast, auras } of client.replica.entities.values()) deeds += (cast ? 1 : 0) + auras.size;
        const [shown, truth] = [viewShown(client.replica), viewTruth(zone.sim.state, client.slot)];
        if (shown.join('\n') !== truth.join('\n')) expect(shown, `tick ${tick}`).toEqual(truth);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(4_000);
    expect(crossings).toBeGreaterThan(50);
    expect(deeds).toBeGreaterThan(5_000);
  });

  it('is written once per client and tick', async () => {
    const { zone, enter } = await startZone();
    const client = enter(fixtureCharacter('Ada'));
    const before = client.writes;
    zone.chat(fixtureCharacter('Ada').characterId, client, 'hello');
    for (let i = 0; i < 10; i++) zone.tick();
    expect(client.writes - before).toBe(10);
  });

  it('stops for a client that does not follow, and comes back whole when it has caught up', async () => {
    const { zone, enter } = await startZone();
    const client = enter(fixtureCharacter('Ada'));
    const { characterId } = fixtureCharacter('Ada');
    for (let i = 0; i < 100; i++) zone.tick();
    const stoppedAt = client.writes;
    expect(stoppedAt).toBeLessThan(50);
    zone.input(
      characterId,
      client,
      (slot) => ({ kind: 'move', slot, seq: 1, correction: 0, x: 0, y: 0, yaw: 0 }),
      client.replica.tick,
    );
    zone.tick();
    expect(client.writes).toBe(stoppedAt + 1);
    const last = client.messages.at(-1);
    expect(last?.name === 'tick' && last.fields.reset).toBe(true);
    expect(viewShown(client.replica)).toEqual(viewTruth(zone.sim.state, client.slot));
  });

  it('ends for a client that stays behind for ten seconds, while its body waits', async () => {
    const { zone, enter } = await startZone();
    const client = enter(fixtureCharacter('Ada'));
    for (let i = 0; i < 202; i++) zone.tick();
    expect(client.closedWith).toBe('too_slow');
    expect(zone.players).toBe(1);
  });
});
