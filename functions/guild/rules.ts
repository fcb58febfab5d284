import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, GuildId } from '#shared/kernel/ids.ts';
import { addInvite, type Invite as GroupInvite } from '#shared/kernel/invites.ts';
import type { RankId, RealmId, Right } from './shapes.ts';

/** RULES 2.15; where it is silent, ours. */
export const guildLimits = {
  members: 500,
  /** Who founds a guild and nine others, each of another account. */
  signers: 10,
  /** So long a charter waits for its signatures. */
  charterLifeMs: 14 * DAY_MS,
  inviteLifeMs: 3 * DAY_MS,
  inviteAgainMs: HOUR_MS,
  openInvites: 20,
} as const;

/** From the highest to the lowest, and what each may do. A member acts on lower ranks alone. */
export const ranks: readonly { readonly rankId: RankId; readonly rights: readonly Right[] }[] = [
  { rankId: 'leader', rights: ['invite', 'remove', 'promote', 'demote'] },
  { rankId: 'officer', rights: ['invite', 'remove', 'promote', 'demote'] },
  { rankId: 'veteran', rights: ['invite'] },
  { rankId: 'member', rights: [] },
  { rankId: 'recruit', rights: [] },
];

/** Rank of who signs a charter, of who joins later, and of a leader who has given the lead away. */
export const rankOf = { signer: 'member', newcomer: 'recruit', formerLeader: 'officer' } as const satisfies Record<
  string,
  RankId
>;

export interface GuildMember {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly guildId: GuildId;
  readonly name: string;
  readonly rankId: RankId;
  readonly joinedAtMs: number;
}

export interface Guild {
  readonly guildId: GuildId;
  readonly realmId: RealmId;
  readonly name: string;
  /** By which the name is unique in its realm. */
  readonly skeleton: string;
  readonly leaderId: CharacterId;
  /** Rows of members that there are. */
  readonly memberCount: number;
  readonly createdAtMs: number;
  /** Until it is founded: who has signed, the leader first, and when the charter is void. */
  readonly charter?: { readonly endsAtMs: number; readonly signers: readonly GuildMember[] } | undefined;
  /** Rises by one with every change of the guild or of its members. */
  readonly version: number;
}

/** Why a member is none any more. */
export type LeaveReason = 'left' | 'kicked' | 'deleted' | 'erased';

/** Why a guild, or a charter, is no more. */
export type EndReason = 'withdrawn' | 'expired' | 'last_member_left';

/** The charter that somebody draws up, and has signed first. */
export function drawUp(of: {
  readonly guildId: GuildId;
  readonly realmId: RealmId;
  readonly name: string;
  readonly skeleton: string;
  readonly founder: Omit<GuildMember, 'guildId' | 'rankId'>;
}): Guild {
  const { guildId, realmId, name, skeleton, founder } = of;
  const nowMs = founder.joinedAtMs;
  const leader: GuildMember = { ...founder, guildId, rankId: 'leader' };
  return {
    guildId,
    realmId,
    name,
    skeleton,
    leaderId: leader.characterId,
    memberCount: 1,
    createdAtMs: nowMs,
    charter: { endsAtMs: nowMs + guildLimits.charterLifeMs, signers: [leader] },
    version: 1,
  };
}

function changed(guild: Guild, change: Partial<Guild> = {}): Guild {
  return { ...guild, ...change, version: guild.version + 1 };
}

/** The guild after a change of one of its members that its own row does not show. */
export function touched(guild: Guild): Guild {
  return changed(guild);
}

/** How a newcomer joins: as a signer of the charter, or as a member of the lowest rank. */
export interface Joined {
  readonly guild: Guild;
  readonly member: GuildMember;
  /** This signature was the last that was needed: these are the guild's first members. */
  readonly founders?: readonly GuildMember[];
}

/**
 * The guild with one more member.
 * @throws GameError `guild.full`, `guild.account_has_signed`
 */
export function withMember(guild: Guild, newcomer: Omit<GuildMember, 'guildId' | 'rankId'>): Joined {
  const { guildId, charter } = guild;
  if (guild.memberCount >= guildLimits.members) throw new GameError('guild.full', { limit: guildLimits.members });
  const memberCount = guild.memberCount + 1;
  if (!charter) {
    const member = { ...newcomer, guildId, rankId: rankOf.newcomer };
    return { member, guild: changed(guild, { memberCount }) };
  }
  if (charter.signers.some(({ accountId }) => accountId === newcomer.accountId)) {
    throw new GameError('guild.account_has_signed');
  }
  const member = { ...newcomer, guildId, rankId: rankOf.signer };
  const signers = [...charter.signers, member];
  if (signers.length < guildLimits.signers) {
    return { member, guild: changed(guild, { memberCount, charter: { ...charter, signers } }) };
  }
  return { member, guild: changed(guild, { memberCount, charter: undefined }), founders: signers };
}

/** The guild without one of its members, who does not lead it. */
export function withoutMember(guild: Guild, { characterId }: GuildMember): Guild {
  const { charter } = guild;
  const signers = charter?.signers.filter((one) => one.characterId !== characterId) ?? [];
  return changed(guild, {
    memberCount: guild.memberCount - 1,
    ...(charter ? { charter: { ...charter, signers } } : {}),
  });
}

/** The guild after a member has taken another name. */
export function withRenamed(
  guild: Guild,
  member: GuildMember,
  name: string,
): { readonly guild: Guild; readonly member: GuildMember } {
  const renamed = { ...member, name };
  const { charter } = guild;
  const signers = charter?.signers.map((one) => (one.characterId === member.characterId ? renamed : one)) ?? [];
  return { guild: changed(guild, charter ? { charter: { ...charter, signers } } : {}), member: renamed };
}

/** The guild under another member's lead. */
export function withLeader(guild: Guild, leaderId: CharacterId): Guild {
  return changed(guild, { leaderId });
}

const heightOf = (rankId: RankId) => ranks.findIndex((rank) => rank.rankId === rankId);

export function rightsOf(rankId: RankId): readonly Right[] {
  return ranks[heightOf(rankId)]!.rights;
}

/** Whether the first rank is above the second. */
export function outranks(rankId: RankId, other: RankId): boolean {
  return heightOf(rankId) < heightOf(other);
}

/** @throws GameError `guild.rank_too_low` */
export function requireRight({ rankId }: Pick<GuildMember, 'rankId'>, right: Right): void {
  if (!rightsOf(rankId).includes(right)) throw new GameError('guild.rank_too_low', { right });
}

/**
 * A member may do this to another one: it has the right, and the other is of a lower rank.
 * @throws GameError `guild.rank_too_low`
 */
export function requireAuthority(actor: GuildMember, target: GuildMember, right: Right): void {
  requireRight(actor, right);
  if (!outranks(actor.rankId, target.rankId)) throw new GameError('guild.rank_too_low', { right });
}

/**
 * A member may give another one this rank: both are below its own, and it has every right that comes with the new one.
 * @throws GameError `guild.rank_too_low`
 */
export function requireRanking(actor: GuildMember, target: GuildMember, rankId: RankId): void {
  const right = outranks(rankId, target.rankId) ? 'promote' : 'demote';
  requireAuthority(actor, target, right);
  const own = rightsOf(actor.rankId);
  const isGranting = rightsOf(rankId).some((granted) => !own.includes(granted));
  if (isGranting || !outranks(actor.rankId, rankId)) throw new GameError('guild.rank_too_low', { right });
}

/** Who leads when the leader's player is gone: of the highest rank who has been in the guild for longest. */
export function successorOf(members: readonly GuildMember[]): GuildMember | undefined {
  return members.toSorted(
    (one, other) => heightOf(one.rankId) - heightOf(other.rankId) || one.joinedAtMs - other.joinedAtMs,
  )[0];
}

/** A character is asked to join a guild, or to sign its charter. */
export interface Invite extends GroupInvite<GuildId> {
  readonly guildName: string;
}

/**
 * A character's invites with one more; those that nobody needs any more are left out.
 * @throws GameError `guild.invited_recently`, `guild.invites_full`
 */
export function withInvite(invites: readonly Invite[], invite: Invite): readonly Invite[] {
  const added = addInvite(invites, invite, guildLimits);
  if ('invites' in added) return added.invites;
  if (added.refused === 'full') throw new GameError('guild.invites_full');
  const retryAfterSeconds = Math.ceil((added.againMs - invite.invitedAtMs) / SECOND_MS);
  throw new GameError('guild.invited_recently', {}, { retryAfterSeconds });
}
