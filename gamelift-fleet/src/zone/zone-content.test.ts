import { describe, expect, it } from 'vitest';
import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import { entityRecord } from '#shared/contract/zone-records.ts';
import { MAX_ABILITIES } from '../sim/abilities/ability-numbers.ts';
import { Simulation } from '../sim/simulation.ts';
import { allZoneIds, zoneDefinition } from './zone-content.ts';

describe.each(allZoneIds)('zone %s of the content', (zoneId) => {
  const zone = zoneDefinition(zoneId)!;

  it('fits the wire', () => {
    expect(Math.max(zone.width, zone.height) / METRES_PER_UNIT).toBeLessThan(65_536);
    expect(zone.npcKinds.length).toBeLessThanOrEqual(256);
    expect(zone.abilities.length).toBeLessThanOrEqual(MAX_ABILITIES);
    for (const kind of zone.npcKinds) expect(kind.maxHealth).toBeLessThan(65_536);
    expect(entityRecord.always.name.text.maxBytes).toBeGreaterThanOrEqual(12 * 4);
  });

  it('keeps spawn, graveyard and NPCs inside its bounds', () => {
    for (const { x, y } of [zone.spawn, zone.graveyard, ...zone.spawns.map(({ area }) => area)]) {
      expect(x).toBeGreaterThanOrEqual(zone.originX);
      expect(x).toBeLessThanOrEqual(zone.originX + zone.width);
      expect(y).toBeGreaterThanOrEqual(zone.originY);
      expect(y).toBeLessThanOrEqual(zone.originY + zone.height);
    }
  });

  it('gives every class a speed that the budget allows and abilities that exist', () => {
    for (const spec of Object.values(zone.classes)) {
      expect(spec.speed).toBeGreaterThan(0);
      expect(spec.abilities.length).toBeGreaterThanOrEqual(6);
      for (const { ability } of spec.abilities) expect(zone.abilities[ability]).toBeDefined();
    }
    expect(zone.abilities[0]).toMatchObject({ id: 'plain-attack', target: 'enemy' });
  });

  it('lets who has just arrived leave at once', () => {
    const sim = new Simulation(zone, { seed: 2, capacity: 8_192 });
    const [classId] = Object.keys(zone.classes);
    for (let i = 0; i < 20; i++) {
      const character = { characterId: `c${i}`, accountId: `a${i}`, name: `C${i}`, level: 1, classId: classId! };
      const { slot } = sim.step([{ kind: 'join', character }]).joined[0]!;
      expect(sim.step([{ kind: 'leave', slot, manner: 'wish' }]).left).toMatchObject([{ slot }]);
    }
  });

  it('runs: everybody that should be alive is', () => {
    const sim = new Simulation(zone, { seed: 1, capacity: 8_192 });
    for (let i = 0; i < 100; i++) sim.step([]);
    const npcs = zone.spawns.reduce((sum, { count }) => sum + count, 0);
    expect(sim.state.entities.size).toBe(npcs + zone.objects!.length);
  });
});

it('knows no other zones', () => {
  expect(zoneDefinition('nowhere')).toBeUndefined();
});
