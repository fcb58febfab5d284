import type { Quality } from '#content/quality.ts';
import { GameError } from '#shared/contract/errors.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { addInvite, type Invite as GroupInvite } from '#shared/kernel/invites.ts';
import type { LootMethod, RealmId } from './shapes.ts';

export const partyLimits = {
  members: 5,
  inviteLifeMs: MINUTE_MS,
  /** So long the same player is not asked again, by the same party or the same asker. */
  inviteAgainMs: 30 * SECOND_MS,
  /** Invites of one character that are open at once. */
  openInvites: 10,
  readyCheckMs: 30 * SECOND_MS,
  /** So long a leader whom nobody plays keeps the lead. */
  leaderAwayMs: 5 * MINUTE_MS,
  /** So long a party lasts in which nobody plays. */
  allAwayMs: 15 * MINUTE_MS,
} as const;

export interface PartyMember {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  /** Under which it joined. */
  readonly name: string;
  readonly joinedAtMs: number;
  /** Since when nobody plays it; unset while somebody does. */
  readonly awaySinceMs?: number | undefined;
}

export interface LootSettings {
  readonly method: LootMethod;
  readonly threshold: Quality;
  /** A member; set with method `master` only. */
  readonly masterLooterId?: CharacterId | undefined;
}

export const defaultLoot: LootSettings = { method: 'group', threshold: 'uncommon' };

export interface Party {
  readonly partyId: PartyId;
  readonly realmId: RealmId;
  /** A member. */
  readonly leaderId: CharacterId;
  /** 1 to 5, in the order in which they joined. */
  readonly members: readonly PartyMember[];
  readonly loot: LootSettings;
  readonly createdAtMs: number;
  /** Rises by one with every change. */
  readonly version: number;
}

/** Why a member is none any more. */
export type LeaveReason = 'left' | 'kicked' | 'erased';

/** A party of one. */
export function foundParty(of: {
  readonly partyId: PartyId;
  readonly realmId: RealmId;
  readonly founder: PartyMember;
  readonly loot: Partial<LootSettings>;
}): Party {
  const { partyId, realmId, founder } = of;
  return {
    partyId,
    realmId,
    leaderId: founder.characterId,
    members: [founder],
    loot: settledLoot({ ...defaultLoot, ...of.loot }, founder.characterId),
    createdAtMs: founder.joinedAtMs,
    version: 1,
  };
}

/** There is always a master looter where the method needs one, and none where it does not. */
function settledLoot({ method, threshold, masterLooterId }: LootSettings, leaderId: CharacterId): LootSettings {
  return method === 'master'
    ? { method, threshold, masterLooterId: masterLooterId ?? leaderId }
    : { method, threshold };
}

export function memberOf(party: Party, characterId: CharacterId): PartyMember | undefined {
  return party.members.find((member) => member.characterId === characterId);
}

/** @throws GameError `party.not_leader` */
export function requireLeader(party: Party, characterId: CharacterId): void {
  if (party.leaderId !== characterId) throw new GameError('party.not_leader');
}

function changed(party: Party, change: Partial<Party>): Party {
  return { ...party, ...change, version: party.version + 1 };
}

/**
 * The party with one more member, at the end.
 * @throws GameError `party.full`
 */
export function withMember(party: Party, member: PartyMember): Party {
  if (party.members.length >= partyLimits.members) throw new GameError('party.full', { limit: partyLimits.members });
  return changed(party, { members: [...party.members, member] });
}

/** Who leads when the leader is gone: who of those that are played has been in it for longest, else of all. */
export function successorOf(members: readonly PartyMember[]): PartyMember | undefined {
  return members.find(({ awaySinceMs }) => awaySinceMs === undefined) ?? members[0];
}

/** The party without a member; undefined when it was the last. The lead and the master's office pass on with it. */
export function withoutMember(party: Party, characterId: CharacterId): Party | undefined {
  const members = party.members.filter((member) => member.characterId !== characterId);
  const successor = successorOf(members);
  if (!successor) return undefined;
  const leaderId = party.leaderId === characterId ? successor.characterId : party.leaderId;
  const { masterLooterId, ...rest } = party.loot;
  const loot = settledLoot(masterLooterId === characterId ? rest : party.loot, leaderId);
  return changed(party, { members, leaderId, loot });
}

/** The party under another member's lead. */
export function withLeader(party: Party, leaderId: CharacterId): Party {
  return changed(party, { leaderId });
}

/**
 * The party with other loot settings. A `master` who is not named is the leader.
 * @throws GameError `party.member_not_found` when the master looter is none
 */
export function withLoot(party: Party, loot: LootSettings): Party {
  if (loot.masterLooterId && !memberOf(party, loot.masterLooterId)) throw new GameError('party.member_not_found');
  return changed(party, { loot: settledLoot(loot, party.leaderId) });
}

/** What a look at who is played comes to. */
export interface Attendance {
  /** With everybody's absence as it is now, and another leader where that is due. The same object: nothing changes. */
  readonly party: Party;
  /** All have been away for too long: the party is over. */
  readonly isOver: boolean;
}

/** Since when a character is not played; undefined while it is. */
export type AwaySince = (member: PartyMember) => number | undefined;

/**
 * Looks at who is played. A leader who is away for 5 minutes gives the lead to the member that has been in the party for
 * longest of those who are played; with nobody there for 15 minutes the party is over.
 */
export function judgeAttendance(party: Party, awaySince: AwaySince, nowMs: number): Attendance {
  const members = party.members.map((member): PartyMember => {
    const { awaySinceMs: _before, ...rest } = member;
    const since = awaySince(member);
    // The first that was noted of an absence counts: later looks may know less.
    return since === undefined ? rest : { ...rest, awaySinceMs: Math.min(member.awaySinceMs ?? since, since) };
  });
  const isSame = members.every(({ awaySinceMs }, index) => awaySinceMs === party.members[index]!.awaySinceMs);
  const seen = isSame ? party : { ...party, members };
  const dueMs = attendanceDueAtMs(seen);
  const isOver = members.every(({ awaySinceMs }) => awaySinceMs !== undefined) && dueMs! <= nowMs;
  if (!isOver && dueMs !== undefined && dueMs <= nowMs) {
    const successor = successorOf(members)!;
    return { party: changed(party, { members, leaderId: successor.characterId }), isOver };
  }
  return { party: isSame ? party : changed(party, { members }), isOver };
}

/** When somebody has to look at the party again because of absences; undefined: nothing is due. */
export function attendanceDueAtMs({ members, leaderId }: Pick<Party, 'members' | 'leaderId'>): number | undefined {
  const absences = members.flatMap(({ awaySinceMs }) => awaySinceMs ?? []);
  if (absences.length === members.length) return Math.max(...absences) + partyLimits.allAwayMs;
  const leader = members.find(({ characterId }) => characterId === leaderId);
  return leader?.awaySinceMs === undefined ? undefined : leader.awaySinceMs + partyLimits.leaderAwayMs;
}

/** A character is asked to join a party. */
export type Invite = GroupInvite<PartyId>;

/**
 * A character's invites with one more; those that nobody needs any more are left out.
 * @throws GameError `party.invited_recently`, `party.invites_full`
 */
export function withInvite(invites: readonly Invite[], invite: Invite): readonly Invite[] {
  const added = addInvite(invites, invite, partyLimits);
  if ('invites' in added) return added.invites;
  if (added.refused === 'full') throw new GameError('party.invites_full');
  const retryAfterSeconds = Math.ceil((added.againMs - invite.invitedAtMs) / SECOND_MS);
  throw new GameError('party.invited_recently', {}, { retryAfterSeconds });
}

export interface ReadyCheck {
  readonly partyId: PartyId;
  readonly startedById: CharacterId;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly answers: ReadonlyMap<CharacterId, boolean>;
}

/** Who calls for a check is ready. */
export function beginReadyCheck(partyId: PartyId, startedById: CharacterId, nowMs: number): ReadyCheck {
  return {
    partyId,
    startedById,
    startedAtMs: nowMs,
    endsAtMs: nowMs + partyLimits.readyCheckMs,
    answers: new Map([[startedById, true]]),
  };
}
