import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resumeArbitrary } from '#fleet/protocol/arbitraries.ts';
import { fixtureCharacter, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { type Channel, entityFlags } from '#shared/contract/zone-protocol.ts';
import { NPC } from '../sim/entities.ts';
import { SeededRandom } from '../sim/random.ts';
import type { SimInput } from '../sim/simulation.ts';
import type { Resume } from './residents.ts';

const ada = fixtureCharacter('Ada', 10);
const bob = fixtureCharacter('Bob');
const oneDrone = fixtureZone([
  { id: 'drones', kind: 0, count: 1, area: { x: 2, y: 0, radius: 0 }, respawnTicks: 30_000 },
]);
const manyHunters = fixtureZone([
  { id: 'hunters', kind: HUNTER, count: 3, area: { x: 2, y: 0, radius: 2 }, respawnTicks: 200 },
]);
const peaceful = fixtureZone([]);

type Started = Awaited<ReturnType<typeof startZone>>;

/** Some ticks in which Ada's client tells how far it has come, and acts if asked. */
function follow({ zone }: Started, client: LoopbackClient, ticks: number, act?: (slot: number) => SimInput): void {
  for (let i = 0; i < ticks; i++) {
    const input = act ?? ((slot: number): SimInput => ({ kind: 'release', slot }));
    zone.input(ada.characterId, client, input, client.replica.tick);
    zone.tick();
  }
}

const strikeAt =
  (target: number) =>
  (slot: number): SimInput => ({ kind: 'act', slot, actionSeq: 7, ability: 0, target });

/** What a client knows of its numbered messages, to be told in its next hello. */
function knownTo(client: LoopbackClient, before?: Resume): Resume {
  const last = (channel: Channel, start: number) =>
    client.numbers.filter(([of]) => of === channel).reduce((_, [, seq]) => seq, start);
  const { stream, after } = client.cold('welcome').at(-1)!;
  return {
    stream,
    ownSeq: last('own', before?.ownSeq ?? after.own),
    zoneSeq: last('zone', before?.zoneSeq ?? after.zone),
    seenTick: client.replica.tick,
  };
}

/** Ada's next connection, with a body by the next tick. */
function comeBack({ zone }: Started, resume?: Resume): LoopbackClient {
  const client = new LoopbackClient();
  zone.admit(ada, client, resume);
  zone.tick();
  return client;
}

/** The numbers of a channel that a client has got, none twice, none left out. */
function expectContiguous(client: LoopbackClient, channel: Channel, after: number): void {
  const seqs = client.numbers.filter(([of]) => of === channel).map(([, seq]) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => after + index + 1));
}

const npcIn = ({ zone }: Started) =>
  [...zone.sim.state.entities.slots()].find((slot) => zone.sim.state.entities.sort[slot] === NPC)!;

describe('a client that comes back', () => {
  it('finds its body where it was and hears what it was told meanwhile, in order and once', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, enter } = started;
    const first = enter(ada);
    const other = enter(bob);
    const drone = npcIn(started);
    while (zone.sim.state.entities.health[drone]! > 0) follow(started, first, 1, strikeAt(drone));
    const known = knownTo(first);
    zone.disconnect(ada.characterId, first);
    zone.tick();
    expect(other.replica.entities.get(first.slot)!.flags).toBe(entityFlags.linkDead);
    await zone.writer.flush();
    zone.chat(bob.characterId, other, 'she is gone');
    for (let i = 0; i < 40; i++) {
      zone.input(bob.characterId, other, (slot) => ({ kind: 'release', slot }), other.replica.tick);
      zone.tick();
    }

    const second = comeBack(started, known);
    expect(second.slot).toBe(first.slot);
    expect(second.cold('welcome')[0]!.stream).toBe(known.stream);
    expect(second.cold('welcome')[0]!.after).toEqual({ own: known.ownSeq, zone: known.zoneSeq });
    expect(second.cold('drop')).toHaveLength(1);
    expect(second.cold('topic').map(({ body }) => 'text' in body && body.text)).toContain('she is gone');
    expectContiguous(second, 'own', known.ownSeq);
    expectContiguous(second, 'zone', known.zoneSeq);
    expect(other.replica.entities.get(first.slot)!.flags).toBe(0);
    expect(started.ports.calls.filter((call) => call === 'leaveZone')).toEqual([]);
  });

  it('is told again what was sent into a connection that was already dead', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, enter } = started;
    const first = enter(ada);
    follow(started, first, 5);
    const known = knownTo(first);
    // From here on nothing arrives any more, though the server does not know it yet.
    first.write = () => {};
    const drone = npcIn(started);
    for (let i = 0; i < 30; i++) {
      zone.input(ada.characterId, first, strikeAt(drone), known.seenTick);
      zone.tick();
    }
    const second = comeBack(started, known);
    expect(first.closedWith).toBe('superseded');
    const answers = second.messages.filter(({ name }) => name === 'actionResult');
    expect(answers).toHaveLength(30);
    expectContiguous(second, 'own', known.ownSeq);
  });

  it('without a memory of its own gets what no client has confirmed, and nothing else', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, enter } = started;
    const first = enter(ada);
    const drone = npcIn(started);
    follow(started, first, 3, strikeAt(drone));
    follow(started, first, 3);
    zone.disconnect(ada.characterId, first);
    zone.tick();
    expect(comeBack(started).messages.filter(({ name }) => name === 'actionResult')).toEqual([]);
    const third = comeBack(started);
    zone.input(ada.characterId, third, strikeAt(drone), third.replica.tick);
    zone.tick();
    zone.disconnect(ada.characterId, third);
    zone.tick();
    expect(comeBack(started).messages.filter(({ name }) => name === 'actionResult')).toHaveLength(1);
  });

  it('is told that messages are lost when more were said than is kept', async () => {
    const started = await startZone({ definition: peaceful });
    const { zone, enter } = started;
    const first = enter(ada);
    follow(started, first, 2);
    const known = knownTo(first);
    zone.disconnect(ada.characterId, first);
    for (let guest = 0; guest < 700; guest++) {
      if (guest % 10 === 0) for (let i = 0; i < 20; i++) zone.tick();
      zone.chat(bob.characterId, enter({ ...bob, characterId: fixtureCharacter(`Guest ${guest}`).characterId }), 'hi');
      zone.admit(fixtureCharacter(`Guest ${guest}`), new LoopbackClient());
      zone.expel(fixtureCharacter(`Guest ${guest}`).characterId, 'kicked');
    }
    zone.tick();
    const second = comeBack(started, known);
    const { after } = second.cold('welcome')[0]!;
    expect(after.zone).toBeGreaterThan(known.zoneSeq);
    expectContiguous(second, 'zone', after.zone);
    expect(second.numbers.filter(([channel]) => channel === 'zone')).toHaveLength(512);
    expect(after.own).toBe(known.ownSeq);
  });

  it('begins anew when its body has gone meanwhile', async () => {
    const started = await startZone({ definition: peaceful });
    const { zone, enter } = started;
    const known = knownTo(enter(ada));
    zone.expel(ada.characterId, 'kicked');
    zone.tick();
    const second = comeBack(started, known);
    expect(second.cold('welcome')[0]!.stream).not.toBe(known.stream);
    expect(second.cold('welcome')[0]!.after.own).toBe(0);
  });

  it('may claim what it likes: it gets its own messages, numbered without a gap, and nobody else is touched', async () => {
    const started = await startZone({ definition: oneDrone });
    const { zone, enter } = started;
    const other = enter(bob);
    const first = enter(ada);
    follow(started, first, 4, strikeAt(npcIn(started)));
    const { stream } = knownTo(first);
    const claims = fc.oneof(
      resumeArbitrary,
      resumeArbitrary.map((claim) => ({ ...claim, stream })),
    );
    await fc.assert(
      fc.property(claims, (claim) => {
        zone.input(bob.characterId, other, (slot) => ({ kind: 'release', slot }), other.replica.tick);
        const client = comeBack(started, claim);
        const { after } = client.cold('welcome')[0]!;
        expectContiguous(client, 'own', after.own);
        expectContiguous(client, 'zone', after.zone);
        expect(client.slot).toBe(first.slot);
      }),
      { numRuns: 300 },
    );
    expect(other.closedWith).toBeUndefined();
    expect(zone.players).toBe(2);
  });
});

describe('blows at the own body', () => {
  it.each([1, 2, 3, 4])('are told once each, however often the connection breaks (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const started = await startZone({ definition: manyHunters, seed });
    const { zone, enter } = started;
    const truth: string[] = [];
    const told: string[] = [];
    const blow = (tick: number, one: { source: number; target: number; outcome: number; amount: number }) =>
      [tick, one.source, one.target, one.outcome, one.amount].join(' ');
    const listening = (client: LoopbackClient): LoopbackClient => {
      const original = client.write.bind(client);
      client.write = (frames) => {
        const before = client.messages.length;
        original(frames);
        for (const message of client.messages.slice(before)) {
          if (message.name === 'missedCombat') told.push(...message.fields.events.map((one) => blow(one.tick, one)));
          if (message.name !== 'tick') continue;
          const { tick, cells } = message.fields;
          const mine = cells
            .flatMap(({ combat }) => combat ?? [])
            .filter((one) => [one.source, one.target].includes(slot));
          told.push(...mine.map((one) => blow(tick, one)));
        }
      };
      return client;
    };
    const first = enter({ ...ada, level: 20 });
    const { slot } = first;
    let client: LoopbackClient | undefined = listening(first);
    let known: Resume | undefined;
    let deadUntil = 0;
    for (let tick = 0; tick < 1_500; tick++) {
      if (client && random.int(0, 99) < 3) {
        known = knownTo(client, known);
        const lost = client;
        if (random.int(0, 1) === 0) {
          // The server notices nothing at first, and goes on writing into the void.
          lost.write = () => {};
          for (let i = random.int(1, 30); i > 0; i--) {
            zone.input(ada.characterId, lost, (own) => ({ kind: 'release', slot: own }), known.seenTick);
            step();
          }
        }
        zone.disconnect(ada.characterId, lost);
        client = undefined;
        deadUntil = zone.sim.tick + random.int(0, 60);
      }
      if (!client && zone.sim.tick >= deadUntil) {
        client = listening(new LoopbackClient());
        zone.admit({ ...ada, level: 20 }, client, known);
      }
      if (client) {
        const target = npcIn(started);
        const act = (own: number): SimInput =>
          random.int(0, 3) === 0 ? strikeAt(target)(own) : { kind: 'release', slot: own };
        zone.input(ada.characterId, client, act, client.replica.tick);
      }
      step();
    }
    if (!client) {
      client = listening(new LoopbackClient());
      zone.admit({ ...ada, level: 20 }, client, known);
      step();
    }

    function step(): void {
      zone.tick();
      const { combat } = zone.sim.state.outcome;
      for (let row = 0; row < combat.count; row++) {
        if (combat.source[row] !== slot && combat.target[row] !== slot) continue;
        truth.push(
          blow(zone.sim.tick, {
            source: combat.source[row]!,
            target: combat.target[row]!,
            outcome: combat.outcome[row]!,
            amount: combat.amount[row]!,
          }),
        );
      }
    }
    expect(truth.length).toBeGreaterThan(100);
    expect(told.slice().sort()).toEqual(truth.slice().sort());
  });

  it('are told to one who could not follow, with the fresh view', async () => {
    const started = await startZone({ definition: manyHunters });
    const { zone, enter } = started;
    const client = enter({ ...ada, level: 20 });
    follow(started, client, 5);
    const heldAt = client.replica.tick;
    for (let i = 0; i < 100; i++) {
      zone.input(ada.characterId, client, (slot) => ({ kind: 'release', slot }), heldAt);
      zone.tick();
    }
    expect(client.replica.tick).toBeLessThan(heldAt + 50);
    const lastSeen = client.replica.tick;
    follow(started, client, 3);
    const [missed] = client.messages.flatMap((one) => (one.name === 'missedCombat' ? [one.fields] : []));
    expect(missed!.events.length).toBeGreaterThan(2);
    expect(missed!.events.every(({ tick }) => tick > lastSeen && tick <= missed!.untilTick)).toBe(true);
    expect(client.replica.tick).toBeGreaterThanOrEqual(heldAt + 100);
  });
});
