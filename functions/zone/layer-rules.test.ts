import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  affinities,
  chooseLayer,
  chooseMovers,
  decideMerge,
  isMoving,
  type LayerState,
  layerLimits,
  layerToOpen,
  mergeLimits,
} from './layer-rules.ts';

const { softCap, fullAt } = layerLimits;
const { mergeAt, giveUpAt, quietMs, movesPerStep, stepMs } = mergeLimits;
const live = (...players: readonly number[]): LayerState[] =>
  players.map((count, index) => ({ layer: index + 1, isLive: true, players: count }));
const merging = { into: 1, sinceMs: 0 };

const anyLayer = fc.record({
  layer: fc.integer({ min: 1, max: 20 }),
  isLive: fc.boolean(),
  players: fc.integer({ min: 0, max: fullAt + 5 }),
  merge: fc.option(fc.constant(merging), { nil: undefined }),
});
const anyLayers = fc.uniqueArray(anyLayer, { selector: ({ layer }) => layer, maxLength: 20 });
const somewhere = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 });
const anyCompanions = fc.record({ leader: somewhere, party: somewhere, friend: somewhere, guild: somewhere });

describe('the layer of a newcomer', () => {
  it('is that of its party while there is any room, the leader’s first, then where most of it are', () => {
    expect(chooseLayer(live(10, fullAt - 1, 500), { leader: [2], party: [2, 1, 1] })).toBe(2);
    expect(chooseLayer(live(10, fullAt, 500), { leader: [2], party: [2, 3, 1, 1] })).toBe(1);
  });

  it('is else where most of its friends are, below the soft cap', () => {
    expect(chooseLayer(live(10, 700, 500), { friend: [1, 3, 3] })).toBe(3);
    expect(chooseLayer(live(10, 700, softCap), { friend: [1, 3, 3] })).toBe(1);
    expect(chooseLayer(live(10, 700, softCap), { party: [3], friend: [1] })).toBe(3);
  });

  it('is else where most of its guild are, below the soft cap', () => {
    expect(chooseLayer(live(10, 700, 500), { guild: [1, 3, 3] })).toBe(3);
    expect(chooseLayer(live(10, 700, 500), { friend: [1], guild: [3, 3] })).toBe(1);
    expect(chooseLayer(live(softCap, 700, 500), { friend: [1], guild: [3] })).toBe(3);
  });

  it('is otherwise the fullest below the soft cap, and above that the emptiest', () => {
    expect(chooseLayer(live(10, softCap, 500), {})).toBe(3);
    expect(chooseLayer(live(fullAt - 1, softCap + 1), {})).toBe(2);
  });

  it('is none that is to be merged, but for who has a party in it or finds no other room', () => {
    const [first, second] = live(100, 300);
    const layers = [first!, { ...second!, merge: merging }];
    expect(chooseLayer(layers, {})).toBe(1);
    expect(chooseLayer(layers, { friend: [2], guild: [2] })).toBe(1);
    expect(chooseLayer(layers, { party: [2] })).toBe(2);
    expect(chooseLayer([{ ...first!, players: fullAt }, layers[1]!], {})).toBe(2);
  });

  it('is never a full one, or one that nobody runs; and there is one while any has room', () => {
    fc.assert(
      fc.property(anyLayers, anyCompanions, (all, companions) => {
        const chosen = all.find(({ layer }) => layer === chooseLayer(all, companions));
        const isRoomy = (one: (typeof all)[number]) => one.isLive && one.players < fullAt;
        expect(chosen === undefined ? all.some(isRoomy) : !isRoomy(chosen)).toBe(false);
      }),
    );
  });

  it('is beside the nearest companions for whom there is room, whatever the farther ones wish', () => {
    fc.assert(
      fc.property(anyLayers, anyCompanions, (all, companions) => {
        const chosen = chooseLayer(all, companions);
        const nearest = affinities.find(({ kind, upTo, followsIntoClosing }) =>
          all.some(
            ({ isLive, players, layer, merge }) =>
              isLive && players < upTo && companions[kind].includes(layer) && (followsIntoClosing || !merge),
          ),
        );
        if (nearest) expect(companions[nearest.kind]).toContain(chosen);
      }),
    );
  });

  it('is joined by another one when all are crowded, the lowest that is not there', () => {
    expect(layerToOpen(live(softCap, softCap))).toBe(3);
    expect(layerToOpen([...live(softCap), { layer: 3, isLive: true, players: softCap }])).toBe(2);
    expect(layerToOpen(live(softCap, softCap - 1))).toBeUndefined();
    expect(layerToOpen([{ layer: 1, isLive: false, players: 0 }])).toBeUndefined();
    expect(layerToOpen(live(...Array.from({ length: 20 }, () => softCap)))).toBeUndefined();
  });
});

describe('a merge', () => {
  it('is that of the emptiest further layer into the fullest that takes all of it', () => {
    const layers = live(200, 600, 150);
    expect(decideMerge(layers, 3, 5)).toEqual({ into: 2, sinceMs: 5 });
    expect([1, 2].map((own) => decideMerge(layers, own, 5))).toEqual([undefined, undefined]);
    expect(decideMerge(live(500, mergeAt - 149, 150), 3, 5)).toEqual({ into: 1, sinceMs: 5 });
    expect(decideMerge(live(mergeAt, mergeAt, 1), 3, 5)).toBeUndefined();
    expect(decideMerge([...live(100), { layer: 2, isLive: false, players: 0 }], 2, 5)).toBeUndefined();
  });

  it('goes on as it began until there are too many, and moves nobody at first', () => {
    const merge = { into: 1, sinceMs: 1_000 };
    const at = (first: number) =>
      decideMerge([{ ...live(first)[0]! }, { layer: 2, isLive: true, players: 100, merge }], 2, 9_000);
    expect(at(giveUpAt - 100)).toBe(merge);
    expect(at(giveUpAt - 99)).toBeUndefined();
    expect([quietMs + 999, quietMs + 1_000].map((nowMs) => isMoving(merge, nowMs))).toEqual([false, true]);
  });

  it('is one of a zone at a time: of two that begin at once the higher layer goes on', () => {
    const [first, ...further] = live(10, 20, 20);
    const both = [first!, ...further.map((one) => ({ ...one, merge: merging }))];
    expect(decideMerge(both, 3, 5)).toEqual(merging);
    expect(decideMerge(both, 2, 5)).toBeUndefined();
    expect(decideMerge([first!, further[0]!, both[2]!], 2, 5)).toBeUndefined();
  });
});

describe('who is moved', () => {
  const person = fc.record({
    characterId: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
    isFree: fc.boolean(),
  });
  const people = fc.uniqueArray(person, { selector: ({ characterId }) => characterId });
  const parties = fc
    .shuffledSubarray([...'abcdefghijklmnopqrstuvwxyz'])
    .map((ids) =>
      Array.from({ length: Math.ceil(ids.length / 5) }, (_one, index) => ids.slice(index * 5, index * 5 + 5)),
    );

  it('is free, goes with all of its party that are here or not at all, and is one of no more than so many', () => {
    fc.assert(
      fc.property(people, parties, fc.integer({ min: 5, max: 30 }), (here, groups, most) => {
        const moved = chooseMovers(here, groups, most);
        const free = new Map(here.map(({ characterId, isFree }) => [characterId, isFree]));
        expect(moved.length).toBeLessThanOrEqual(most);
        expect(new Set(moved).size).toBe(moved.length);
        for (const one of moved) expect(free.get(one)).toBe(true);
        for (const group of groups) {
          const present = group.filter((member) => free.has(member));
          expect([0, present.length]).toContain(present.filter((member) => moved.includes(member)).length);
        }
      }),
    );
  });

  it('is everybody in the end, when everybody is free', () => {
    fc.assert(
      fc.property(people, parties, (here, groups) => {
        let left = here.map(({ characterId }) => ({ characterId, isFree: true }));
        for (let step = 0; left.length > 0; step += 1) {
          expect(step).toBeLessThan(10);
          const moved = chooseMovers(left, groups, 5);
          left = left.filter(({ characterId }) => !moved.includes(characterId));
        }
      }),
    );
  });
});

/** A zone whose owners and doors go by the rules, as its population rises and falls. */
class RuledZone {
  layers: LayerState[] = live(0);
  nowMs = 0;
  openings = 0;
  /** Players of the layer into which the last merge went, at its end. */
  private merged: { readonly into: number; readonly players: number } | undefined;
  /** What was crowded when the last layer opened. */
  private crowded: readonly number[] = [];

  private at(layer: number): LayerState | undefined {
    return this.layers.find((one) => one.layer === layer);
  }

  private add(layer: number, players: number): void {
    this.layers = this.layers.map((one) => (one.layer === layer ? { ...one, players: one.players + players } : one));
  }

  come(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const toOpen = layerToOpen(this.layers);
      if (toOpen !== undefined) this.open(toOpen);
      const chosen = chooseLayer(this.layers, {});
      if (chosen !== undefined) this.add(chosen, 1);
    }
  }

  private open(layer: number): void {
    const { merged } = this;
    if (merged) expect(this.at(merged.into)!.players - merged.players).toBeGreaterThanOrEqual(softCap - giveUpAt);
    this.merged = undefined;
    this.crowded = this.layers.map((one) => one.layer);
    this.layers = [...this.layers, { layer, isLive: true, players: 0 }];
    this.openings += 1;
  }

  /** As many as said leave this layer, if it has them. */
  go(index: number, count: number): void {
    const { layer, players } = this.layers[index % this.layers.length]!;
    this.add(layer, -Math.min(players, count));
  }

  /** Each owner looks once. */
  step(): void {
    this.nowMs += stepMs;
    for (const { layer } of [...this.layers]) {
      const own = this.at(layer)!;
      const merge = decideMerge(this.layers, layer, this.nowMs);
      if (merge && !own.merge) this.begins(own, merge.into);
      this.layers = this.layers.map((one) => (one.layer === layer ? { ...one, merge } : one));
      if (merge && isMoving(merge, this.nowMs)) this.move(own, merge.into);
    }
  }

  private begins(own: LayerState, into: number): void {
    const pair = [own, this.at(into)!].filter(({ layer }) => this.crowded.includes(layer));
    // Of two layers that are merged one at least was crowded when the last one opened: it has lost half of its players.
    if (this.crowded.length > 0) expect(Math.min(...pair.map(({ players }) => players))).toBeLessThanOrEqual(mergeAt);
    expect(this.layers.filter(({ merge }) => merge)).toEqual([]);
  }

  private move(own: LayerState, into: number): void {
    const count = Math.min(own.players, movesPerStep);
    this.add(own.layer, -count);
    this.add(into, count);
    if (own.players > count) return;
    this.layers = this.layers.filter(({ layer }) => layer !== own.layer);
    this.merged = { into, players: this.at(into)!.players };
    this.crowded = [];
  }
}

describe('layers that open and merge', () => {
  it('never go to and fro: what opens one is far from what merges two, and no cap is exceeded', () => {
    const tide = fc.record({
      come: fc.integer({ min: 0, max: 900 }),
      go: fc.integer({ min: 0, max: 1_200 }),
      from: fc.nat({ max: 19 }),
      steps: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(tide, { minLength: 1, maxLength: 25 }), (tides) => {
        const zone = new RuledZone();
        for (const { come, go, from, steps } of tides) {
          zone.come(come);
          zone.go(from, go);
          for (let step = 0; step < steps; step += 1) {
            zone.step();
            for (const { players } of zone.layers) expect(players).toBeLessThanOrEqual(fullAt);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('become one again when the crowd has gone', () => {
    const zone = new RuledZone();
    zone.come(3_000);
    expect(zone.layers).toHaveLength(2);
    zone.go(0, 1_300);
    zone.go(1, 1_200);
    for (let step = 0; step < 30; step += 1) zone.step();
    expect(zone.layers).toMatchObject([{ layer: 1, players: 500 }]);
    expect(zone.openings).toBe(1);
  });
});
