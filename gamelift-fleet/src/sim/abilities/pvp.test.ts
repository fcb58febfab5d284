import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityFlags, entityStates } from '#shared/contract/zone-protocol.ts';
import type { TickOutcome } from '../outcome.ts';
import { mayHelp, mayStrike, type Standing } from './hostility.ts';

const anyStanding: fc.Arbitrary<Standing> = fc.record({
  isPlayer: fc.boolean(),
  isDead: fc.boolean(),
  isFlagged: fc.boolean(),
  isInSanctuary: fc.boolean(),
  duelOpponent: fc.constantFrom(0, 1, 2, 3),
});

describe('who may strike whom', () => {
  const peaceful: Standing = { isPlayer: true, isDead: false, isFlagged: false, isInSanctuary: false, duelOpponent: 0 };
  const flagged = { ...peaceful, isFlagged: true };
  const npc = { ...peaceful, isPlayer: false };

  it.each<[string, Standing, Standing, string]>([
    ['a player and an NPC', peaceful, npc, 'yes'],
    ['an NPC and a player', npc, peaceful, 'yes'],
    ['two NPCs', npc, npc, 'bad_target'],
    ['the dead', peaceful, { ...npc, isDead: true }, 'bad_target'],
    ['two peaceful players', peaceful, peaceful, 'protected'],
    ['one who wants to and one who does not', flagged, peaceful, 'protected'],
    ['one who does not and one who wants to', peaceful, flagged, 'protected'],
    ['two who want to', flagged, flagged, 'yes'],
    ['two who want to, one in a rest area', flagged, { ...flagged, isInSanctuary: true }, 'protected'],
    ['the two of a duel', { ...peaceful, duelOpponent: 2 }, { ...peaceful, duelOpponent: 1 }, 'yes'],
    ['one of a duel and a third', { ...flagged, duelOpponent: 3 }, flagged, 'protected'],
    ['a third and one of a duel', flagged, { ...flagged, duelOpponent: 3 }, 'protected'],
  ])('%s', (_what, by, at, verdict) => {
    expect(mayStrike(1, by, 2, at)).toBe(verdict);
  });

  it('is the same in both directions among the living, and never oneself', () => {
    fc.assert(
      fc.property(anyStanding, anyStanding, (a, b) => {
        if (!a.isDead && !b.isDead) expect(mayStrike(1, a, 2, b)).toBe(mayStrike(2, b, 1, a));
        expect(mayStrike(1, a, 1, a)).toBe('bad_target');
      }),
    );
  });

  it('is nobody whom one may help, but for two who have both chosen to fight', () => {
    fc.assert(
      fc.property(anyStanding, anyStanding, (a, b) => {
        if (mayStrike(1, a, 2, b) !== 'yes' || mayHelp(1, a, 2, b) !== 'yes') return;
        expect([a.isFlagged, b.isFlagged]).toEqual([true, true]);
      }),
    );
  });
});

const pair = (options: { health?: number } = {}) => {
  const h = new SimHarness();
  return { h, a: h.enter('Ada', { x: 30, ...options }), b: h.enter('Bo', { x: 32, ...options }) };
};
const duel = (h: SimHarness, slot: number, act: 'challenge' | 'accept' | 'decline' | 'yield', target = 0) =>
  h.step([{ kind: 'duel', slot, act, target }]);
/** Told of a duel in some ticks, in order: slot and what. */
const told = (outcomes: readonly TickOutcome[]) =>
  outcomes.flatMap(({ duels }) => duels.map(({ slot, what }) => [slot, what]));
const stepped = (h: SimHarness, ticks: number) =>
  Array.from({ length: ticks }, () => h.step().duels.map(({ slot, what }) => [slot, what]));
const begun = (options: { health?: number } = {}) => {
  const { h, a, b } = pair(options);
  duel(h, a, 'challenge', b);
  duel(h, b, 'accept');
  h.pass(60);
  return { h, a, b };
};

describe('the flag', () => {
  const isShown = (h: SimHarness, slot: number) => (h.state.entities.flags[slot]! & entityFlags.pvp) !== 0;
  const want = (h: SimHarness, slot: number, wants: boolean) => h.step([{ kind: 'pvp', slot, wants }]);

  it('is on by choice at once, and off five minutes after it was given up', () => {
    const { h, a } = pair();
    want(h, a, true);
    expect(isShown(h, a)).toBe(true);
    want(h, a, false);
    h.pass(299 * 20);
    expect(isShown(h, a)).toBe(true);
    h.pass(2 * 20);
    expect(isShown(h, a)).toBe(false);
  });

  it('stays on while one strikes players', () => {
    const { h, a, b } = pair();
    for (const slot of [a, b]) want(h, slot, true);
    want(h, b, false);
    h.pass(250 * 20);
    h.landed(a, 'slow', b);
    h.pass(290 * 20);
    expect(isShown(h, b)).toBe(true);
  });

  it('comes to those who help one that fights players', () => {
    const { h, a, b } = pair();
    const helper = h.enter('Cy', { x: 31 });
    for (const slot of [a, b]) want(h, slot, true);
    h.use(helper, 'guard', b);
    expect(isShown(h, helper)).toBe(false);
    h.landed(a, 'slow', b);
    h.use(helper, 'guard', b);
    expect(isShown(h, helper)).toBe(true);
  });

  it('lets players kill each other: one fight with a winner, and a death that names the killer', () => {
    const { h, a, b } = pair({ health: 20 });
    for (const slot of [a, b]) want(h, slot, true);
    const deaths: TickOutcome['deaths'] = [];
    const feuds: TickOutcome['feuds'] = [];
    for (let i = 0; i < 60 && deaths.length === 0; i++) {
      h.use(a, 'nova');
      deaths.push(...h.state.outcome.deaths);
      feuds.push(...h.state.outcome.feuds);
    }
    const winner = h.state.players.get(a)!.characterId;
    expect(deaths).toMatchObject([{ slot: b, fightSeq: feuds[0]!.fightSeq, killer: { characterId: winner } }]);
    expect(feuds).toMatchObject([{ isDuel: false, winnerId: winner }]);
    expect(feuds[0]!.members.map(({ deaths: count }) => count)).toEqual([0, 1]);
  });

  it('ends a fight without a winner when neither strikes any more', () => {
    const { h, a, b } = pair();
    for (const slot of [a, b]) want(h, slot, true);
    h.landed(a, 'slow', b);
    const feuds = Array.from({ length: 101 }, () => [...h.step().feuds]).flat();
    expect(feuds).toMatchObject([{ isDuel: false, winnerId: undefined }]);
  });
});

describe('a duel', () => {
  it('is offered, accepted, counted down and begun, and both are told', () => {
    const { h, a, b } = pair();
    expect(told([duel(h, a, 'challenge', b)])).toEqual([
      [a, 'offered'],
      [b, 'challenged'],
    ]);
    expect(h.use(a, 'slow', b).answer).toBe('protected');
    expect(told([duel(h, b, 'accept')])).toEqual([
      [a, 'countdown'],
      [b, 'countdown'],
    ]);
    expect(h.use(a, 'slow', b).answer).toBe('protected');
    const news = stepped(h, 60).flat();
    expect(news).toEqual([
      [a, 'begun'],
      [b, 'begun'],
    ]);
    expect(h.use(a, 'slow', b).answer).toBe('done');
  });

  it('ends at one health: nobody dies, what was done to each other ends, and the result is told', () => {
    const { h, a, b } = begun({ health: 30 });
    h.landed(a, 'rot', b);
    const news: unknown[] = [];
    const feuds: TickOutcome['feuds'] = [];
    for (let i = 0; i < 80 && news.length === 0; i++) {
      h.use(a, 'nova');
      news.push(...told([h.state.outcome]));
      feuds.push(...h.state.outcome.feuds);
    }
    expect(news).toEqual([
      [a, 'won'],
      [b, 'lost'],
    ]);
    expect([h.health(b), h.state.entities.state[b] === entityStates.dead]).toEqual([1, false]);
    expect(h.state.auras.of(b)).toEqual([]);
    expect(feuds).toMatchObject([{ isDuel: true, winnerId: h.state.players.get(a)!.characterId }]);
    const { log, members } = feuds[0]!;
    const blows = [...log.rows()].filter(({ source, kind }) => source === 1 && kind !== 'miss' && kind !== 'dodge');
    expect(members[0]!.damageDone).toBeGreaterThanOrEqual(29);
    expect(blows.reduce((sum, { amount }) => sum + amount, 0)).toBe(members[0]!.damageDone);
    expect(h.use(a, 'slow', b).answer).toBe('protected');
    expect(h.state.entities.flags[a]! & entityFlags.pvp).toBe(0);
  });

  it('keeps others out: they neither strike nor help', () => {
    const { h, a, b } = begun({ health: 50 });
    const other = h.enter('Cy', { x: 31 });
    h.step([a, b, other].map((slot) => ({ kind: 'pvp' as const, slot, wants: true })));
    expect(h.use(other, 'slow', b).answer).toBe('protected');
    expect(h.use(other, 'guard', b).answer).toBe('protected');
    expect(h.use(other, 'balm').blows.every(({ target }) => target === other)).toBe(true);
  });

  it('is lost by who stays farther than 60 yards away for ten seconds, and not by who comes back', () => {
    const { h, a, b } = begun();
    h.state.entities.x[b] = 31 + 56;
    expect(stepped(h, 190).flat()).toEqual([]);
    h.state.entities.x[b] = 31;
    h.step();
    h.state.entities.x[b] = 31 + 56;
    expect(stepped(h, 205).flat()).toEqual([
      [a, 'won'],
      [b, 'lost'],
    ]);
  });

  it.each<['yield' | 'leave', string]>([
    ['yield', 'won'],
    ['leave', 'won'],
  ])('is lost by %s', (how, what) => {
    const { h, a, b } = begun();
    const outcome = how === 'yield' ? duel(h, b, 'yield') : h.step([{ kind: 'leave', slot: b, manner: 'now' }]);
    expect(told([outcome])).toContainEqual([a, what]);
    expect(h.state.duels.opponentOf(a)).toBe(0);
  });

  it('expires when nobody answers, and may be declined', () => {
    const { h, a, b } = pair();
    duel(h, a, 'challenge', b);
    expect(stepped(h, 30 * 20).flat()).toEqual([
      [a, 'expired'],
      [b, 'expired'],
    ]);
    duel(h, a, 'challenge', b);
    expect(told([duel(h, b, 'decline')])).toEqual([
      [a, 'declined'],
      [b, 'declined'],
    ]);
  });

  it('cannot be with oneself, somebody busy, far away or in a rest area; nor be answered where there is none', () => {
    const { h, a, b } = pair();
    const [far, resting] = [h.enter('Cy', { x: 60 }), h.enter('Di', { x: 2 })];
    const refused = (slot: number, act: 'challenge' | 'accept', target = 0) =>
      duel(h, slot, act, target).refusedDuels[0]?.reason;
    expect(refused(a, 'challenge', a)).toBe('bad_target');
    expect(refused(a, 'challenge', 200)).toBe('bad_target');
    expect(refused(a, 'challenge', far)).toBe('too_far');
    expect(refused(a, 'challenge', resting)).toBe('sanctuary');
    expect(refused(b, 'accept')).toBe('no_duel');
    duel(h, a, 'challenge', b);
    expect(refused(a, 'accept')).toBe('no_duel');
    expect(refused(far, 'challenge', b)).toBe('busy');
  });
});
