import { describe, expect, it } from 'vitest';
import { arena, arenaAbilities } from '#fleet/testing/fixture-abilities.ts';
import { fixtureCharacter, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import { PLAYER } from '../entities.ts';
import type { LogRow } from '../fight-log.ts';
import type { FightResult } from '../fights.ts';
import { SeededRandom } from '../random.ts';
import { type SimInput, Simulation } from '../simulation.ts';
import { maxEnergyOf } from './energy.ts';
import type { FeudResult } from './feuds.ts';
import { useAbility } from './use-ability.ts';

const TICKS = 2_000;

/** Players who do anything at all, among NPCs who do too. */
function anything(sim: Simulation, random: SeededRandom): SimInput[] {
  const { entities, players } = sim.state;
  const inputs: SimInput[] = [];
  // Who fights accepts no duel: now and then nobody begins anything.
  const isQuiet = sim.tick % 600 > 400;
  if (sim.tick % 20 === 0) {
    const { characterId, accountId, name, classId } = fixtureCharacter(`Player ${random.int(1, 14)}`);
    const place = { x: random.int(10, 50), y: random.int(10, 50), yaw: 0, health: random.int(0, 100) };
    inputs.push({
      kind: 'join',
      character: { characterId, accountId, name, classId, level: random.int(1, 21), place },
    });
  }
  for (const slot of entities.slots()) {
    if (entities.sort[slot] !== PLAYER) continue;
    const others = [...players.keys()];
    const target = random.int(0, 2) === 0 ? random.int(0, 40) : others[random.int(0, others.length - 1)]!;
    const body = players.get(slot)!;
    const dx = (random.unit() - 0.5) * 0.5;
    const at = { x: entities.x[slot]! + dx, y: entities.y[slot]!, yaw: 0 };
    const roll = random.int(0, 99);
    if (roll < 25) inputs.push({ kind: 'move', slot, seq: body.seq + 1, correction: body.correction, ...at });
    else if (roll < 80 && !isQuiet) {
      const ability = random.int(0, arenaAbilities.length - 1);
      const aim = random.int(0, 1) === 0 ? { x: random.int(0, 60), y: random.int(0, 60) } : undefined;
      inputs.push({ kind: 'act', slot, actionSeq: sim.tick & 0xffff, ability, target, aim });
    } else if (roll >= 80 && roll < 83) inputs.push({ kind: 'pvp', slot, wants: random.int(0, 3) > 0 });
    else if (roll >= 83 && roll < 89) {
      const act = (['challenge', 'challenge', 'accept', 'yield'] as const)[random.int(0, 3)]!;
      inputs.push({ kind: 'duel', slot, act, target });
    } else if (roll >= 89 && roll < 92) inputs.push({ kind: 'stand-up', slot, accepts: true });
    else if (roll >= 95 && roll < 97) inputs.push({ kind: 'release', slot });
    else if (roll === 99 && random.int(0, 4) === 0) inputs.push({ kind: 'leave', slot, manner: 'now' });
  }
  return inputs;
}

const start = () =>
  new Simulation(
    arena([
      { id: 'drones', kind: 0, count: 6, area: { x: 30, y: 30, radius: 20 }, respawnTicks: 200 },
      { id: 'hunters', kind: HUNTER, count: 4, area: { x: 30, y: 30, radius: 20 }, respawnTicks: 200 },
    ]),
    { seed: 5, capacity: 128 },
  );

/** Everything that must hold after every tick, whatever anybody does. */
function complaints({ state }: Simulation): string[] {
  const { entities, auras, casts, players, tick } = state;
  const found: string[] = [];
  const say = (isSo: boolean, what: string): void => {
    if (!isSo) found.push(`tick ${tick}: ${what}`);
  };
  for (const slot of entities.slots()) {
    const isDead = entities.state[slot] === entityStates.dead;
    say(entities.health[slot]! <= entities.maxHealth[slot]!, `health of ${slot} above its bound`);
    say(isDead === (entities.health[slot] === 0), `${slot} is neither dead nor alive`);
    say(!isDead || (auras.of(slot).length === 0 && !casts.of(slot)), `the dead ${slot} is at something`);
    say(auras.of(slot).length <= balance.combat.maxAuras, `too much lasts on ${slot}`);
    let mask = 0;
    for (const { place, left, endTick, source } of auras.of(slot)) {
      mask |= 1 << place;
      say(left >= 0, `a shield of ${slot} is negative`);
      say(endTick > tick, `something on ${slot} outlives its end`);
      say(source === 0 || entities.has(source), `what lasts on ${slot} is of somebody who is gone`);
    }
    say(mask === auras.present[slot], `the places of ${slot} are not those that are told`);
    const body = players.get(slot);
    if (body) say(body.energy >= 0 && body.energy <= maxEnergyOf(state, body), `energy of ${slot} out of its bounds`);
  }
  const lasting = [...auras.bodies()].map(([slot]) => slot);
  const casting = [...casts.all()].map(([slot]) => slot);
  say(
    [...lasting, ...casting].every((slot) => entities.has(slot)),
    'something is of nobody',
  );
  return found;
}

/** Where the log of a fight and what its members are credited with do not agree. */
function oddities({ fightSeq, log, members }: FightResult | FeudResult): string[] {
  const rows = [...log.rows()];
  const sum = (pick: (row: LogRow) => boolean) => rows.filter(pick).reduce((total, { amount }) => total + amount, 0);
  const isBlow = ({ kind }: LogRow) => kind === 'hit' || kind === 'critical' || kind === 'glancing';
  const isHelp = ({ kind }: LogRow) => kind === 'heal' || kind === 'shield';
  return members.flatMap(({ number, damageDone, damageTaken, healingDone, bestBlow, deaths }) => {
    const agrees = {
      damageDone: damageDone === sum((row) => isBlow(row) && row.source === number),
      damageTaken: damageTaken === sum((row) => isBlow(row) && row.target === number),
      healing: healingDone === sum((row) => isHelp(row) && row.source === number),
      bestBlow: bestBlow <= damageDone && bestBlow > 0 === damageDone > 0,
      deaths: deaths === rows.filter(({ kind, target }) => kind === 'death' && target === number).length,
    };
    return Object.entries(agrees).flatMap(([what, isSo]) => (isSo ? [] : [`${what} of ${number} in ${fightSeq}`]));
  });
}

describe('random fights with all abilities', () => {
  it('break no bound in any tick, and give the same state for the same inputs', () => {
    const sim = start();
    const random = new SeededRandom(20);
    const log: SimInput[][] = [];
    const hashes: string[] = [];
    const kinds = new Set<string>();
    const seen = { deaths: 0, duels: 0, feuds: 0, kills: 0 };
    for (let i = 0; i < TICKS; i++) {
      const inputs = anything(sim, random);
      log.push(inputs);
      const outcome = sim.step(inputs);
      expect(complaints(sim)).toEqual([]);
      for (const over of [...outcome.fights, ...outcome.feuds]) {
        expect(oddities(over)).toEqual([]);
        for (const { kind } of over.log.rows()) kinds.add(kind);
      }
      for (const what of Object.keys(seen) as (keyof typeof seen)[]) seen[what] += outcome[what].length;
      if (i % 250 === 0) hashes.push(sim.stateHash());
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
    expect([...kinds]).toEqual(expect.arrayContaining(['heal', 'absorbed', 'shield']));
    const again = start();
    const repeated = log.flatMap((inputs, i) => {
      again.step(inputs);
      return i % 250 === 0 ? [again.stateHash()] : [];
    });
    expect(repeated).toEqual(hashes);
  });

  it('leave nothing behind when everybody is gone', () => {
    const sim = start();
    const random = new SeededRandom(23);
    for (let i = 0; i < 400; i++) sim.step(anything(sim, random));
    sim.step([...sim.state.players.keys()].map((slot) => ({ kind: 'leave' as const, slot, manner: 'now' as const })));
    for (let i = 0; i < 700; i++) sim.step([]);
    const { auras, casts, feuds, duels, fights } = sim.state;
    expect([auras, casts, feuds, duels, fights].map((part) => part.digest())).toEqual(Array(5).fill('[]'));
  });

  it('are open to NPCs by the same way', () => {
    const sim = start();
    const { characterId, accountId, name, classId } = fixtureCharacter('Ada');
    const place = { x: 30, y: 30, yaw: 0, health: 100 };
    sim.step([{ kind: 'join', character: { characterId, accountId, name, classId, level: 1, place } }]);
    const slot = sim.state.slotOfCharacter.get(characterId)!;
    const npc = [...sim.state.entities.slots()].find((one) => one !== slot)!;
    sim.state.entities.x[npc] = 31;
    sim.state.entities.y[npc] = 30;
    const bolt = sim.state.zone.abilities.findIndex(({ id }) => id === 'bolt');
    const mark = { actor: npc, ability: bolt, target: slot, aim: undefined };
    expect(useAbility(sim.state, mark)).toBe('done');
    expect(useAbility(sim.state, mark)).toBe('casting');
    const blows = Array.from({ length: 25 }, () => {
      const { combat } = sim.step([]);
      return [...combat.source.subarray(0, combat.count)];
    }).flat();
    expect(blows).toContain(npc);
  });
});
