import type { NpcKindSpec, SpawnSpec, ZoneDefinition } from '../src/sim/definition.ts';
import { type BehaviourSpec, type EncounterSpec, plainBehaviour } from '../src/sim/npcs/behaviour-spec.ts';
import { abilityNamed, arena } from './fixture-abilities.ts';
import { HUNTER } from './fixture-zone.ts';
import { SimHarness } from './sim-harness.ts';

const behaviour = (row: Partial<BehaviourSpec>): BehaviourSpec => ({ ...plainBehaviour, ...row });

const brood: EncounterSpec = {
  phases: [
    { id: 'one', text: 'Begin.', damagePermille: 1_000, abilities: [abilityNamed('rot')], summons: [] },
    {
      id: 'two',
      belowPermille: 500,
      text: 'Come, children.',
      damagePermille: 2_000,
      abilities: [],
      summons: [{ kind: 2, count: 3, radius: 4 }],
    },
    { id: 'three', afterTicks: 400, text: 'It is late.', damagePermille: 3_000, summons: [] },
  ],
  enrageTicks: 800,
  enragePermille: 2_000,
  enrageText: 'Enough.',
  resetText: 'Weak.',
};

/** Kinds that fight in their own ways, by name; each is hostile within 10 m and has 200 health. */
const kinds = {
  plain: {},
  marksman: { attackRange: 15, behaviour: behaviour({ keepsAway: 8 }) },
  coward: {
    behaviour: behaviour({
      rules: [
        { when: [{ kind: 'health-below', permille: 500 }], act: { kind: 'call-help', metres: 18 }, once: true },
        { when: [{ kind: 'health-below', permille: 500 }], act: { kind: 'flee', ticks: 40 }, once: true },
      ],
    }),
  },
  caster: { abilities: [abilityNamed('bolt')], behaviour: behaviour({ rules: [{ when: [], act: { kind: 'use' } }] }) },
  mender: {
    attackRange: 15,
    behaviour: behaviour({
      rules: [
        {
          when: [{ kind: 'friend-below', permille: 700, metres: 15 }],
          act: { kind: 'use', ability: abilityNamed('tend') },
          everyTicks: 40,
        },
      ],
    }),
  },
  turret: { speed: 0, behaviour: behaviour({ rest: 'stand' }) },
  boss: {
    rank: 'boss',
    maxHealth: 400,
    leash: 40,
    behaviour: behaviour({ rest: 'stand', rules: [{ when: [], act: { kind: 'use' } }] }),
    encounter: brood,
  },
} satisfies Record<string, Partial<NpcKindSpec>>;
export type FixtureKind = keyof typeof kinds;
const names = Object.keys(kinds) as FixtureKind[];

/** Index of a kind of {@link wilds}. */
export const kindNamed = (name: FixtureKind): number => names.indexOf(name);

/** NPCs of a kind on one point. */
export function spawnsOf(kind: FixtureKind, more: Partial<SpawnSpec> = {}): SpawnSpec {
  const area = { x: 30, y: 0, radius: 0 };
  return { id: `${kind}-camp`, kind: kindNamed(kind), count: 1, area, respawnTicks: 300, ...more };
}

/** The arena with one kind for every way of fighting. */
export function wilds(spawns: readonly SpawnSpec[]): ZoneDefinition {
  const zone = arena(spawns);
  const hunter = { ...zone.npcKinds[HUNTER]!, level: 1, maxHealth: 200, damageMin: 4, damageMax: 4 };
  const npcKinds = names.map((id): NpcKindSpec => ({ ...hunter, rank: 'normal', id, name: id, ...kinds[id] }));
  return { ...zone, npcKinds };
}

export function wildHarness(spawns: readonly SpawnSpec[], seed?: number): SimHarness {
  return new SimHarness({ zone: wilds(spawns), ...(seed === undefined ? {} : { seed }) });
}
