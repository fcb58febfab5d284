import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { createId, deriveId, type InstanceId, Slug } from './ids.ts';
import { instanceUnit, layerUnit, MAX_LAYERS, unitParts, zoneOf } from './zone-unit.ts';

const anyZone = fc.constantFrom(...zones.all.map(({ id }) => id), 'a1', 'layer-2x', 'some-ins');

describe('the id of a unit', () => {
  it('is the zone’s own for its first layer, which has always been there', () => {
    expect(layerUnit('glasswater-docks', 1)).toBe('glasswater-docks');
    expect(zoneOf('glasswater-docks')).toBe('glasswater-docks');
  });

  it('is a slug that tells zone and layer', () => {
    fc.assert(
      fc.property(anyZone, fc.integer({ min: 1, max: MAX_LAYERS }), (zoneId, layer) => {
        const unitId = layerUnit(zoneId, layer);
        expect(Slug.safeParse(unitId).success).toBe(true);
        expect(unitParts(unitId)).toEqual({ zoneId, layer });
      }),
    );
  });

  it('is a slug that tells zone and instance', () => {
    fc.assert(
      fc.property(anyZone, fc.string(), (zoneId, seed) => {
        for (const instanceId of [deriveId('ins', seed), createId('ins')] as InstanceId[]) {
          const unitId = instanceUnit(zoneId, instanceId);
          expect(Slug.safeParse(unitId).success).toBe(true);
          expect(unitParts(unitId)).toEqual({ zoneId, instanceId });
        }
      }),
    );
  });
});
