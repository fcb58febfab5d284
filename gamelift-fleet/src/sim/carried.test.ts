import { describe, expect, it } from 'vitest';
import { abilityNamed, arena } from '#fleet/testing/fixture-abilities.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityFlags, entityStates } from '#shared/contract/zone-protocol.ts';
import { SICKNESS_ABILITY } from './abilities/ability-numbers.ts';
import { statOf } from './abilities/stats.ts';
import type { CarriedState } from './definition.ts';
import type { Tonic } from './tonics.ts';

/** All that it can have. */
const FULL_ENERGY = 50;

/** Takes somebody out; answers what it carries. */
function leave(h: SimHarness, slot: number): CarriedState | undefined {
  return h.step([{ kind: 'leave', slot, manner: 'now' }]).left[0]!.carried;
}

/** Somebody comes with what it carries, so long after that was noted. */
function arrive(carried: CarriedState, elapsedMs = 0, level = 1) {
  const h = new SimHarness();
  const { characterId, accountId, classId } = fixtureCharacter('Ada');
  const place = { x: 0, y: 0, yaw: 0, health: 100 };
  const character = { characterId, accountId, name: 'Ada', level, classId, place };
  const slot = h.step([{ kind: 'join', character: { ...character, carried: { state: carried, elapsedMs } } }])
    .joined[0]!.slot;
  return { h, slot, body: h.state.players.get(slot)! };
}

describe('what a body carries', () => {
  it('is nothing when it is rested', () => {
    const h = new SimHarness();
    expect(leave(h, h.enter('Ada'))).toBeUndefined();
  });

  it('is its energy, which comes back on the way no faster than in the zone', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada');
    h.use(slot, 'blast', 0, { x: 21, y: 0 });
    h.use(slot, 'blast', 0, { x: 21, y: 0 });
    const carried = leave(h, slot)!;
    expect(carried.energy).toBeLessThan(FULL_ENERGY);
    expect(arrive(carried).body.energy).toBe(carried.energy);
    const later = arrive(carried, 2_000).body.energy;
    expect(later).toBeGreaterThan(carried.energy!);
    expect(arrive(carried, 3_600_000).body.energy).toBe(FULL_ENERGY);
  });

  it('is what still cools down, the global cooldown with it, less the time on the way', () => {
    const carried: CarriedState = { readyInMs: { bolt: 1_500 }, globalReadyInMs: 1_000 };
    const { body, h } = arrive(carried, 600);
    expect(body.readyTick.get(abilityNamed('bolt'))).toBe(h.sim.tick + 18);
    expect(body.globalReadyTick).toBe(h.sim.tick + 8);
    expect(arrive(carried, 1_000).body.globalReadyTick).toBe(0);
  });

  it('is what it has used, for as long as that works yet, and the health that it gives room for', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada');
    const { characterId } = h.state.players.get(slot)!;
    const tonics: readonly Tonic[] = [
      { stats: { maxHealth: 20 }, ticks: 200 },
      { stats: { armour: 60 }, ticks: 400 },
    ];
    h.step([{ kind: 'gear', characterId, gear: {}, heal: 20, tonics }]);
    expect([h.health(slot), statOf(h.state, slot, 'armour')]).toEqual([120, 60]);
    const carried = leave(h, slot)!;
    expect(carried.tonics).toEqual([
      { stats: { maxHealth: 20 }, forMs: 9_950 },
      { stats: { armour: 60 }, forMs: 19_950 },
    ]);
    const near = arrive(carried, 1_000);
    expect(near.h.state.entities.maxHealth[near.slot]).toBe(120);
    const late = arrive(carried, 15_000);
    expect(late.h.state.entities.maxHealth[late.slot]).toBe(100);
    expect(statOf(late.h.state, late.slot, 'armour')).toBe(60);
  });

  it('is no more energy than it can have, whatever it has used', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada');
    const body = h.state.players.get(slot)!;
    body.energy = 5;
    const use = (energy: number) =>
      h.step([{ kind: 'gear', characterId: body.characterId, gear: {}, heal: 0, energy }]);
    use(7);
    expect(body.energy).toBe(12);
    use(1_000);
    expect(body.energy).toBe(FULL_ENERGY);
  });

  it('is the weakness of who came back at the graveyard, but nothing that others have laid on it', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada', { level: 12 });
    h.state.entities.health[slot] = 0;
    h.state.entities.state[slot] = entityStates.dead;
    h.step([{ kind: 'release', slot }]);
    h.use(slot, 'brace');
    h.pass(400);
    const carried = leave(h, slot)!;
    expect(carried.sickForMs).toBeGreaterThan(35_000);
    expect(carried.sickForMs).toBeLessThan(45_000);
    const there = arrive(carried, 10_000, 12);
    expect(there.h.state.auras.of(there.slot).map(({ ability }) => ability)).toEqual([SICKNESS_ABILITY]);
    expect(statOf(there.h.state, there.slot, 'powerPermille')).toBeLessThan(0);
    there.h.pass(20 * 36);
    expect(there.h.state.auras.of(there.slot)).toEqual([]);
  });

  it('is the weakness too of who goes away dead, and comes back at the graveyard', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada', { level: 12, health: 0 });
    expect(h.state.auras.of(slot).map(({ ability }) => ability)).toEqual([SICKNESS_ABILITY]);
  });

  it('is the flag of who fights players: crossing does not hide it', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada');
    h.step([{ kind: 'pvp', slot, wants: true }]);
    expect(leave(h, slot)).toMatchObject({ wantsPvp: true });
    const other = h.enter('Bob');
    h.step([{ kind: 'pvp', slot: other, wants: true }]);
    h.step([{ kind: 'pvp', slot: other, wants: false }]);
    const carried = leave(h, other)!;
    expect(carried.wantsPvp).toBeUndefined();
    expect(carried.pvpForMs).toBeGreaterThan(290_000);
    const flagOf = ({ h: there, slot: at }: ReturnType<typeof arrive>) =>
      there.state.entities.flags[at]! & entityFlags.pvp;
    expect(flagOf(arrive(carried, 1_000))).toBe(entityFlags.pvp);
    expect(flagOf(arrive(carried, 300_000))).toBe(0);
  });

  it('gives the same state when it is lived again', () => {
    const carried: CarriedState = { readyInMs: { bolt: 1_500 }, energy: 7, sickForMs: 5_000, hostileAgoMs: 100 };
    expect(arrive(carried).h.sim.stateHash()).toBe(arrive(carried).h.sim.stateHash());
    expect(arrive(carried).h.sim.stateHash()).not.toBe(arrive({ ...carried, energy: 8 }).h.sim.stateHash());
  });

  it('leaves out what the zone does not know', () => {
    expect(arrive({ readyInMs: { 'of-another-age': 9_000 } }).body.readyTick.size).toBe(0);
    expect(arena().abilities.some(({ id }) => id === 'of-another-age')).toBe(false);
  });
});
