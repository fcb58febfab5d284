import { describe, expect, it } from 'vitest';
import { quests } from '#content/quests.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { NPC } from '../sim/entities.ts';
import { place } from '../sim/state.ts';
import { zoneDefinition } from './zone-content.ts';

/** What the docks of the content ask players to do, done. */

const docks = zoneDefinition('glasswater-docks')!;

/** Ada on the docks, with every quest under way, and strong enough for what comes. */
async function start() {
  const ada = { ...fixtureCharacter('Ada', 20), classId: Object.keys(docks.classes)[0]! as Slug };
  const world = await startZone({ definition: docks, capacity: 1_024 });
  const { zone, ports } = world;
  const { state } = zone.sim;
  const { entities } = state;
  ports.ties.set(ada.characterId, { quests: quests.all.map(({ id }) => id) });
  const client = world.enter(ada);
  await zone.writer.flush();
  let seq = 0;
  const tick = () => {
    zone.tick();
    for (const viewer of zone.viewers) viewer.saw(zone.sim.tick);
  };
  const objectNamed = (id: string) => docks.objects!.findIndex((object) => object.id === id);
  /** Stands beside an object and uses it to the end; answers whether it was used. */
  const use = (id: string, standing: { x?: number; y?: number } = {}) => {
    const object = objectNamed(id);
    const { x, y, useTicks } = docks.objects![object]!;
    place(state, client.slot, standing.x ?? x, standing.y ?? y);
    seq += 1;
    const actionSeq = seq;
    zone.input(ada.characterId, client, (slot) => {
      return { kind: 'interact', slot, actionSeq, target: state.objects.slot[object]! };
    });
    let isUsed = false;
    for (let i = 0; i <= useTicks; i++) {
      tick();
      isUsed ||= state.outcome.uses.some((use) => use.object === object);
    }
    return isUsed;
  };
  /** Beside those who have come with an event, striking them until it is over. */
  const fightUntilOver = (event: number) => {
    for (let i = 0; i < 6_000 && state.events.runs.has(event); i++) {
      const { escort } = state.events.runs.get(event)!;
      const foe = [...entities.slots()].find(
        (slot) =>
          entities.sort[slot] === NPC &&
          state.minds.event[slot] === event + 1 &&
          slot !== escort &&
          entities.state[slot] !== entityStates.dead,
      );
      const beside = foe ?? (escort || undefined);
      entities.health[client.slot] = entities.maxHealth[client.slot]!;
      if (beside) place(state, client.slot, entities.x[beside]!, entities.y[beside]! + 1);
      if (foe) {
        zone.input(ada.characterId, client, (slot) => {
          return { kind: 'act', slot, actionSeq: i & 0xffff, ability: 0, target: foe };
        });
      }
      tick();
    }
  };
  const deeds = async () => {
    await zone.writer.flush();
    return ports.deeds.map(({ kind, target }) => `${kind} ${target}`);
  };
  return { client, use, fightUntilOver, deeds, state, ports };
}

describe('on the docks', () => {
  it('both relays can be woken', async () => {
    const { use, deeds } = await start();
    expect([use('relay-crane'), use('relay-breakwater')]).toEqual([true, true]);
    expect(await deeds()).toEqual(['use relay-crane', 'use relay-breakwater']);
  });

  it('the store is shut until its lever is pulled, and its locker is out of reach from outside', async () => {
    const { use, deeds, state, client, ports } = await start();
    expect(use('store-locker', { x: 157, y: 37 })).toBe(false);
    expect(state.obstacles.isBlocked(147, 30, 157, 30)).toBe(true);
    expect(use('store-lever')).toBe(true);
    expect(state.obstacles.isBlocked(147, 30, 157, 30)).toBe(false);
    expect(use('store-locker')).toBe(true);
    expect(await deeds()).toEqual(['use store-lever', 'use store-locker']);
    expect(ports.caches.get(2)).toMatchObject({ objectId: 'store-locker' });
    expect(client.closedWith).toBeUndefined();
  });

  it('the porter can be brought to the breakwater, past what comes', async () => {
    const { use, fightUntilOver, deeds } = await start();
    expect(use('porter-beacon')).toBe(true);
    fightUntilOver(docks.events!.findIndex(({ id }) => id === 'porter-run'));
    expect(await deeds()).toEqual(['event porter-run']);
  });

  it('the surge can be broken', async () => {
    const { use, fightUntilOver, deeds } = await start();
    expect(use('surge-siren')).toBe(true);
    fightUntilOver(docks.events!.findIndex(({ id }) => id === 'scrap-surge'));
    expect(await deeds()).toEqual(['event scrap-surge']);
  });
});
