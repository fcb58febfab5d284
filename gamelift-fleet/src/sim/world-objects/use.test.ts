import { describe, expect, it } from 'vitest';
import { CACHE, fixtureWorld, LEVER, TERMINAL } from '#fleet/testing/fixture-world.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { SimHarness } from '#fleet/testing/sim-harness.ts';
import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { USE_OBJECT } from '../abilities/ability-numbers.ts';
import { harm } from '../abilities/harm.ts';
import { balance } from '../balance.ts';
import type { UseOutcome } from '../outcome.ts';
import { Simulation } from '../simulation.ts';
import { place } from '../state.ts';

/** Ada beside the terminal, with words for using things. */
function start(definition = fixtureWorld()) {
  const world = new SimHarness({ zone: definition });
  const { state } = world;
  const ada = world.enter('Ada', { x: 20, y: 1 });
  const slotOf = (object: number) => state.objects.slot[object]!;
  const uses: UseOutcome[] = [];
  const step = (inputs: Parameters<SimHarness['step']>[0] = []) => {
    const outcome = world.step(inputs);
    uses.push(...outcome.uses);
    return outcome;
  };
  const ask = (slot: number, object: number) => {
    const { actionResults: answers } = step([{ kind: 'interact', slot, actionSeq: 1, target: slotOf(object) }]);
    return Object.keys(actionResults)[answers[0]!.result];
  };
  const wait = (ticks: number) => {
    for (let i = 0; i < ticks; i++) step();
  };
  const isReady = (object: number) => state.entities.state[slotOf(object)] === entityStates.alive;
  const tie = (name: string, ties: { partyId?: string; quests?: readonly string[] }) =>
    step([{ kind: 'ties', characterId: fixtureCharacter(name).characterId, quests: [], ...ties }]);
  return { world, state, ada, slotOf, uses, step, ask, wait, isReady, tie };
}

describe('using an object', () => {
  it('takes its time, is seen as a cast, and uses it up until it comes back', () => {
    const { ask, ada, state, wait, uses, isReady, slotOf } = start();
    expect(ask(ada, TERMINAL)).toBe('done');
    expect(state.casts.of(ada)).toMatchObject({ ability: USE_OBJECT, target: slotOf(TERMINAL) });
    wait(19);
    expect(uses).toEqual([]);
    wait(1);
    const { accountId, characterId } = fixtureCharacter('Ada');
    const by = { accountId, characterId, level: 1 };
    expect(uses).toEqual([{ useSeq: 1, object: TERMINAL, objectSlot: slotOf(TERMINAL), by, nearby: [] }]);
    expect(isReady(TERMINAL)).toBe(false);
    expect(ask(ada, TERMINAL)).toBe('nothing_to_do');
    wait(100);
    expect(isReady(TERMINAL)).toBe(true);
    expect(ask(ada, TERMINAL)).toBe('done');
  });

  it.each([
    ['from too far away', { y: balance.interaction.rangeMetres + 1 }, 'out_of_range'],
    ['through a wall', { object: CACHE, y: -6.9, at: -9 }, 'no_line_of_sight'],
  ] as const)('%s is refused', (_how, { y, ...where }, answer) => {
    const { ask, ada, state, slotOf } = start();
    const object = 'object' in where ? where.object : TERMINAL;
    if ('at' in where) place(state, slotOf(object), 20, where.at);
    place(state, ada, 20, y);
    expect(ask(ada, object)).toBe(answer);
  });

  it('by the dead, the stunned, or one who is at something else is refused', () => {
    const { ask, ada, state } = start();
    expect(ask(ada, TERMINAL)).toBe('done');
    expect(ask(ada, TERMINAL)).toBe('casting');
    state.casts.end(ada);
    const effect = { kind: 'control', control: 'stun', ticks: 5 } as const;
    const aura = { ability: 0, effectIndex: 0, effect, source: ada, bonus: 0, nextTick: 0, left: 0 };
    state.auras.put(ada, { ...aura, endTick: state.tick + 5 });
    expect(ask(ada, TERMINAL)).toBe('stunned');
    state.entities.state[ada] = entityStates.dead;
    expect(ask(ada, TERMINAL)).toBe('dead');
  });

  it('that is for a quest is refused to those who do not have it under way', () => {
    const definition = fixtureWorld();
    const guarded = { ...definition.objects![TERMINAL]!, quest: 'hers' };
    const { ask, ada, tie, wait, uses } = start({ ...definition, objects: [guarded] });
    expect(ask(ada, TERMINAL)).toBe('not_for_you');
    tie('Ada', { quests: ['his'] });
    expect(ask(ada, TERMINAL)).toBe('not_for_you');
    tie('Ada', { quests: ['his', 'hers'] });
    expect(ask(ada, TERMINAL)).toBe('done');
    // It is given up while the use goes on.
    tie('Ada', { quests: [] });
    wait(30);
    expect(uses).toEqual([]);
  });

  it.each([
    ['a step', ({ world, ada }: ReturnType<typeof start>) => void world.walk(ada, 0.2)],
    [
      'a blow',
      ({ state, ada }: ReturnType<typeof start>) => {
        const from = { source: ada, target: ada, ability: 0, amount: 3, outcome: 'hit' } as const;
        harm(state, from);
      },
    ],
  ])('is broken off by %s', (_what, disturb) => {
    const all = start();
    all.ask(all.ada, TERMINAL);
    all.wait(5);
    disturb(all);
    all.wait(40);
    expect(all.uses).toEqual([]);
    expect(all.isReady(TERMINAL)).toBe(true);
  });

  it('by two at once is the use of who began first', () => {
    const { world, ask, ada, wait, uses } = start();
    const bob = world.enter('Bob', { x: 21, y: 0 });
    ask(ada, TERMINAL);
    wait(3);
    expect(ask(bob, TERMINAL)).toBe('done');
    wait(40);
    expect(uses.map(({ by }) => by.characterId)).toEqual([fixtureCharacter('Ada').characterId]);
  });

  it('is shared by those of the party who are near then, dead or alive, and by nobody else', () => {
    const { world, ask, ada, wait, uses, tie, state } = start();
    const near = world.enter('Near', { x: 30, y: 0 });
    world.enter('Stranger', { x: 20, y: 2 });
    world.enter('Away', { x: 20 + balance.combat.claimMetres + 1, y: 0 });
    world.enter('Left', { x: 22, y: 0 });
    for (const name of ['Ada', 'Near', 'Away', 'Left']) tie(name, { partyId: 'pty_1' });
    tie('Left', {});
    tie('Stranger', { partyId: 'pty_2' });
    state.entities.state[near] = entityStates.dead;
    ask(ada, TERMINAL);
    wait(25);
    expect(uses.map(({ nearby }) => nearby.map(({ characterId }) => characterId))).toEqual([
      [fixtureCharacter('Near').characterId],
    ]);
  });

  it('is nothing that strikes or heals it', () => {
    const { world, ada, slotOf, state } = start();
    const { actionResults: answers } = world.step([
      { kind: 'act', slot: ada, actionSeq: 1, ability: 0, target: slotOf(TERMINAL) },
    ]);
    expect(answers[0]!.result).toBe(actionResults.bad_target);
    expect(state.entities.health[slotOf(TERMINAL)]).toBe(1);
  });

  it('stays used up for what is left of its time when another process takes over', () => {
    const zone = fixtureWorld();
    const spent = [{ objectId: 'terminal', ticks: 30 }];
    const { state } = new Simulation(zone, { seed: 1, capacity: 64, spent });
    expect(state.entities.state[state.objects.slot[TERMINAL]!]).toBe(entityStates.dead);
    expect(state.objects.readyTick[TERMINAL]).toBe(30);
    expect(state.objects.readyTick[CACHE]).toBe(0);
  });
});

describe('a door', () => {
  it('opens a wall for its time, and does not close on somebody', () => {
    const { world, state, ada, ask, wait, isReady } = start();
    place(state, ada, 26, -6);
    const isBlocked = () => state.obstacles.isBlocked(26, -6, 26, -9);
    expect(isBlocked()).toBe(true);
    expect(ask(ada, LEVER)).toBe('done');
    expect(isBlocked()).toBe(false);
    world.walk(ada, 0, -0.25);
    place(state, ada, 26, -7.5);
    wait(150);
    expect(isReady(LEVER)).toBe(false);
    expect(isBlocked()).toBe(false);
    place(state, ada, 26, -9);
    wait(1);
    expect(isReady(LEVER)).toBe(true);
    expect(isBlocked()).toBe(true);
  });

  it('that has just closed stops without blame who walks into it; later it is a wall as any other', () => {
    const { world, state, ada, ask, wait } = start();
    place(state, ada, 26, -6);
    ask(ada, LEVER);
    wait(101);
    place(state, ada, 26, -6.9);
    const through = () => world.walk(ada, 0, -0.2).corrections.map(({ reason }) => reason);
    const suspicion = () => JSON.stringify(state.players.get(ada)!.suspicion.digest().at(-1));
    const before = suspicion();
    expect(through()).toEqual(['blocked']);
    expect(suspicion()).toBe(before);
    wait(balance.interaction.doorGraceTicks);
    expect(through()).toEqual(['blocked']);
    expect(suspicion()).not.toBe(before);
  });
});
