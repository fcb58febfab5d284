import { zones } from '#content/zones.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { saveProgressionWrite } from '#functions/progression/store.ts';
import { claimZone, enterZone } from '#functions/zone/public.ts';
import { wantUnit } from '#functions/zone/store-units.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { layerUnit } from '#shared/kernel/zone-unit.ts';
import { Docks, docks } from './docks.ts';
import { commit, type Recipe } from './recipe.ts';

const cathedral = zones.all.find((zone) => zone.instance)!;

/** A unit that somebody runs for as long as the fuzzing lasts. */
async function run(unitId: Slug) {
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: unitId, shardId, url: 'wss://zone.test', leaseMs: 24 * HOUR_MS });
  return { zoneId: unitId, shardId, epoch: claimed!.epoch };
}

/** Who can be sent from one place of the world to another: players of their own, since others' recipes need theirs where they are. */
export const zoneRecipes: readonly Recipe[] = [
  {
    name: 'Linden stands in a zone that has two layers',
    endpoints: ['zone.leave-zone', 'zone.teleport', 'zone.list-layers', 'zone.change-layer'],
    prepare: async (stage) => {
      await (await Docks.of(stage)).enter(await stage.cast('linden'));
      const second = layerUnit(docks.id, 2);
      await wantUnit(second, stage.world.clock.nowMs());
      await run(second);
      return { caller: 'linden', values: { zoneId: [docks.id], layer: ['2', 2] } };
    },
  },
  {
    name: 'Hawthorn stands in a zone of which groups can have instances',
    endpoints: ['zone.enter-instance'],
    prepare: async (stage) => {
      const { accountId, sessionId, characterId } = (await stage.cast('hawthorn')).actor;
      const progression = (await progressionOf(characterId))!;
      const strong = { ...progression, level: cathedral.instance!.minLevel, version: progression.version + 1 };
      await commit({ writes: [saveProgressionWrite(strong)] });
      await enterZone(await run(cathedral.id), { accountId, sessionId, characterId });
      const difficulty = [...cathedral.instance!.difficulties];
      return { caller: 'hawthorn', values: { zoneId: [cathedral.id], difficulty } };
    },
  },
];
