import { describe, expect, it } from 'vitest';
import { SCHEMA_FINGERPRINT } from '#fleet/protocol/generated-codec.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { PROTOCOL_VERSION, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { ZoneDefinition } from '../sim/definition.ts';

async function welcomeTo(definition: ZoneDefinition) {
  const { enter } = await startZone({ definition });
  return enter(fixtureCharacter('Ada')).cold('welcome')[0]!;
}

describe('the welcome', () => {
  it('says which protocol the server speaks, and how fast its ticks are', async () => {
    expect(await welcomeTo(fixtureZone())).toMatchObject({
      protocol: PROTOCOL_VERSION,
      schema: SCHEMA_FINGERPRINT,
      tickHz: TICK_HZ,
    });
  });

  it('names the content by a hash: the same for the same, another for any other', async () => {
    const zone = fixtureZone();
    const [ability, ...others] = zone.abilities;
    const { contentHash } = await welcomeTo(zone);
    expect((await welcomeTo(fixtureZone())).contentHash).toBe(contentHash);
    for (const changed of [
      { ...zone, width: 220 },
      { ...zone, abilities: [{ ...ability!, range: 6 }, ...others] },
      { ...zone, npcKinds: zone.npcKinds.map((kind) => ({ ...kind, level: kind.level + 1 })) },
    ])
      expect((await welcomeTo(changed)).contentHash).not.toBe(contentHash);
  });
});
