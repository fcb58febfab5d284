import { describe, expect, it } from 'vitest';
import { kindNamed, spawnsOf, wildHarness } from '#fleet/testing/fixture-npcs.ts';
import type { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { TickOutcome } from '../outcome.ts';
import { place } from '../state.ts';

/** A boss at (30, 0) that fights a player who does not die of it. */
function bossFight() {
  const h = wildHarness([spawnsOf('boss')]);
  const player = h.enter('Ada', { x: 24, level: 5 });
  const boss = h.npcs[0]!;
  const news: TickOutcome['bossNews'] = [];
  const kills: TickOutcome['kills'] = [];
  const spawned: TickOutcome['spawned'] = [];
  const pass = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      if (h.state.entities.state[player] !== entityStates.dead) h.state.entities.health[player] = 140;
      const outcome = h.step();
      news.push(...outcome.bossNews);
      kills.push(...outcome.kills);
      spawned.push(...outcome.spawned);
    }
  };
  pass(20);
  expect(h.state.fights.of(boss)).toBeDefined();
  return {
    h,
    player,
    boss,
    news,
    kills,
    spawned,
    pass,
    said: () => news.map(({ event, text }) => `${event}: ${text}`),
  };
}

const childrenOf = (h: SimHarness, boss: number) =>
  h.npcs.filter((npc) => npc !== boss && h.state.entities.state[npc] !== entityStates.dead);

describe('a boss', () => {
  it('goes through its phases by health and time, once each, and says so', () => {
    const { h, boss, pass, said } = bossFight();
    expect(said()).toEqual(['boss_phase: Begin.']);
    h.state.entities.health[boss] = 190;
    pass(2);
    expect(said()).toEqual(['boss_phase: Begin.', 'boss_phase: Come, children.']);
    h.state.entities.health[boss] = 400;
    pass(10);
    h.state.entities.health[boss] = 150;
    pass(380);
    expect(said()).toEqual(['boss_phase: Begin.', 'boss_phase: Come, children.', 'boss_phase: It is late.']);
  });

  it('calls helpers who fight at once', () => {
    const { h, boss, pass } = bossFight();
    h.state.entities.health[boss] = 190;
    pass(2);
    const children = childrenOf(h, boss);
    expect(children).toHaveLength(3);
    for (const child of children) {
      expect(h.state.entities.kind[child]).toBe(2);
      expect(h.state.fights.of(child)).toBeDefined();
    }
  });

  it('strikes harder by phase, and harder still when its patience is over', () => {
    const { h, boss, pass, said } = bossFight();
    const hardest = () =>
      Math.max(
        ...h
          .pass(60)
          .filter(({ source, outcome }) => source === boss && outcome === 'hit')
          .map(({ amount }) => amount),
      );
    const first = hardest();
    h.state.entities.health[boss] = 190;
    pass(400);
    expect(hardest()).toBe(first * 3);
    pass(400);
    expect(said()).toContain('boss_enraged: Enough.');
    expect(hardest()).toBe(first * 6);
  });

  it('uses the abilities of its phase alone', () => {
    const { h, boss, player, pass } = bossFight();
    pass(60);
    expect(h.state.auras.of(player).some(({ source }) => source === boss)).toBe(true);
    h.state.entities.health[boss] = 190;
    pass(120);
    expect(h.state.auras.of(player).some(({ source }) => source === boss)).toBe(false);
  });

  it('begins anew, whole and alone, when those who fought it are dead', () => {
    const { h, player, boss, pass, said } = bossFight();
    h.state.entities.health[boss] = 190;
    pass(2);
    h.state.entities.state[player] = entityStates.dead;
    h.state.entities.health[player] = 0;
    h.state.fights.died(player, boss);
    pass(2);
    expect(said().at(-1)).toBe('boss_reset: Weak.');
    expect(h.npcs).toEqual([boss]);
    pass(200);
    expect(h.health(boss)).toBe(400);
    expect(h.state.entities.state[boss]).toBe(entityStates.alive);
  });

  it('takes its helpers along when it dies; they leave nothing', () => {
    const { h, player, boss, pass, kills } = bossFight();
    h.state.entities.health[boss] = 190;
    pass(2);
    const [child] = childrenOf(h, boss) as [number];
    h.state.entities.health[child] = 1;
    place(h.state, player, h.state.entities.x[child]!, h.state.entities.y[child]!);
    for (let i = 0; i < 20 && h.health(child) > 0; i++) h.landed(player, 'nova', 0);
    expect(h.state.entities.state[child]).toBe(entityStates.dead);
    expect(kills).toEqual([]);
    h.state.entities.health[boss] = 1;
    place(h.state, player, h.state.entities.x[boss]!, h.state.entities.y[boss]!);
    const slain: TickOutcome['kills'] = [];
    for (let i = 0; i < 20 && h.health(boss) > 0; i++) {
      h.use(player, 'nova', 0);
      slain.push(...h.state.outcome.kills);
    }
    expect(slain).toMatchObject([{ npcKind: kindNamed('boss'), spawnId: 'boss-camp', respawnTicks: 300 }]);
    h.step();
    expect(childrenOf(h, boss)).toEqual([]);
    expect(h.npcs).toEqual([boss]);
  });

  it('is held by no control', () => {
    const { h, player, boss } = bossFight();
    for (let i = 0; i < 5; i++) h.use(player, 'stun', boss);
    expect(h.state.auras.of(boss)).toEqual([]);
  });
});
