import type { NpcKind, NpcRank } from '../schema/npc.ts';
import { encounters } from './encounters.ts';

interface NpcRow {
  id: string;
  name: string;
  faction: NpcKind['faction'];
  rank?: NpcRank;
  level: number;
  health: number;
  damage: [min: number, max: number];
  /** Unset: it fights hand to hand. */
  attackRangeM?: number;
  attackIntervalMs?: number;
  speedMps?: number;
  aggroRadiusM: number;
  abilities?: string[];
  /** Unset: by range and rank. */
  behaviour?: string;
  lootTable: string;
  /** A boss that a whole zone fights: loot for each of them, and a corpse that waits for all. */
  worldBoss?: true;
}

type RankFigures = Pick<NpcKind, 'xpPercent' | 'decaySeconds' | 'leashM' | 'lockout'>;

/** What a rank means unless the row says otherwise: reward, how long the corpse keeps its loot, and for whom. */
const byRank: Record<NpcRank, RankFigures> = {
  normal: { xpPercent: 100, decaySeconds: 60, leashM: 30, lockout: null },
  elite: { xpPercent: 200, decaySeconds: 300, leashM: 40, lockout: null },
  boss: { xpPercent: 400, decaySeconds: 900, leashM: 60, lockout: 'daily' },
};
const WORLD_BOSS_DECAY_SECONDS = 3_600;

function usualBehaviour({ rank, attackRangeM = 0 }: NpcRow): string {
  if (rank === 'boss') return 'warlord';
  return attackRangeM > 10 ? 'marksman' : 'brawler';
}

function npc(row: NpcRow): NpcKind {
  const rank = row.rank ?? 'normal';
  return {
    id: row.id,
    name: row.name,
    faction: row.faction,
    rank,
    level: row.level,
    health: row.health,
    damage: { min: row.damage[0], max: row.damage[1] },
    attackRangeM: row.attackRangeM ?? 2.5,
    attackIntervalMs: row.attackIntervalMs ?? 2_000,
    speedMps: row.speedMps ?? 4,
    aggroRadiusM: row.aggroRadiusM,
    assistRadiusM: row.aggroRadiusM === 0 ? 0 : 8,
    leashM: byRank[rank].leashM,
    abilities: row.abilities ?? [],
    behaviour: row.behaviour ?? usualBehaviour(row),
    encounter: row.id in encounters ? encounters[row.id as keyof typeof encounters] : null,
    lootTable: row.lootTable,
    xpPercent: byRank[rank].xpPercent,
    lockout: byRank[rank].lockout,
    personalLoot: row.worldBoss ?? false,
    decaySeconds: row.worldBoss ? WORLD_BOSS_DECAY_SECONDS : byRank[rank].decaySeconds,
  };
}

export const npcKinds: readonly NpcKind[] = [
  npc({
    id: 'salvage-drone',
    name: 'Salvage Drone',
    faction: 'feral-machines',
    level: 1,
    health: 24,
    damage: [1, 3],
    speedMps: 3,
    aggroRadiusM: 0,
    lootTable: 'salvage-drone',
  }),
  npc({
    id: 'gilded-courier',
    name: 'Gilded Courier',
    faction: 'feral-machines',
    level: 2,
    health: 70,
    damage: [2, 5],
    speedMps: 5,
    aggroRadiusM: 0,
    behaviour: 'skittish',
    lootTable: 'gilded-courier',
  }),
  npc({
    id: 'bilge-crawler',
    name: 'Bilge Crawler',
    faction: 'feral-machines',
    level: 3,
    health: 58,
    damage: [4, 7],
    aggroRadiusM: 8,
    lootTable: 'bilge-crawler',
  }),
  npc({
    id: 'chromeback-crawler',
    name: 'Chromeback Crawler',
    faction: 'feral-machines',
    rank: 'elite',
    level: 5,
    health: 220,
    damage: [8, 13],
    aggroRadiusM: 9,
    lootTable: 'gilded-courier',
  }),
  npc({
    id: 'blind-porter',
    name: 'Blind Porter',
    faction: 'tidewatch',
    level: 3,
    health: 420,
    damage: [0, 0],
    speedMps: 3,
    aggroRadiusM: 0,
    lootTable: 'salvage-drone',
  }),
  npc({
    id: 'rustjaw-brawler',
    name: 'Rustjaw Brawler',
    faction: 'rustjaw-gang',
    level: 4,
    health: 84,
    damage: [6, 10],
    aggroRadiusM: 10,
    behaviour: 'coward',
    lootTable: 'rustjaw-rank-and-file',
  }),
  npc({
    id: 'rustjaw-gunner',
    name: 'Rustjaw Gunner',
    faction: 'rustjaw-gang',
    level: 5,
    health: 92,
    damage: [6, 11],
    attackRangeM: 18,
    aggroRadiusM: 14,
    abilities: ['scatter-burst'],
    lootTable: 'rustjaw-rank-and-file',
  }),
  npc({
    id: 'tidewatch-turncoat',
    name: 'Tidewatch Turncoat',
    faction: 'tidewatch',
    level: 7,
    health: 150,
    damage: [9, 15],
    attackRangeM: 20,
    aggroRadiusM: 12,
    lootTable: 'tidewatch-turncoat',
  }),
  npc({
    id: 'rustjaw-enforcer',
    name: 'Rustjaw Enforcer',
    faction: 'rustjaw-gang',
    rank: 'elite',
    level: 8,
    health: 420,
    damage: [15, 24],
    attackIntervalMs: 2_400,
    aggroRadiusM: 12,
    abilities: ['hull-slam'],
    lootTable: 'rustjaw-enforcer',
  }),
  npc({
    id: 'mother-rust',
    name: 'Mother Rust',
    faction: 'rustjaw-gang',
    rank: 'boss',
    level: 10,
    health: 2_400,
    damage: [24, 38],
    attackRangeM: 4,
    attackIntervalMs: 2_200,
    aggroRadiusM: 16,
    abilities: ['hull-slam', 'rally-the-jaws'],
    lootTable: 'mother-rust',
  }),
  npc({
    id: 'slag-hound',
    name: 'Slag Hound',
    faction: 'feral-machines',
    level: 11,
    health: 260,
    damage: [16, 26],
    speedMps: 6,
    aggroRadiusM: 14,
    abilities: ['ember-breath'],
    lootTable: 'slag-hound',
  }),
  npc({
    id: 'combine-sentry',
    name: 'Combine Sentry',
    faction: 'orrery-combine',
    level: 13,
    health: 340,
    damage: [20, 31],
    attackRangeM: 24,
    aggroRadiusM: 16,
    behaviour: 'guard',
    lootTable: 'combine-staff',
  }),
  npc({
    id: 'combine-analyst',
    name: 'Combine Analyst',
    faction: 'orrery-combine',
    level: 15,
    health: 330,
    damage: [24, 36],
    attackRangeM: 18,
    aggroRadiusM: 12,
    abilities: ['audit-lock'],
    behaviour: 'adept',
    lootTable: 'combine-staff',
  }),
  npc({
    id: 'foundry-golem',
    name: 'Foundry Golem',
    faction: 'feral-machines',
    rank: 'elite',
    level: 17,
    health: 1_500,
    damage: [42, 64],
    attackIntervalMs: 2_800,
    speedMps: 3,
    aggroRadiusM: 10,
    abilities: ['ember-breath', 'hull-slam'],
    lootTable: 'foundry-golem',
  }),
  npc({
    id: 'director-vane',
    name: 'Director Vane',
    faction: 'orrery-combine',
    rank: 'boss',
    level: 20,
    health: 7_800,
    damage: [60, 92],
    attackRangeM: 22,
    aggroRadiusM: 20,
    abilities: ['audit-lock', 'orbital-invoice'],
    lootTable: 'director-vane',
  }),
  npc({
    id: 'choir-acolyte',
    name: 'Choir Acolyte',
    faction: 'hollow-choir',
    level: 21,
    health: 620,
    damage: [38, 56],
    attackRangeM: 16,
    aggroRadiusM: 14,
    abilities: ['hymn-of-mending'],
    behaviour: 'mender',
    lootTable: 'choir-faithful',
  }),
  npc({
    id: 'drowned-penitent',
    name: 'Drowned Penitent',
    faction: 'hollow-choir',
    level: 23,
    health: 760,
    damage: [44, 66],
    aggroRadiusM: 10,
    abilities: ['static-wail'],
    lootTable: 'choir-faithful',
  }),
  npc({
    id: 'choir-seraph',
    name: 'Choir Seraph',
    faction: 'hollow-choir',
    rank: 'elite',
    level: 26,
    health: 3_100,
    damage: [80, 118],
    attackRangeM: 26,
    speedMps: 7,
    aggroRadiusM: 18,
    abilities: ['static-wail'],
    behaviour: 'adept',
    lootTable: 'choir-seraph',
  }),
  npc({
    id: 'the-cantor',
    name: 'The Cantor',
    faction: 'hollow-choir',
    rank: 'boss',
    level: 30,
    health: 18_000,
    damage: [120, 176],
    attackRangeM: 30,
    attackIntervalMs: 1_800,
    speedMps: 2,
    aggroRadiusM: 24,
    abilities: ['static-wail', 'final-chord'],
    lootTable: 'the-cantor',
    worldBoss: true,
  }),
];
