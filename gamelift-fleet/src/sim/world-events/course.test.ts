import { describe, expect, it } from 'vitest';
import { BEACON, fixtureWorld, PORTER_RUN, SIREN, SURGE } from '#fleet/testing/fixture-world.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { SimHarness } from '#fleet/testing/sim-harness.ts';
import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { harm } from '../abilities/harm.ts';
import type { ZoneDefinition } from '../definition.ts';
import { place } from '../state.ts';

const idOf = (name: string) => fixtureCharacter(name).characterId;

function start(definition: ZoneDefinition = fixtureWorld()) {
  const world = new SimHarness({ zone: definition });
  const { state } = world;
  const news: string[] = [];
  const ends: { event: number; isDone: boolean; characterIds: readonly string[] }[] = [];
  const step = (inputs: Parameters<SimHarness['step']>[0] = []) => {
    const outcome = world.step(inputs);
    news.push(...outcome.eventNews.map(({ what, text }) => `${what}: ${text}`));
    ends.push(...outcome.eventEnds);
    return outcome;
  };
  const wait = (ticks: number, until = () => false) => {
    for (let i = 0; i < ticks && !until(); i++) step();
  };
  const use = (slot: number, object: number) =>
    step([{ kind: 'interact', slot, actionSeq: 1, target: state.objects.slot[object]! }]);
  /** A blow that nothing lessens. */
  const slay = (by: number, npc: number) =>
    harm(state, { source: by, target: npc, ability: 0, amount: 10_000, outcome: 'hit' });
  const living = () => world.npcs.filter((npc) => state.entities.state[npc] !== entityStates.dead);
  return { world, state, news, ends, step, wait, use, slay, living };
}

describe('an event of waves', () => {
  it('goes from phase to phase by what is slain, and is done for all who are near', () => {
    const { world, news, ends, wait, use, slay, living } = start();
    const ada = world.enter('Ada', { x: 60, y: 2 });
    world.enter('Bob', { x: 70, y: 2 });
    world.enter('Far', { x: 90, y: 2 });
    use(ada, SIREN);
    expect(living()).toHaveLength(2);
    wait(1);
    for (const npc of living()) slay(ada, npc);
    wait(60);
    expect(news).toEqual(['began: First.', 'phase: Silence.', 'done: Over.']);
    expect(ends).toEqual([{ event: SURGE, isDone: true, characterIds: [idOf('Ada'), idOf('Bob')] }]);
    expect(living()).toEqual([]);
  });

  it('runs once at a time, and those who come with it leave nothing', () => {
    const definition = fixtureWorld();
    const objects = definition.objects!.map((one) => ({ ...one, respawnTicks: 1 }));
    const { world, wait, use, slay, living, step } = start({ ...definition, objects });
    const ada = world.enter('Ada', { x: 60, y: 2 });
    for (let again = 0; again < 3; again++) {
      use(ada, SIREN);
      wait(2);
    }
    expect(living()).toHaveLength(2);
    slay(ada, living()[0]!);
    expect(step().kills).toEqual([]);
  });

  it('fails when it lasts too long, or when nobody alive is near', () => {
    const late = start();
    const ada = late.world.enter('Ada', { x: 60, y: 2 });
    late.use(ada, SIREN);
    late.wait(1_002);
    expect(late.ends).toEqual([{ event: SURGE, isDone: false, characterIds: [idOf('Ada')] }]);
    expect(late.living()).toEqual([]);

    const left = start();
    const bob = left.world.enter('Bob', { x: 60, y: 2 });
    left.use(bob, SIREN);
    left.wait(20);
    left.state.entities.state[bob] = entityStates.dead;
    left.state.entities.health[bob] = 0;
    left.wait(150);
    expect(left.ends).toEqual([]);
    left.wait(80);
    expect(left.ends).toEqual([{ event: SURGE, isDone: false, characterIds: [idOf('Bob')] }]);
  });

  it('that comes by itself waits for somebody to be there', () => {
    const definition = fixtureWorld();
    const events = definition.events!.map((one, index) => (index === SURGE ? { ...one, everyTicks: 100 } : one));
    const { world, wait, state } = start({ ...definition, events });
    wait(150);
    expect([...state.events.runs.keys()]).toEqual([]);
    world.enter('Ada', { x: 0, y: 0 });
    expect([...state.events.runs.keys()]).toEqual([SURGE]);
  });
});

/** Ada with the porter, whose quest she has. */
function escorting() {
  const all = start();
  const ada = all.world.enter('Ada', { x: 40, y: 2, level: 30 });
  all.step([{ kind: 'ties', characterId: idOf('Ada'), quests: ['the-run'] }]);
  all.use(ada, BEACON);
  const porter = all.state.events.runs.get(PORTER_RUN)!.escort;
  place(all.state, ada, 44, 8);
  const hunter = () => all.living().find((npc) => npc !== porter);
  return { ...all, ada, porter, hunter };
}

describe('an escort', () => {
  it('is not begun by one who does not have its quest', () => {
    const { world, use, news } = start();
    const eve = world.enter('Eve', { x: 40, y: 2 });
    expect(use(eve, BEACON).actionResults[0]!.result).toBe(actionResults.not_for_you);
    expect(news).toEqual([]);
  });

  it('walks its way, stands while it is pursued, and arrives when those who come are slain', () => {
    const { ada, porter, hunter, slay, state, wait, ends, world } = escorting();
    wait(2_000, () => hunter() !== undefined);
    expect(state.entities.x[porter]).toBeCloseTo(45);
    world.enter('Bob', { x: 50, y: 8 });
    state.entities.health[porter] = 1_000;
    wait(60);
    expect(state.entities.x[porter]).toBeCloseTo(45);
    slay(ada, hunter()!);
    wait(200);
    expect(ends).toEqual([{ event: PORTER_RUN, isDone: true, characterIds: [idOf('Ada'), idOf('Bob')] }]);
  });

  it('is struck by those who come until a player turns them, and fails with its death', () => {
    const { ada, porter, hunter, state, wait, ends, news } = escorting();
    wait(2_000, () => hunter() !== undefined);
    state.entities.health[porter] = 1_000;
    wait(100);
    const hurt = 1_000 - state.entities.health[porter]!;
    expect(hurt).toBeGreaterThan(0);
    harm(state, { source: ada, target: hunter()!, ability: 0, amount: 1, outcome: 'hit' });
    const before = state.entities.health[porter];
    wait(60);
    expect(state.entities.health[porter]).toBe(before);
    // Ada falls, and it turns back to the porter.
    state.entities.state[ada] = entityStates.dead;
    state.entities.health[ada] = 0;
    state.entities.health[porter] = 5;
    wait(90, () => ends.length > 0);
    expect(ends).toEqual([{ event: PORTER_RUN, isDone: false, characterIds: [idOf('Ada')] }]);
    expect(news.at(-1)).toBe('failed: It is lost.');
  });

  it('fails when it is left alone', () => {
    const { ada, state, wait, ends } = escorting();
    wait(20);
    place(state, ada, 120, 120);
    wait(90);
    expect(ends).toEqual([]);
    wait(30);
    expect(ends).toEqual([{ event: PORTER_RUN, isDone: false, characterIds: [idOf('Ada')] }]);
  });

  it('is no target of players, and has the same course whenever it is lived again', () => {
    const { ada, porter, world } = escorting();
    const { actionResults: answers } = world.step([
      { kind: 'act', slot: ada, actionSeq: 1, ability: 0, target: porter },
    ]);
    expect(answers[0]!.result).toBe(actionResults.bad_target);
    const hashes = [1, 2].map(() => {
      const again = escorting();
      again.wait(400);
      return again.world.sim.stateHash();
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});
