import { playedBy } from '#functions/session/public.ts';
import { type Changes, mergeChanges, type Push, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { SessionId } from '#shared/kernel/ids.ts';
import { disband, leaderChanged } from './membership.ts';
import { type AwaySince, judgeAttendance, memberOf, type Party } from './rules.ts';
import { putParty } from './store.ts';
import { partyEventsTopic } from './topics.ts';

/**
 * Looks at who of a party's members is played now, and what follows: absences are noted and told, a leader who is away
 * for too long gives the lead on, a party in which nobody plays ends. Empty when nothing has changed.
 * @param ended a session that has just ended, where its presence may not tell yet
 */
export async function attend(party: Party, nowMs: number, ended?: SessionId): Promise<Changes> {
  const awaySince = await absences(party, nowMs, ended);
  const { party: next, isOver } = judgeAttendance(party, awaySince, nowMs);
  if (isOver) return disband(party, 'all_offline');
  if (next === party) return {};
  const isPassedOn = next.leaderId !== party.leaderId;
  return mergeChanges(
    { writes: [putParty(next, party)], pushes: tellAbsences(party, next) },
    isPassedOn ? leaderChanged(party, next, 'offline') : {},
  );
}

async function absences(party: Party, nowMs: number, ended: SessionId | undefined): Promise<AwaySince> {
  const accounts = [...new Set(party.members.map(({ accountId }) => accountId))];
  const played = (await playedBy(accounts, nowMs)).filter(({ sessionId }) => sessionId !== ended);
  return ({ characterId }) => {
    const own = played.find((one) => one.characterId === characterId);
    if (!own) return nowMs;
    return own.isHeard ? undefined : own.seenAtMs;
  };
}

function tellAbsences(before: Party, after: Party): readonly Push[] {
  const { partyId, version } = after;
  return after.members.flatMap(({ characterId, name, awaySinceMs }) => {
    const was = memberOf(before, characterId)?.awaySinceMs;
    const who = { version, characterId, name };
    if (awaySinceMs !== undefined && was === undefined) {
      return [push(partyEventsTopic, { partyId }, { type: 'member_away', ...who, since: toIso(awaySinceMs) })];
    }
    if (awaySinceMs === undefined && was !== undefined) {
      return [push(partyEventsTopic, { partyId }, { type: 'member_back', ...who })];
    }
    return [];
  });
}
