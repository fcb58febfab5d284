import { balance } from './balance.ts';
import { FightLog, NPC_SIDE, SOMEBODY } from './fight-log.ts';

/** What one player did in one fight. */
export interface FightMember {
  /** Counts the members of the fight from 1. */
  readonly number: number;
  readonly characterId: string;
  readonly accountId: string;
  readonly level: number;
  threat: number;
  /** It has done damage, or healed one who fought. */
  hasPart: boolean;
  damageDone: number;
  damageTaken: number;
  healingDone: number;
  hits: number;
  misses: number;
  deaths: number;
  /** The most damage of one blow, and by which ability. */
  bestBlow: number;
  bestAbility: number;
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
  /** The character that struck first: the kill is its group's. */
  tappedBy: string | undefined;
  /** Whom the NPC turns to, and until when, whatever it hates. */
  taunt: { readonly slot: number; readonly untilTick: number } | undefined;
  /** Still in the zone, by slot, in the order in which they joined. */
  readonly members: Map<number, FightMember>;
  /** Left the zone meanwhile: part of the summary, but neither targets nor claimants. */
  readonly departed: FightMember[];
  readonly log: FightLog;
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
  readonly log: FightLog;
}

type Fighter = Pick<FightMember, 'characterId' | 'accountId' | 'level'>;

/** Somebody who has just come into a fight. */
export function newFightMember({ characterId, accountId, level }: Fighter, number: number): FightMember {
  return {
    number,
    characterId,
    accountId,
    level,
    threat: 0,
    hasPart: false,
    damageDone: 0,
    damageTaken: 0,
    healingDone: 0,
    hits: 0,
    misses: 0,
    deaths: 0,
    bestBlow: 0,
    bestAbility: 0,
  };
}

/** A blow of a member has landed. */
export function creditBlow(member: FightMember, ability: number, damage: number): void {
  member.hits += 1;
  member.damageDone += damage;
  if (damage <= member.bestBlow) return;
  member.bestBlow = damage;
  member.bestAbility = ability;
}

/** The fights of a zone, by the slot of their NPC. */
export class Fights {
  private readonly byNpc = new Map<number, Fight>();
  private nextSeq = 1;

  of(npcSlot: number): Fight | undefined {
    return this.byNpc.get(npcSlot);
  }

  /** Numbers a fight, of whatever sort. */
  nextNumber(): number {
    return this.nextSeq++;
  }

  /** The NPC's fight; begins one if it has none. */
  begin(npcSlot: number, npcKind: number, tick: number): Fight {
    const running = this.byNpc.get(npcSlot);
    if (running) return running;
    const fight: Fight = {
      fightSeq: this.nextNumber(),
      npcSlot,
      npcKind,
      startTick: tick,
      npcDamageDone: 0,
      npcDamageTaken: 0,
      tappedBy: undefined,
      taunt: undefined,
      members: new Map(),
      departed: [],
      log: new FightLog(tick),
    };
    this.byNpc.set(npcSlot, fight);
    return fight;
  }

  /** The player's part in a fight; undefined when the fight already has as many members as it counts. */
  member(fight: Fight, slot: number, player: Fighter): FightMember | undefined {
    const known = fight.members.get(slot);
    if (known) return known;
    const count = fight.members.size + fight.departed.length;
    const member =
      takeBack(fight, player) ?? (count < balance.combat.maxFightMembers && newFightMember(player, count + 1));
    if (!member) return undefined;
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
      log: fight.log,
    };
  }

  /**
   * Healing, or what a shield has taken: those who fight the helped hate the helper, less the more they are. It counts
   * as done once, in the oldest of the fights, which it answers.
   */
  credit(helper: (Fighter & { readonly slot: number }) | undefined, helpedSlot: number, amount: number) {
    if (!helper || amount === 0) return undefined;
    const fights = [...this.byNpc.values()].filter(({ members }) => members.has(helpedSlot));
    for (const [index, fight] of fights.entries()) {
      const member = this.member(fight, helper.slot, helper);
      if (!member) continue;
      if (index === 0) member.healingDone += amount;
      member.hasPart = true;
      member.threat += (amount * balance.combat.threatPerHealing) / fights.length;
    }
    return fights[0];
  }

  /** Turns an NPC to somebody, who is hated as much as anybody from then on. */
  taunt(npcSlot: number, slot: number, untilTick: number): void {
    const fight = this.byNpc.get(npcSlot);
    const member = fight?.members.get(slot);
    if (!fight || !member) return;
    for (const { threat } of fight.members.values()) member.threat = Math.max(member.threat, threat);
    fight.taunt = { slot, untilTick };
  }

  /** A player died: NPCs turn to somebody else. It counts once, in the fight of its killer. */
  died(slot: number, killer: number): void {
    for (const fight of this.byNpc.values()) {
      const member = fight.members.get(slot);
      if (!member) continue;
      if (fight.npcSlot === killer) member.deaths += 1;
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
      [...this.byNpc.values()].map((fight) => [
        fight.fightSeq,
        fight.npcSlot,
        fight.tappedBy,
        fight.taunt,
        [...fight.members],
        fight.departed,
        fight.log.digest(),
      ]),
    );
  }
}

/** Who left and comes back into the fight is the same member, whom the NPC has forgotten. */
function takeBack({ departed }: Fight, { characterId }: Fighter): FightMember | undefined {
  const index = departed.findIndex((member) => member.characterId === characterId);
  if (index < 0) return undefined;
  const [member] = departed.splice(index, 1);
  member!.threat = 0;
  return member;
}

/** How a body is named in the log of an NPC's fight. */
export function sideOf(fight: Fight, slot: number): number {
  return slot === fight.npcSlot ? NPC_SIDE : (fight.members.get(slot)?.number ?? SOMEBODY);
}
