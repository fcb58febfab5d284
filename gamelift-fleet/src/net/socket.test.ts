import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Hello } from '#fleet/protocol/generated-codec.ts';
import { type ClientMessage, clientFrames, greeting, serverFrames } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { closeCodes, entityStates, PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import type { PartyId, Slug } from '#shared/kernel/ids.ts';
import { type SocketLike, ZoneLink } from '../../client/zone-link.ts';
import { zoneDefinition } from '../zone/zone-content.ts';

const ada = fixtureCharacter('Ada');
const bob = fixtureCharacter('Bob');
let harness: ShardHarness;

async function start(...args: ConstructorParameters<typeof ShardHarness>): Promise<ShardHarness> {
  harness = await new ShardHarness(...args).start();
  return harness;
}

afterEach(() => harness.stop());

async function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open');
  return socket;
}

const hello = (ticket: string, over: { readonly version?: number; readonly schema?: number } = {}) => {
  const { fields } = greeting(ticket);
  return clientFrames.encode({ name: 'hello', fields: { ...(fields as Hello), ...over } });
};

/** A step from the spawn, which the server would take. */
const step = (seq: number) => {
  const fields = { seq, seenTick: 0, correction: 0, x: 50, y: 50, yaw: 1 };
  return clientFrames.encode({ name: 'input', fields } satisfies ClientMessage);
};

describe('two players in a zone', () => {
  it('see each other come, move and go', async () => {
    await start({ definition: fixtureZone([]) });
    const until = (condition: () => boolean) => harness.until(condition);
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    const bobsEntity = two.welcome.entityId;
    await until(() => one.replica.entities.has(bobsEntity));
    expect(one.replica.entities.get(bobsEntity)).toMatchObject({ name: 'Bob', level: 1 });
    let arrived = false;
    void two.walkTo(12, -7).then(() => {
      arrived = true;
    });
    await until(() => arrived);
    await until(() => {
      const seen = one.replica.entities.get(bobsEntity)!;
      return seen.x === 12 - -50 && seen.y === -7 - -50;
    });
    expect(two.place).toEqual({ x: 12, y: -7 });
    two.leave();
    await until(() => !one.replica.entities.has(bobsEntity));
    await vi.waitFor(() => expect(harness.closes).toContain('left'));
  });

  it('kill an NPC together, and both hear of its drop', async () => {
    const { ports } = await start({
      definition: fixtureZone([
        { id: 'drones', kind: 0, count: 1, area: { x: 3, y: 0, radius: 0 }, respawnTicks: 600 },
      ]),
    });
    const clients = [await harness.enter(ada), await harness.enter(bob)];
    const drops: string[] = [];
    for (const client of clients) client.on('drop', ({ dropId }) => drops.push(dropId));
    const npc = [...clients[0]!.replica.entities.values()].find(({ sort }) => sort === 1)!.id;
    for (const client of clients) void client.walkTo(2, 0).catch(() => {});
    const fights = Promise.all(
      clients.map(async (client) => {
        while (!client.replica.isDead(npc)) await client.attack(npc);
      }),
    );
    await harness.until(() => drops.length === 2);
    await fights;
    expect(new Set(drops).size).toBe(1);
    expect([...ports.kills.values()].map(({ kill }) => kill.claimants.map((one) => one.characterId).sort())).toEqual([
      [ada.characterId, bob.characterId].sort(),
    ]);
  });

  it('know the server clock, and are answered when they turn to each other', async () => {
    await start({ definition: fixtureZone([]) });
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    await harness.until(() => one.roundTripMs !== undefined);
    // The zone's clock stands still between the ticks of this test; a fraction of one has passed since.
    expect(one.serverTick! - harness.shard.zones[0]!.sim.tick).toBeGreaterThan(-5);
    const answers: unknown[] = [];
    for (const target of [two.welcome.entityId, 9_999]) void one.interact(target).then((one) => answers.push(one));
    await harness.until(() => answers.length === 2);
    expect(answers).toEqual(['nothing_to_do', 'no_target']);
  });

  it('talk', async () => {
    await start();
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    const heard: unknown[] = [];
    two.on('topic', ({ destination, body }) => {
      if (destination.endsWith('/chat')) heard.push(body);
    });
    one.say('anybody here?');
    await harness.until(() => heard.length === 1);
    expect(heard).toMatchObject([{ name: 'Ada', text: 'anybody here?', characterId: ada.characterId }]);
  });
});

describe('a duel', () => {
  it('is offered, accepted, counted down and fought to one health, and its result and log are handed in', async () => {
    const { ports } = await start({ definition: fixtureZone([]) });
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    const [first, second] = [one.welcome.entityId, two.welcome.entityId];
    const told = { one: [] as string[], two: [] as string[] };
    one.on('duel', ({ what }) => told.one.push(what));
    two.on('duel', ({ what, name }) => {
      told.two.push(what);
      if (what === 'challenged' && name === 'Ada') two.duel('accept');
    });
    const walks = Promise.all([one.walkTo(20, 0), two.walkTo(22, 0)]);
    let haveArrived = false;
    void walks.then(() => {
      haveArrived = true;
    });
    await harness.until(() => haveArrived);
    one.duel('challenge', second);
    await harness.until(() => told.one.includes('begun') && told.two.includes('begun'));
    const fight = (async () => {
      while (!told.one.includes('won')) await one.attack(second);
    })();
    await harness.until(() => told.two.includes('lost'));
    await harness.until(() => told.one.includes('won'));
    await fight;
    expect(told).toEqual({
      one: ['offered', 'countdown', 'begun', 'won'],
      two: ['challenged', 'countdown', 'begun', 'lost'],
    });
    const { entities } = harness.shard.zones[0]!.sim.state;
    expect(entities.health[second]).toBe(1);
    expect(entities.state[second]).not.toBe(entityStates.dead);
    expect(entities.health[first]).toBe(100);

    await vi.waitFor(() => expect(ports.pvpFights.size).toBe(1));
    const [result] = [...ports.pvpFights.values()];
    expect(result).toMatchObject({ isDuel: true, winnerId: ada.characterId });
    expect(ports.deaths.size).toBe(0);
    const [winner, loser] = result!.participants;
    expect([winner.characterId, winner.damageDone]).toEqual([ada.characterId, loser.damageTaken]);
    const blows = result!.log.entries.filter(({ kind }) => kind === 'hit' || kind === 'critical');
    for (const blow of blows)
      expect(blow).toMatchObject({ source: ada.characterId, target: bob.characterId, ability: 'plain-attack' });
    expect(blows.reduce((sum, { amount }) => sum + amount, 0)).toBe(winner.damageDone);
    expect(winner.bestBlow?.amount).toBeGreaterThanOrEqual(5);
  });
});

describe('a cheater', () => {
  it('is put back where it was, and the honest client library accepts it', async () => {
    await start({ definition: fixtureZone([]) });
    const client = await harness.enter(ada);
    const before = client.place;
    const corrections: unknown[] = [];
    client.on('correction', (correction) => corrections.push(correction));
    client.claimPlace(150, 150);
    await harness.until(() => corrections.length === 1);
    expect(corrections).toMatchObject([{ reason: 'too_fast' }]);
    expect(Math.hypot(client.place.x - before.x, client.place.y - before.y)).toBeLessThan(0.1);
    let arrived = false;
    void client.walkTo(before.x + 2, before.y).then(() => {
      arrived = true;
    });
    await harness.until(() => arrived);
    expect(corrections).toHaveLength(1);
  });
});

describe('the door', () => {
  it.each([
    ['an unknown ticket', () => hello('nope'), 'ticket_invalid'],
    ['another version', () => hello('t', { version: PROTOCOL_VERSION + 1 }), 'version_mismatch'],
    ['another declaration of the same version', () => hello('t', { schema: 1 }), 'version_mismatch'],
    ['a version whose hello nobody here can read', () => Uint8Array.of(1, 0xff, 0x7f, 9, 9), 'version_mismatch'],
    ['no hello first', () => clientFrames.encode({ name: 'leave', fields: {} }), 'malformed'],
    ['noise', () => Uint8Array.of(0x99, 1, 2, 3), 'malformed'],
    ['an empty frame', () => new Uint8Array(), 'malformed'],
    ['an unknown message', () => Uint8Array.of(0x70), 'malformed'],
    [
      'a message of the server',
      () => serverFrames.encode({ name: 'tick', fields: { tick: 1, cells: [] } }),
      'malformed',
    ],
    ['a byte behind a hello', () => Uint8Array.of(...hello('ticket'), 0), 'malformed'],
    ['half a hello', () => hello('ticket').subarray(0, 6), 'malformed'],
  ] as const)('refuses %s with a reason', async (_what, frame, reason) => {
    await start();
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send(frame());
    expect(await end).toEqual({ code: closeCodes[reason], reason });
    expect(harness.ports.present.size).toBe(0);
  });

  it('refuses text frames', async () => {
    await start();
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send('{"type":"hello"}');
    expect((await end).code).toBe(closeCodes.malformed);
  });

  it('refuses frames above 2 KB', async () => {
    await start();
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send(new Uint8Array(2_049));
    expect((await end).code).toBe(1009);
  });

  it('closes on those who say nothing', async () => {
    await start({ helloTimeoutMs: 20 });
    const socket = harness.socket();
    expect((await closed(socket)).code).toBe(closeCodes.hello_timeout);
  });

  it('takes a ticket once', async () => {
    await start();
    await harness.enter(ada);
    const ticket = 'ticket-used';
    harness.ports.issueTicket(ticket, 'test-yard', bob);
    const first = await opened(harness.socket());
    first.send(hello(ticket));
    await vi.waitFor(() => expect(harness.ports.tickets.size).toBe(0));
    const second = await opened(harness.socket());
    const end = closed(second);
    second.send(hello(ticket));
    expect((await end).code).toBe(closeCodes.ticket_invalid);
    first.terminate();
  });

  it('lets nothing behind a malformed frame take effect', async () => {
    await start({ definition: fixtureZone([]) });
    harness.ports.issueTicket('t', 'test-yard', ada);
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send(Uint8Array.of(0x99));
    for (let i = 0; i < 5; i++) socket.send(hello('t'));
    await end;
    expect(harness.ports.tickets.has('t')).toBe(true);
  });

  it.each<[string, Uint8Array]>([
    ['an unknown message', Uint8Array.of(0x70)],
    ['a byte behind its message', Uint8Array.of(...step(3), 0)],
    ['half a message', step(3).subarray(0, 9)],
    ['a hello', hello('t')],
    ['a target that no entity can be', Uint8Array.of(3, 1, 0, 0, 0xff, 0xff, 3, 0, 0, 0, 0)],
    ['a number in more bytes than it needs', Uint8Array.of(3, 1, 0, 0, 0x80, 0, 0, 0, 0, 0)],
    ['text that is not UTF-8', Uint8Array.of(0x7f, 0xff)],
    ['an unknown rare message', Uint8Array.of(0x7f, ...Buffer.from('{"type":"grant"}'))],
  ])('ends one who is in the zone and sends %s, and nothing of it or behind it counts', async (_what, frame) => {
    await start({ definition: fixtureZone([]) });
    harness.ports.issueTicket('t', 'test-yard', ada);
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send(hello('t'));
    await harness.until(() => harness.shard.zones[0]!.connections === 1);
    const { sim } = harness.shard.zones[0]!;
    const slot = sim.state.slotOfCharacter.get(ada.characterId)!;
    const before = sim.snapshot(slot);
    socket.send(frame);
    for (let seq = 4; seq < 9; seq++) socket.send(step(seq));
    expect(await end).toEqual({ code: closeCodes.malformed, reason: 'malformed' });
    for (let i = 0; i < 3; i++) await harness.tick();
    expect(sim.snapshot(slot)).toEqual(before);
    expect(sim.state.entities.ack[slot]).toBe(0);
  });

  it('ends a flood', async () => {
    await start();
    harness.ports.issueTicket('t', 'test-yard', ada);
    const socket = await opened(harness.socket());
    const end = closed(socket);
    socket.send(hello('t'));
    for (let i = 0; i < 400; i++) socket.send(clientFrames.encode({ name: 'release', fields: {} }));
    expect((await end).code).toBe(closeCodes.flooding);
  });

  it.each([
    ['/zone', {}, 101],
    ['/shard-a/zone', {}, 101],
    ['/elsewhere', {}, 404],
    ['/zone', { origin: 'https://game.test' }, 101],
    ['/zone', { origin: 'https://evil.test' }, 403],
  ] as const)('answers an upgrade of %s with headers %j by %i', async (path, headers, status) => {
    await start({ allowedOrigins: ['https://game.test'] });
    const socket = harness.socket(path, headers);
    const answer = await new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });
    expect(answer).toBe(status);
    socket.terminate();
  });
});

describe('a side line over real sockets', () => {
  it('goes on both ways while the main one is held up, and nothing is heard or done twice', async () => {
    await start({ definition: fixtureZone([]) });
    harness.ports.issueTicket('t', 'test-yard', ada);
    const main = harness.socket();
    const sideLine = () => harness.socket() as unknown as SocketLike;
    const link = new ZoneLink({ socket: main as unknown as SocketLike, ticket: 't' }, { sideLine });
    const ticks: number[] = [];
    link.on('message', (message) => {
      if (message.name === 'tick') ticks.push(message.fields.tick);
    });
    const until = (condition: () => boolean) =>
      harness.until(condition, 500, () => {
        link.widen(ticks.length > 0 ? 1 : 0);
        link.watch();
      });
    await until(() => link.sideLines === 1 && harness.server.sideLines === 1);
    // Nothing more is read from it, so that all that is known from here on came over the other.
    main.pause();
    const heldAt = ticks.at(-1)!;
    await until(() => ticks.at(-1)! > heldAt + 5);
    const { state } = harness.shard.zones[0]!.sim;
    const slot = state.slotOfCharacter.get(ada.characterId)!;
    link.send({ name: 'input', fields: { seq: 1, seenTick: ticks.at(-1)!, correction: 0, x: 50, y: 50, yaw: 1 } });
    await until(() => state.entities.ack[slot] === 1);
    main.resume();
    const resumedAt = ticks.at(-1)!;
    await until(() => ticks.at(-1)! > resumedAt + 5);
    expect(ticks).toEqual(Array.from(ticks, (_, at) => ticks[0]! + at));
    expect(harness.server.connections).toBe(2);
    link.close();
    await vi.waitFor(() => expect(harness.server.connections).toBe(0));
    expect(harness.server.sideLines).toBe(0);
  });
});

describe('a request with a target that is no URL', () => {
  it.each(['//', 'http://[', '*'])('%s is answered 404 and harms nobody', async (target) => {
    await start();
    const port = Number(new URL(harness.url).port);
    for (const upgrade of ['', 'Upgrade: websocket\r\nConnection: Upgrade\r\n']) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 404/);
      socket.resetAndDestroy();
    }
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });
});

describe('health and metrics', () => {
  it('answer on the same port', async () => {
    await start();
    const base = harness.url.replace('ws:', 'http:').replace('/zone', '');
    const health = await fetch(`${base}/health`);
    expect([health.status, await health.json()]).toEqual([200, { zones: ['test-yard'] }]);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('zone_up');
    expect((await fetch(`${base}/`)).status).toBe(404);
  });
});

describe('a player on the docks of the content', () => {
  it('opens the store, goes in by its door, and shares what the locker holds with its party, which it sees from afar', async () => {
    const definition = zoneDefinition('glasswater-docks')!;
    const classId = Object.keys(definition.classes)[0]! as Slug;
    const { ports } = await start({ definition });
    const partyId = 'pty_test' as PartyId;
    for (const { characterId } of [ada, bob]) ports.ties.set(characterId, { partyId, quests: [] });
    const [one, two] = [await harness.enter({ ...ada, classId }), await harness.enter({ ...bob, classId })];
    const entityOf = (id: string) => one.welcome.objects.find((object) => object.id === id)!.entityId;
    const went = async (x: number, y: number, client = one) => {
      let way: 'on' | 'there' | 'stopped' = 'on';
      void client.walkTo(x, y).then(
        () => (way = 'there'),
        () => (way = 'stopped'),
      );
      await harness.until(() => way !== 'on');
      return way;
    };
    const answered = async (id: string) => {
      let answer: string | undefined;
      void one.interact(entityOf(id)).then((result) => (answer = result));
      await harness.until(() => answer !== undefined);
      return answer;
    };
    // Both keep to the way around what lives here; the second stays behind.
    expect(await went(70, 30)).toBe('there');
    expect(await went(147, 30)).toBe('there');
    await harness.until(() => one.distantParty.length > 0);
    expect(one.distantParty).toMatchObject([{ id: two.welcome.entityId, name: 'Bob' }]);

    expect(await answered('store-locker')).toBe('out_of_range');
    expect(await went(155, 30)).toBe('stopped');
    expect(await went(147, 30)).toBe('there');
    expect(await answered('store-lever')).toBe('done');
    await harness.until(() => one.replica.isDead(entityOf('store-lever')));
    expect(await went(155, 30)).toBe('there');
    const corrections: unknown[] = [];
    one.on('correction', (correction) => corrections.push(correction));
    const drops: unknown[] = [];
    one.on('drop', (drop) => drops.push(drop));
    expect(await answered('store-locker')).toBe('done');
    await harness.until(() => drops.length > 0);
    expect(drops).toMatchObject([{ objectId: 'store-locker', npcEntityId: entityOf('store-locker') }]);
    expect(corrections).toEqual([]);
    expect(await answered('store-locker')).toBe('nothing_to_do');
  });
});
