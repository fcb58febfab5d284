import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abilityNamed } from '#fleet/testing/fixture-abilities.ts';
import { type FixtureKind, spawnsOf, wildHarness } from '#fleet/testing/fixture-npcs.ts';
import type { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { NPC } from '../entities.ts';
import { npcModes } from '../npc-minds.ts';
import type { SimInput } from '../simulation.ts';
import { leashOf } from './spawning.ts';

const kinds: readonly FixtureKind[] = ['plain', 'marksman', 'coward', 'caster', 'mender', 'turret', 'boss'];
const attacks = ['bolt', 'nova', 'rot', 'stun', 'root', 'slow', 'hush', 'provoke'].map(abilityNamed);
/** What the fastest of them does in a tick beyond its leash before it turns. */
const MARGIN_METRES = 1;

/** One player's will for a stretch of ticks. */
const stretch = fc.record({
  ticks: fc.integer({ min: 5, max: 60 }),
  heading: fc.double({ min: 0, max: 6.28, noNaN: true }),
  walks: fc.boolean(),
  attack: fc.constantFrom(...attacks),
  prey: fc.nat(20),
});
const session = fc.array(fc.array(stretch, { minLength: 4, maxLength: 8 }), { minLength: 1, maxLength: 4 });

function camp(): SimHarness {
  return wildHarness(
    kinds.map((kind, i) =>
      spawnsOf(kind, {
        count: kind === 'boss' ? 1 : 2,
        area: { x: 10 + i * 12, y: i * 6, radius: 6 },
        respawnTicks: 200,
      }),
    ),
    11,
  );
}

/** What must hold of every NPC after every tick. */
function check({ state }: SimHarness): void {
  const { entities, minds, fights } = state;
  for (const slot of entities.slots()) {
    if (entities.sort[slot] !== NPC) continue;
    const mode = minds.mode[slot]!;
    const fight = fights.of(slot);
    if (mode === npcModes.chase) {
      const metres = Math.hypot(entities.x[slot]! - minds.homeX[slot]!, entities.y[slot]! - minds.homeY[slot]!);
      expect(metres).toBeLessThanOrEqual(leashOf(state, slot) + MARGIN_METRES);
    } else if (fight) throw new Error(`NPC ${slot} has a fight in mode ${mode}`);
    if (mode === npcModes.idle || mode === npcModes.wander) {
      expect(entities.health[slot]).toBe(entities.maxHealth[slot]);
      expect(entities.state[slot]).toBe(entityStates.alive);
    }
  }
}

describe('whatever players do', () => {
  it('NPCs keep to their leash, fight only whom there is, come home whole, and are all there again in the end', () => {
    fc.assert(
      fc.property(session, (players) => {
        const h = camp();
        const everybody = h.npcs.length;
        const slots = players.map((_will, i) => h.enter(`Player ${i}`, { x: 5 + i * 20, y: i * 12, level: 1 + i }));
        for (let round = 0; round < 8; round++) {
          for (let t = 0; t < 40; t++) {
            const inputs = slots.flatMap((slot, i): SimInput[] => {
              const will = players[i]![round % players[i]!.length]!;
              const body = h.state.players.get(slot);
              if (!body || t >= will.ticks) return [];
              const { x, y } = h.state.entities;
              const step = will.walks ? 0.3 : 0;
              const target = h.npcs[will.prey % h.npcs.length]!;
              return [
                {
                  kind: 'move',
                  slot,
                  seq: body.seq + 1,
                  correction: body.correction,
                  x: x[slot]! + Math.cos(will.heading) * step,
                  y: y[slot]! + Math.sin(will.heading) * step,
                  yaw: 0,
                },
                { kind: 'act', slot, actionSeq: t, ability: will.attack, target },
                ...(round % 3 === 2 && t === 0 ? [{ kind: 'release', slot } as const] : []),
              ];
            });
            h.step(inputs);
            check(h);
          }
        }
        for (const slot of slots) h.step([{ kind: 'leave', slot, manner: 'now' }]);
        h.pass(1_000);
        const { entities, fights } = h.state;
        const alive = h.npcs.filter((npc) => entities.state[npc] === entityStates.alive);
        expect(alive).toHaveLength(everybody);
        for (const npc of alive) {
          expect(fights.of(npc)).toBeUndefined();
          expect(entities.health[npc]).toBe(entities.maxHealth[npc]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
