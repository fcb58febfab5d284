import { describe, expect, it } from 'vitest';
import { fixtureWorld, SURGE } from '#fleet/testing/fixture-world.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { SeededRandom } from '../sim/random.ts';
import type { Recovery } from '../zone/unit-notes.ts';
import type { ZoneOptions } from '../zone/zone.ts';
import { InputLog, type InputLogLimits, inputLogLimits } from './input-log.ts';
import { replay, UnreadableLog } from './replay.ts';

const limits = { ...inputLogLimits, hashEveryTicks: 20 };

/** Bots that come, roam, strike whatever is near, die, and leave: what is written down of it. */
async function session(
  ticks: number,
  over: Partial<InputLogLimits> = {},
  recovery?: Recovery,
  definition = fixtureZone(),
) {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), pendingBytes: 0 };
  const log = new InputLog(sink, { epoch: 1, seed: 5 }, { ...limits, ...over });
  const record: ZoneOptions['record'] = (tick, inputs) => log.record(zone.sim, tick, inputs);
  const started = await startZone({ definition, record, recovery });
  const { zone, enter } = started;
  const random = new SeededRandom(11);
  const bots = ['Ada', 'Bob', 'Cyd', 'Dov'].map((name) => {
    const character = fixtureCharacter(name, 2);
    return { character, client: enter(character), seq: 0 };
  });
  for (let i = 0; i < ticks; i++) {
    for (const bot of bots) {
      const { characterId } = bot.character;
      const body = zone.sim.state.players.get(bot.client.slot);
      if (!body) continue;
      bot.seq += 1;
      const { seq } = bot;
      const [x, y] = [zone.sim.state.entities.x[body.slot]!, zone.sim.state.entities.y[body.slot]!];
      const dx = (random.int(-4, 4) / 16) * 1.1;
      const { correction } = body;
      zone.input(
        characterId,
        bot.client,
        (slot) => ({ kind: 'move', slot, seq, correction, x: x + dx, y, yaw: 1 }),
        zone.sim.tick,
      );
      if (random.int(0, 5) === 0) {
        const target = random.int(1, 12);
        zone.input(
          characterId,
          bot.client,
          (slot) => ({ kind: 'act', slot, actionSeq: seq, ability: 0, target }),
          zone.sim.tick,
        );
      }
    }
    if (i === 150) zone.disconnect(bots[3]!.character.characterId, bots[3]!.client);
    zone.tick();
  }
  return { zone, lines };
}

describe('a log of inputs', () => {
  it('replays to the same states, and says who is where', async () => {
    const { zone, lines } = await session(300);
    const report = await replay(lines, { untilTick: zone.sim.tick, verify: true });
    expect(report).toMatchObject({ differsAtTick: undefined, ended: undefined, isTampered: false });
    expect(report.checkedHashes).toBeGreaterThanOrEqual(15);
    expect(report.stateHash).toBe(zone.sim.stateHash());
    expect(report.players.map(({ name }) => name)).toEqual(['Ada', 'Bob', 'Cyd', 'Dov']);
  });

  it('replays a life that began with dead NPCs', async () => {
    const spawnId = fixtureZone().spawns[0]!.id;
    const recovery = { places: [], respawns: [{ spawnId, index: 0, dueAtMs: 9e12 }] };
    const { zone, lines } = await session(60, {}, recovery);
    const report = await replay(lines, { untilTick: zone.sim.tick, verify: true });
    expect(report).toMatchObject({ differsAtTick: undefined, npcs: zone.npcs });
    expect(zone.npcs).toBeLessThan((await session(0)).zone.npcs);
  });

  it('replays a life that began in the middle of an event', async () => {
    const event = { eventId: 'surge', startedAtMs: 990_000, phase: 0, phaseAtMs: 990_000, slain: 1, followers: [] };
    const recovery = { places: [], respawns: [], events: { underWay: [event], over: [] } };
    const { zone, lines } = await session(60, {}, recovery, fixtureWorld());
    expect(zone.sim.state.events.runs.get(SURGE)).toMatchObject({ slain: 1, startTick: -200 });
    const report = await replay(lines, { untilTick: zone.sim.tick, verify: true });
    expect(report).toMatchObject({ differsAtTick: undefined, stateHash: zone.sim.stateHash() });
  });

  it('replays up to a tick', async () => {
    const { lines } = await session(100);
    const [half, whole] = [await replay(lines, { untilTick: 50 }), await replay(lines, { untilTick: 100 })];
    expect([half.ticks, whole.ticks]).toEqual([50, 100]);
    expect(half.stateHash).not.toBe(whole.stateHash);
  });

  it('names the first tick that is not as it was, when somebody has changed the log', async () => {
    const { lines } = await session(200);
    const at = lines.findIndex((line) => line.startsWith('{"t":105,"i"'));
    const tampered = lines.with(at, lines[at]!.replace(/"x":(-?\d)/, '"x":9$1'));
    expect(tampered[at]).not.toBe(lines[at]);
    expect(await replay(tampered, { verify: true })).toMatchObject({ differsAtTick: 120, agreedTick: 100 });
    const otherRules = lines.with(0, lines[0]!.replace('"maxHealth":20', '"maxHealth":21'));
    expect(await replay(otherRules, { verify: true })).toMatchObject({ isTampered: true, differsAtTick: 0 });
  });

  it('bears an end in the middle of a line, and no other damage', async () => {
    const { lines } = await session(60);
    const cut = [...lines.slice(0, -1), lines.at(-1)!.slice(0, 9)];
    expect((await replay(cut, { verify: true })).ended).toBe('cut');
    await expect(replay(lines.with(3, '{"t":'))).rejects.toThrow(UnreadableLog);
    await expect(replay(['{"t":1}'])).rejects.toThrow(UnreadableLog);
    await expect(replay([])).rejects.toThrow(UnreadableLog);
  });

  it('ends when it is full, or the disk cannot follow', async () => {
    const { lines } = await session(100, { maxBytes: 20_000 });
    expect(lines.at(-1)).toMatch(/"end":"full"/);
    expect(lines.join('').length).toBeLessThan(22_000);
    expect((await replay(lines, { verify: true })).ended).toBe('full');
    const slow = await session(30, { maxPendingBytes: -1 });
    expect(slow.lines.at(-1)).toMatch(/"end":"slow"/);
  });
});
