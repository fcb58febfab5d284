import { afterEach, describe, expect, it } from 'vitest';
import type { ZoneClient } from '#fleet/client/zone-client.ts';
import { fixtureCharacter, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { entityFlags } from '#shared/contract/zone-protocol.ts';

const ada = fixtureCharacter('Ada', 12);
const bob = fixtureCharacter('Bob');
let harness: ShardHarness;

afterEach(() => harness.stop());

async function start(spawns: Parameters<typeof fixtureZone>[0]): Promise<ShardHarness> {
  harness = await new ShardHarness({ definition: fixtureZone(spawns) }).start();
  return harness;
}

const oneHunter = [{ id: 'hunters', kind: HUNTER, count: 1, area: { x: 3, y: 0, radius: 0 }, respawnTicks: 30_000 }];

/** Notes what a client is told, in order. */
function listen(client: ZoneClient) {
  const notes = { own: [] as number[], resumed: [] as unknown[], gaps: 0, blows: 0, drops: 0, words: [] as string[] };
  client.on('numbered', ({ channel, seq }) => channel === 'own' && notes.own.push(seq));
  client.on('resumed', (how) => notes.resumed.push(how));
  client.on('gap', () => {
    notes.gaps += 1;
  });
  client.on('combat', ({ source, target }) => {
    if (source === client.welcome.entityId || target === client.welcome.entityId) notes.blows += 1;
  });
  client.on('drop', () => {
    notes.drops += 1;
  });
  client.on(
    'topic',
    ({ body }) => 'characterId' in body && 'text' in body && body.text !== undefined && notes.words.push(body.text),
  );
  return notes;
}

describe('a connection that breaks in the middle of a fight', () => {
  it('comes back by itself to the same body: the fight goes on, and nothing is missed', async () => {
    const { ports, shard } = await start(oneHunter);
    const client = await harness.enter(ada, { reconnects: true });
    const witness = await harness.enter(bob);
    const notes = listen(client);
    const body = client.welcome.entityId;
    const hunter = [...client.replica.entities.values()].find(({ sort }) => sort === 1)!.id;
    let blows = 0;
    const count = () => {
      const { combat } = shard.zones[0]!.sim.state.outcome;
      for (let row = 0; row < combat.count; row++)
        if (combat.source[row] === body || combat.target[row] === body) blows += 1;
    };
    const fight = (async () => {
      while (!client.replica.isDead(hunter)) await client.attack(hunter);
    })();
    for (let drop = 0; drop < 3; drop++) {
      const seen = notes.resumed.length;
      await harness.until(() => notes.blows > drop * 4 + 3, 2_000, count);
      harness.breakLine(client);
      await harness.until(() => witness.replica.entities.get(body)?.flags === entityFlags.linkDead, 200, count);
      if (drop === 0) witness.say('where is she?');
      await harness.until(() => notes.resumed.length > seen, 2_000, count);
    }
    await harness.until(() => notes.drops > 0, 4_000, count);
    await harness.until(() => client.replica.isDead(hunter), 200, count);
    await fight;
    expect(notes.resumed).toEqual(Array.from({ length: 3 }, () => ({ isSameBody: true, missed: [] })));
    expect(client.welcome.entityId).toBe(body);
    expect(notes.own).toEqual(notes.own.map((_, index) => index + 1));
    expect(notes.gaps).toBe(0);
    expect(notes.words).toEqual(['where is she?']);
    expect(notes.drops).toBe(1);
    expect(notes.blows).toBe(blows);
    expect(ports.kills.size).toBe(1);
    expect(ports.departures).toEqual([]);
  });

  it('does not end a walk', async () => {
    await start([]);
    const client = await harness.enter(ada, { reconnects: true });
    let arrived = false;
    void client.walkTo(20, 4).then(() => {
      arrived = true;
    });
    for (let i = 0; i < 10; i++) await harness.tick();
    harness.breakLine(client);
    await harness.until(() => arrived);
    expect(client.place).toEqual({ x: 20, y: 4 });
  });

  it('answers what it has asked, or says that the answer is lost', async () => {
    await start(oneHunter);
    const client = await harness.enter(ada, { reconnects: true });
    const hunter = [...client.replica.entities.values()].find(({ sort }) => sort === 1)!.id;
    const answers: string[] = [];
    harness.breakLine(client);
    void client.attack(hunter).then((answer) => answers.push(answer));
    await harness.until(() => answers.length === 1);
    expect(['done', 'disconnected']).toContain(answers[0]);
  });
});

describe('two connections of one character', () => {
  it('are one: the older is told at once that it is superseded, and does not fight for its place', async () => {
    await start([]);
    const older = await harness.enter(ada, { reconnects: true });
    const ends: string[] = [];
    older.on('closed', ({ reason }) => ends.push(reason));
    const newer = await harness.enter({ ...ada, sessionId: bob.sessionId });
    await harness.until(() => ends.length > 0);
    expect(ends).toEqual(['superseded']);
    expect(newer.welcome.entityId).toBe(older.welcome.entityId);
    for (let i = 0; i < 40; i++) await harness.tick();
    expect(harness.shard.zones[0]!.connections).toBe(1);
    expect(harness.shard.zones[0]!.players).toBe(1);
  });
});

describe('leaving', () => {
  it('in a rest area is at once, elsewhere it is told when, and moving ends it', async () => {
    await start([]);
    const client = await harness.enter(ada);
    let arrived = false;
    void client.walkTo(20, 4).then(() => {
      arrived = true;
    });
    await harness.until(() => arrived);
    const told: unknown[] = [];
    client.on('leaving', ({ afterMs }) => told.push(afterMs));
    client.on('stayed', ({ reason }) => told.push(reason));
    client.on('closed', ({ reason }) => told.push(reason));
    client.leave();
    await harness.until(() => told.length === 1);
    void client.walkTo(0, 0).then(() => client.leave());
    await harness.until(() => told.length === 3);
    expect(told).toEqual([20_000, 'moved', 'left']);
  });
});
