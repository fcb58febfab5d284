import {
  GUILD_CREATED,
  GUILD_DISBANDED,
  GUILD_LEADER_CHANGED,
  GUILD_RANK_CHANGED,
  PLAYER_JOINED_GUILD,
  PLAYER_LEFT_GUILD,
} from '#events/guild.ts';
import { type Changes, type DomainEvent, event, mergeChanges, push } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import {
  type EndReason,
  type Guild,
  type GuildMember,
  type LeaveReason,
  rankOf,
  touched,
  withLeader,
  withMember,
  withoutMember,
} from './rules.ts';
import type { RankId } from './shapes.ts';
import { claimName, deleteGuild, deleteMember, freeName, putGuild, putMember, putNewMember } from './store.ts';
import { guildEventsTopic } from './topics.ts';
import { memberView } from './view.ts';

/** A guild's next state, and what has to be committed for it. */
export interface Step {
  readonly guild: Guild;
  readonly changes: Changes;
}

function refOf({ accountId, characterId }: GuildMember) {
  return { accountId, characterId };
}

function told({ guildId, version }: Guild) {
  return { aggregateId: guildId, aggregateSeq: version };
}

/** A charter is drawn up: its name is taken, and whoever leads it is bound by it. */
export function begin(guild: Guild): Changes {
  const [leader] = guild.charter!.signers as [GuildMember];
  return { writes: [putGuild(guild, undefined), claimName(guild), putNewMember(leader)] };
}

function joinedEvent(guild: Guild, member: GuildMember): DomainEvent {
  const { guildId, memberCount } = guild;
  const { rankId } = member;
  return event(PLAYER_JOINED_GUILD, { ...told(guild), data: { guildId, ...refOf(member), rankId, memberCount } });
}

/**
 * A character that is in no guild joins one, or signs its charter. The last signature founds the guild, which is when it
 * and its first members become known.
 * @throws GameError `guild.full`, `guild.account_has_signed`, `guild.already_in_guild`
 */
export function join(
  seen: Guild,
  newcomer: Omit<GuildMember, 'guildId' | 'rankId'>,
): Step & { readonly member: GuildMember } {
  const { guild, member, founders } = withMember(seen, newcomer);
  const { guildId, name, version, charter, memberCount } = guild;
  const to = { guildId };
  const view = memberView(member);
  const writes = [putGuild(guild, seen), putNewMember(member)];
  if (!seen.charter) {
    const events = [joinedEvent(guild, member)];
    const pushes = [push(guildEventsTopic, to, { type: 'member_joined', version, member: view })];
    return { guild, member, changes: { writes, events, pushes } };
  }
  const signatures = charter?.signers.length ?? memberCount;
  const signed = push(guildEventsTopic, to, { type: 'signed', version, member: view, signatures });
  if (!founders) return { guild, member, changes: { writes, pushes: [signed] } };
  const created = event(GUILD_CREATED, { ...told(guild), data: { guildId, name, leader: refOf(founders[0]!) } });
  return {
    guild,
    member,
    changes: {
      writes,
      events: [created, ...founders.map((founder) => joinedEvent(guild, founder))],
      pushes: [signed, push(guildEventsTopic, to, { type: 'founded', version })],
    },
  };
}

function left(seen: Guild, version: number, member: GuildMember, reason: LeaveReason, memberCount: number): Changes {
  const { guildId } = seen;
  const { characterId, name } = member;
  const shown = push(guildEventsTopic, { guildId }, { type: 'member_left', version, characterId, name, reason });
  // Who has only signed was never in the guild.
  if (seen.charter) return { pushes: [shown] };
  const data = { guildId, ...refOf(member), reason, memberCount };
  return { pushes: [shown], events: [event(PLAYER_LEFT_GUILD, { aggregateId: guildId, aggregateSeq: version, data })] };
}

/** A member who does not lead is none any more; a signature is withdrawn. */
export function depart(seen: Guild, member: GuildMember, reason: LeaveReason): Changes {
  const guild = withoutMember(seen, member);
  const changes = left(seen, guild.version, member, reason, guild.memberCount);
  return mergeChanges({ writes: [putGuild(guild, seen), deleteMember(member)] }, changes);
}

/** The leader is none any more, and another member leads. */
export function departLeader(
  seen: Guild,
  leader: GuildMember,
  successor: GuildMember,
  reason: 'deleted' | 'erased',
): Changes {
  const guild: Guild = { ...withoutMember(seen, leader), leaderId: successor.characterId };
  return mergeChanges(
    { writes: [putGuild(guild, seen), deleteMember(leader), putMember({ ...successor, rankId: 'leader' })] },
    left(seen, guild.version, leader, reason, guild.memberCount),
    leaderChanged(guild, leader, successor, reason),
  );
}

/** The guild is no more; or its charter, whose signers are free again. */
export function end(seen: Guild, last: GuildMember, reason: EndReason, leaving: LeaveReason = 'left'): Changes {
  const { guildId, name, version, charter } = seen;
  const members = charter?.signers ?? [last];
  const gone: Changes = {
    writes: [deleteGuild(seen), freeName(seen), ...members.map(deleteMember)],
    pushes: [push(guildEventsTopic, { guildId }, { type: 'ended', reason })],
  };
  if (charter) return gone;
  const disbanded = event(GUILD_DISBANDED, {
    aggregateId: guildId,
    aggregateSeq: version + 1,
    data: { guildId, name, lastMember: refOf(last) },
  });
  return mergeChanges(left(seen, version + 1, last, leaving, 0), gone, { events: [disbanded] });
}

/** A member has another rank. */
export function rank(seen: Guild, member: GuildMember, rankId: RankId, byId: CharacterId): Changes {
  const guild = touched(seen);
  const { guildId, version } = guild;
  const { characterId, name, rankId: previousRankId } = member;
  return {
    writes: [putGuild(guild, seen), putMember({ ...member, rankId })],
    events: [
      event(GUILD_RANK_CHANGED, {
        ...told(guild),
        data: { guildId, ...refOf(member), rankId, previousRankId, byCharacterId: byId },
      }),
    ],
    pushes: [push(guildEventsTopic, { guildId }, { type: 'rank_changed', version, characterId, name, rankId, byId })],
  };
}

/** The lead goes to another member; who had it stays, one rank below. */
export function passLead(seen: Guild, leader: GuildMember, successor: GuildMember): Step {
  const guild = withLeader(seen, successor.characterId);
  const writes = [
    putGuild(guild, seen),
    putMember({ ...leader, rankId: rankOf.formerLeader }),
    putMember({ ...successor, rankId: 'leader' }),
  ];
  return { guild, changes: mergeChanges({ writes }, leaderChanged(guild, leader, successor, 'transferred')) };
}

function leaderChanged(
  guild: Guild,
  previous: GuildMember,
  leader: GuildMember,
  reason: 'transferred' | 'deleted' | 'erased',
): Changes {
  const { guildId, version, leaderId } = guild;
  return {
    events: [
      event(GUILD_LEADER_CHANGED, {
        ...told(guild),
        data: { guildId, previousLeader: refOf(previous), leader: refOf(leader), reason },
      }),
    ],
    pushes: [push(guildEventsTopic, { guildId }, { type: 'leader_changed', version, leaderId, reason })],
  };
}
