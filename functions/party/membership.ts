import {
  PARTY_CREATED,
  PARTY_DISBANDED,
  PARTY_LEADER_CHANGED,
  PLAYER_JOINED_PARTY,
  PLAYER_LEFT_PARTY,
} from '#events/party.ts';
import { type Changes, event, mergeChanges, push } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { type LeaveReason, memberOf, type Party, type PartyMember, withMember, withoutMember } from './rules.ts';
import { deleteMember, deleteParty, putMember, putParty } from './store.ts';
import { partyEventsTopic } from './topics.ts';
import { memberView } from './view.ts';

/** A party's next state, undefined when there is none, and what has to be committed for it. */
export interface Step<P = Party> {
  readonly party: P;
  readonly changes: Changes;
}

function refOf({ accountId, characterId }: PartyMember) {
  return { accountId, characterId };
}

function told({ partyId, version }: Party) {
  return { aggregateId: partyId, aggregateSeq: version };
}

/** A new party comes into being with its founder. */
export function found(party: Party): Changes {
  const [founder] = party.members as [PartyMember];
  const { partyId, loot } = party;
  return {
    writes: [putParty(party, undefined), putMember(founder.characterId, partyId, founder.joinedAtMs)],
    events: [
      event(PARTY_CREATED, { ...told(party), data: { partyId, leader: refOf(founder), lootMethod: loot.method } }),
    ],
  };
}

/**
 * A character joins, and is in no other party.
 * @throws GameError `party.full`
 */
export function join(seen: Party, member: PartyMember): Step {
  const party = withMember(seen, member);
  const { partyId, version, leaderId, members } = party;
  return {
    party,
    changes: {
      writes: [putParty(party, seen), putMember(member.characterId, partyId, member.joinedAtMs)],
      events: [
        event(PLAYER_JOINED_PARTY, {
          ...told(party),
          data: { partyId, ...refOf(member), leaderCharacterId: leaderId, memberCount: members.length },
        }),
      ],
      pushes: [push(partyEventsTopic, { partyId }, { type: 'member_joined', version, member: memberView(member) })],
    },
  };
}

/** A member is none any more; the last one ends the party. */
export function depart(seen: Party, member: PartyMember, reason: LeaveReason): Step<Party | undefined> {
  const { partyId } = seen;
  const { characterId, accountId, name } = member;
  const party = withoutMember(seen, characterId);
  const version = seen.version + 1;
  const left: Changes = {
    writes: [deleteMember(characterId, partyId)],
    events: [
      event(PLAYER_LEFT_PARTY, {
        aggregateId: partyId,
        aggregateSeq: version,
        data: {
          partyId,
          accountId,
          characterId,
          reason,
          memberCount: party?.members.length ?? 0,
          ...(party ? { leaderCharacterId: party.leaderId } : {}),
        },
      }),
    ],
    pushes: [
      push(partyEventsTopic, { partyId }, { type: 'member_left', version, characterId, accountId, name, reason }),
    ],
  };
  if (!party) return { party, changes: mergeChanges(left, end(seen, 'last_member_left')) };
  const passedOn = party.leaderId === seen.leaderId ? {} : leaderChanged(seen, party, 'left');
  return { party, changes: mergeChanges({ writes: [putParty(party, seen)] }, left, passedOn) };
}

/** What is told when another member leads. */
export function leaderChanged(seen: Party, next: Party, reason: 'transferred' | 'left' | 'offline'): Changes {
  const { partyId, version, leaderId } = next;
  const previous = memberOf(seen, seen.leaderId)!;
  const leader = memberOf(next, leaderId)!;
  return {
    events: [
      event(PARTY_LEADER_CHANGED, {
        ...told(next),
        data: { partyId, previousLeader: refOf(previous), leader: refOf(leader), reason },
      }),
    ],
    pushes: [push(partyEventsTopic, { partyId }, { type: 'leader_changed', version, leaderId, reason })],
  };
}

type EndReason = 'leader' | 'last_member_left' | 'all_offline';

function end(seen: Party, reason: EndReason): Changes {
  const { partyId, version } = seen;
  return {
    writes: [deleteParty(seen)],
    events: [
      event(PARTY_DISBANDED, {
        aggregateId: partyId,
        aggregateSeq: version + 1,
        data: { partyId, reason, members: seen.members.map(refOf) },
      }),
    ],
    pushes: [push(partyEventsTopic, { partyId }, { type: 'disbanded', reason })],
  };
}

/** The party is no more, and all its members are free. */
export function disband(seen: Party, reason: 'leader' | 'all_offline'): Changes {
  const freed = seen.members.map(({ characterId }: { characterId: CharacterId }) =>
    deleteMember(characterId, seen.partyId),
  );
  return mergeChanges({ writes: freed }, end(seen, reason));
}
