import { balance } from './balance.ts';

/** What one player did in one fight. */
export interface FightMember {
  readonly characterId: string;
  readonly accountId: string;
  readonly level: number;
  threat: number;
  damageDone: number;
  damageTaken: number;
  healingDone: number;
  hits: number;
  misses: number;
  deaths: number;
}

/** One NPC against those who fight it, from the first hostile act until it dies or gives up. */
export interface Fight {
  /** Counts the fights of this simulation from 1. */
  readonly fightSeq: number;
  readonly npcSlot: number;
  readonly npcKind: number;
  readonly startTick: number;
  npcDamageDone: number;
  npcDamageTaken: number;
  /** Still in the zone, by slot, in the order in which they joined. */
  readonly members: Map<number, FightMember>;
  /** Left the zone meanwhile: part of the summary, but neither targets nor claimants. */
  readonly departed: FightMember[];
}

export interface FightResult {
  readonly fightSeq: number;
  readonly npcKind: number;
  readonly startTick: number;
  readonly endTick: number;
  readonly outcome: 'npc_died' | 'npc_evaded' | 'players_died';
  readonly npcDamageDone: number;
  readonly npcDamageTaken: number;
  readonly members: readonly FightMember[];
}

/** The fights of a zone, by the slot of their NPC. */
export class Fights {
  private readonly byNpc = new Map<number, Fight>();
  private nextSeq = 1;

  of(npcSlot: number): Fight | undefined {
    return this.byNpc.get(npcSlot);
  }

  /** The NPC's fight; begins one if it has none. */
  begin(npcSlot: number, npcKind: number, tick: number): Fight {
    const running = this.byNpc.get(npcSlot);
    if (running) return running;
    const fight: Fight = {
      fightSeq: this.nextSeq++,
      npcSlot,
      npcKind,
      startTick: tick,
      npcDamageDone: 0,
      npcDamageTaken: 0,
      members: new Map(),
      departed: [],
    };
    this.byNpc.set(npcSlot, fight);
    return fight;
  }

  /** The player's part in a fight; undefined when the fight already has as many members as it counts. */
  member(
    fight: Fight,
    slot: number,
    player: { readonly characterId: string; readonly accountId: string; readonly level: number },
  ): FightMember | undefined {
    const known = fight.members.get(slot);
    if (known) return known;
    if (fight.members.size + fight.departed.length >= balance.combat.maxFightMembers) return undefined;
    const member: FightMember = {
      characterId: player.characterId,
      accountId: player.accountId,
      level: player.level,
      threat: 0,
      damageDone: 0,
      damageTaken: 0,
      healingDone: 0,
      hits: 0,
      misses: 0,
      deaths: 0,
    };
    fight.members.set(slot, member);
    return member;
  }

  end(fight: Fight, tick: number, outcome: FightResult['outcome']): FightResult {
    this.byNpc.delete(fight.npcSlot);
    return {
      fightSeq: fight.fightSeq,
      npcKind: fight.npcKind,
      startTick: fight.startTick,
      endTick: tick,
      outcome,
      npcDamageDone: fight.npcDamageDone,
      npcDamageTaken: fight.npcDamageTaken,
      members: [...fight.members.values(), ...fight.departed],
    };
  }

  /** Heals raise the healer's threat in every fight of the healed. */
  addHealing(
    healer: { readonly slot: number; readonly characterId: string; readonly accountId: string; readonly level: number },
    healedSlot: number,
    amount: number,
  ): void {
    for (const fight of this.byNpc.values()) {
      if (!fight.members.has(healedSlot)) continue;
      const member = this.member(fight, healer.slot, healer);
      if (!member) continue;
      member.healingDone += amount;
      member.threat += amount / 2;
    }
  }

  /** A player died: NPCs turn to somebody else. */
  died(slot: number): void {
    for (const fight of this.byNpc.values()) {
      const member = fight.members.get(slot);
      if (!member) continue;
      member.deaths += 1;
      member.threat = 0;
    }
  }

  /** A player's body left the zone; its slot will name somebody else. */
  departed(slot: number): void {
    for (const fight of this.byNpc.values()) {
      const member = fight.members.get(slot);
      if (!member) continue;
      fight.members.delete(slot);
      fight.departed.push(member);
    }
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify(
      [...this.byNpc.values()].map((fight) => [fight.fightSeq, fight.npcSlot, [...fight.members], fight.departed]),
    );
  }
}
