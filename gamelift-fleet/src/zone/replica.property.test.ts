import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { viewShown, viewTruth } from '#fleet/testing/view-truth.ts';
import { LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { SeededRandom } from '../sim/random.ts';
import { MAX_HELD_TICKS, overloadLadder, type Rung } from './overload.ts';
import { TickMeter } from './tick-meter.ts';
import type { ZoneClient } from './viewer.ts';
import type { Zone } from './zone.ts';

const TICKS = 220;
const NAMES = 10;
/** A hurried step: a border is never far. */
const METRES = 0.29;

/** A client whose line stands still now and then: what is written meanwhile waits, or is lost with the line. */
class SlowLine implements ZoneClient {
  readonly end = new LoopbackClient();
  private readonly waiting: Uint8Array[] = [];
  isBlocked = false;

  write(frames: Uint8Array): void {
    if (this.isBlocked) this.waiting.push(frames);
    else this.end.write(frames);
  }

  close(reason: Parameters<ZoneClient['close']>[0]): void {
    this.end.close(reason);
  }

  flow(): void {
    this.isBlocked = false;
    if (this.waiting.length > 0) this.end.write(Buffer.concat(this.waiting.splice(0)));
  }
}

interface Player {
  readonly name: string;
  line: SlowLine;
  seq: number;
  /** Tick until which its line stands still. */
  blockedUntil: number;
}

/** The last ticks' truth about each player: its view, and the cells that it could be shown. */
class Past {
  private readonly views = new Map<string, readonly string[]>();

  keep(tick: number, slot: number, lines: readonly string[]): void {
    this.views.set(`${tick} ${slot}`, lines);
  }

  of(tick: number, slot: number): readonly string[] | undefined {
    return this.views.get(`${tick} ${slot}`);
  }
}

const cellOfLine = (line: string): string => line.slice(line.lastIndexOf(' ') + 1);

/** What is shown must be the truth of that tick, cell by cell: a cell is shown whole or not at all. */
function compare(shown: readonly string[], truth: readonly string[], rung: Rung, ownCell: number): void {
  if (rung.maxInView === Number.POSITIVE_INFINITY) {
    if (shown.join('\n') !== truth.join('\n')) expect(shown).toEqual(truth);
    return;
  }
  const cells = new Set(shown.map(cellOfLine));
  expect(shown).toEqual(truth.filter((line) => cells.has(cellOfLine(line))));
  const own = truth.filter((line) => cellOfLine(line) === String(ownCell));
  expect(shown).toEqual(expect.arrayContaining(own));
}

/**
 * One session from one seed, on one rung; answers how often views were compared. `isSliced`: most of what a tick writes
 * is written later, while clients come, act and go.
 */
async function play(seed: number, level: number, ladder: readonly Rung[], isSliced: boolean): Promise<number> {
  const random = new SeededRandom(seed);
  const rung = ladder[level]!;
  const turns: (() => void)[] = [];
  const { zone } = await startZone({
    seed,
    ...(isSliced && { defer: (run: () => void) => turns.push(run), sliceWrites: 2 }),
    meter: new TickMeter(() => 0, { ladder, lowestLevel: level }),
    definition: fixtureZone([
      { id: 'drones', kind: 0, count: 12, area: { x: 40, y: 40, radius: 60 }, respawnTicks: 100 },
      { id: 'hunters', kind: HUNTER, count: 4, area: { x: 40, y: 40, radius: 60 }, respawnTicks: 100 },
    ]),
  });
  const players = new Map<string, Player>();
  const past = new Past();
  const ownCells = new Map<string, number>();
  let compared = 0;
  for (let tick = 1; tick <= TICKS; tick++) {
    if (turns.length > 0 && random.int(0, 1) === 0) turns.shift()!();
    act(zone, players, random, tick);
    while (turns.length > 0 && random.int(0, 2) > 0) turns.shift()!();
    zone.tick();
    const { state } = zone.sim;
    for (const { line, name } of players.values()) {
      const slot = state.slotOfCharacter.get(fixtureCharacter(name).characterId);
      if (slot === undefined) continue;
      past.keep(state.tick, slot, viewTruth(state, slot));
      ownCells.set(`${state.tick} ${slot}`, state.grid.cellOf[slot]!);
      const { end } = line;
      if (line.isBlocked || end.cold('welcome').length === 0 || end.replica.tick === 0) continue;
      const truth = past.of(end.replica.tick, slot);
      expect(truth, `tick ${state.tick} of seed ${seed}`).toBeDefined();
      compare(viewShown(end.replica), truth!, rung, ownCells.get(`${end.replica.tick} ${slot}`)!);
      compared += 1;
      const isFlowing = tick > players.get(name)!.blockedUntil + 2;
      const allowance = (rung.quietEveryTicks > 1 ? MAX_HELD_TICKS : 0) + (isSliced ? 1 : 0);
      if (isFlowing) expect(state.tick - end.replica.tick, `seed ${seed}`).toBeLessThanOrEqual(allowance);
    }
  }
  for (const { line } of players.values()) {
    const zoneNumbers = line.end.numbers.filter(([channel]) => channel === 'zone').map(([, number]) => number);
    expect(zoneNumbers, `each line of talk once and in order, seed ${seed}`).toEqual(
      zoneNumbers.map((_number, index) => zoneNumbers[0]! + index),
    );
  }
  return compared;
}

/** What the players do before a tick: come, break off, come back, stand still on the line, walk, leap, strike. */
function act(zone: Zone, players: Map<string, Player>, random: SeededRandom, tick: number): void {
  const name = `Player ${random.int(1, NAMES)}`;
  const { characterId } = fixtureCharacter(name);
  const known = players.get(name);
  const fate = random.int(0, 40);
  if (!known || fate === 0) {
    // A new one, or another connection of the same: it takes the body over.
    const line = new SlowLine();
    zone.admit(fixtureCharacter(name), line);
    players.set(name, { name, line, seq: 0, blockedUntil: 0 });
  } else if (fate === 1) {
    zone.disconnect(characterId, known.line);
    players.delete(name);
  } else if (fate === 2) {
    zone.expel(characterId, 'kicked');
    players.delete(name);
  } else if (fate < 5) {
    known.line.isBlocked = true;
    // Some for a moment, some for so long that the zone stops sending and begins anew.
    known.blockedUntil = tick + random.int(1, 60);
  }
  const { entities, players: bodies } = zone.sim.state;
  for (const player of players.values()) {
    const { line, name: who } = player;
    if (line.isBlocked && tick >= player.blockedUntil) line.flow();
    const slot = zone.sim.state.slotOfCharacter.get(fixtureCharacter(who).characterId);
    if (slot === undefined || line.isBlocked || line.end.closedWith) continue;
    player.seq += 1;
    const { seq } = player;
    const { correction } = bodies.get(slot)!;
    const heading = (slot * 2.4 + Math.floor(tick / 60)) % (2 * Math.PI);
    const metres = random.int(0, 99) === 0 ? 15 : METRES;
    const x = Math.min(149, Math.max(-49, entities.x[slot]! + Math.cos(heading) * metres));
    const y = Math.min(149, Math.max(-49, entities.y[slot]! + Math.sin(heading) * metres));
    const id = fixtureCharacter(who).characterId;
    const seen = line.end.replica.tick;
    zone.input(id, line, () => ({ kind: 'move', slot, seq, correction, x, y, yaw: heading }), seen);
    const targets = [...line.end.replica.entities.keys()];
    if (targets.length > 0 && random.int(0, 2) === 0) {
      const target = targets[random.int(0, targets.length - 1)]!;
      zone.input(id, line, () => ({ kind: 'act', slot, actionSeq: seq & 0xffff, ability: 0, target }));
    }
    if (random.int(0, 60) === 0) zone.chat(id, line, `line ${seq}`);
  }
}

describe('a replica, through joins, leaves, borders, slow lines and reconnects', () => {
  // A small zone is never crowded: the rung that leaves cells out does so here beyond a few.
  const ladder = overloadLadder.map((rung) => ({
    ...rung,
    maxInView: rung.maxInView === Number.POSITIVE_INFINITY ? rung.maxInView : 6,
  }));

  it.each([
    [0, 'at once'],
    [0, 'in slices'],
    [1, 'at once'],
    [2, 'in slices'],
    [3, 'in slices'],
  ])('shows the truth of its tick after every tick, as fresh as rung %i promises, written %s', async (level, how) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 30 }), async (seed) => {
        compared += await play(seed, level, ladder, how === 'in slices');
      }),
      { numRuns: 2, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(600);
  });
});

describe('a rung that makes clients take turns', () => {
  it('halves the writes and leaves out no tick', async () => {
    const { zone, enter } = await startZone({ meter: new TickMeter(() => 0, { lowestLevel: 2 }) });
    const clients = ['Ada', 'Bo'].map((name) => enter(fixtureCharacter(name)));
    const before = clients.map(({ writes }) => writes);
    const ticksBefore = clients.map(({ messages }) => messages.filter(({ name }) => name === 'tick').length);
    for (let i = 0; i < 20; i++) zone.tick();
    for (const [at, client] of clients.entries()) {
      expect(client.writes - before[at]!).toBe(10);
      const ticks = client.messages.filter(({ name }) => name === 'tick').length - ticksBefore[at]!;
      expect(ticks).toBeGreaterThanOrEqual(19);
      expect(zone.sim.tick - client.replica.tick).toBeLessThanOrEqual(MAX_HELD_TICKS);
    }
  });
});
