import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GameError } from '#shared/contract/errors.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { isOpen, withAnswered } from '#shared/kernel/invites.ts';
import {
  attendanceDueAtMs,
  foundParty,
  type Invite,
  judgeAttendance,
  memberOf,
  type Party,
  type PartyMember,
  partyLimits,
  withInvite,
  withLoot,
  withMember,
  withoutMember,
} from './rules.ts';

const NOW = 1_800_000_000_000;

function member(joinedAtMs = NOW): PartyMember {
  return { accountId: createId('acc'), characterId: createId('chr'), name: 'Vesper', joinedAtMs };
}

function partyOf(size: number): Party {
  const founder = member();
  let party = foundParty({ partyId: createId('pty'), realmId: 'glasswater', founder, loot: {} });
  for (let count = 1; count < size; count += 1) party = withMember(party, member(NOW + count));
  return party;
}

const codeOf = (run: () => unknown) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as GameError).code;
  }
};

/** What must hold of every party, however it came about. */
function expectSound(party: Party): void {
  expect(party.members.length).toBeGreaterThanOrEqual(1);
  expect(party.members.length).toBeLessThanOrEqual(partyLimits.members);
  expect(new Set(party.members.map(({ characterId }) => characterId)).size).toBe(party.members.length);
  expect(memberOf(party, party.leaderId)).toBeDefined();
  expect(party.loot.masterLooterId === undefined).toBe(party.loot.method !== 'master');
  if (party.loot.masterLooterId) expect(memberOf(party, party.loot.masterLooterId)).toBeDefined();
}

describe('a party', () => {
  it('is founded with the default loot settings, and group loot from uncommon on', () => {
    expect(partyOf(1)).toMatchObject({ version: 1, loot: { method: 'group', threshold: 'uncommon' } });
  });

  it('takes five members and no sixth', () => {
    expect(codeOf(() => withMember(partyOf(5), member()))).toBe('party.full');
  });

  it('is never led or served by somebody who is not in it, whatever happens to it', () => {
    const action = fc.oneof(
      fc.constant('join' as const),
      fc.record({ leave: fc.nat(4) }),
      fc.record({ away: fc.nat(4), minutes: fc.nat(20) }),
      fc.record({ method: fc.constantFrom('group', 'master', 'personal'), master: fc.option(fc.nat(4)) } as const),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        let party: Party | undefined = partyOf(1);
        let nowMs = NOW;
        for (const act of actions) {
          if (!party) break;
          const before: Party = party;
          const pick = (index: number) => before.members[index % before.members.length]!;
          if (act === 'join') {
            if (party.members.length < partyLimits.members) party = withMember(party, member(nowMs));
          } else if ('leave' in act) {
            party = withoutMember(party, pick(act.leave).characterId);
          } else if ('away' in act) {
            nowMs += act.minutes * MINUTE_MS;
            const gone = pick(act.away).characterId;
            const judged = judgeAttendance(
              party,
              ({ characterId }) => (characterId === gone ? nowMs : undefined),
              nowMs,
            );
            party = judged.isOver ? undefined : judged.party;
          } else {
            const masterLooterId = act.master === null ? undefined : pick(act.master).characterId;
            party = withLoot(party, { method: act.method as 'group', threshold: 'rare', masterLooterId });
          }
          if (party && party !== before) {
            expectSound(party);
            expect(party.version).toBe(before.version + 1);
          }
        }
      }),
    );
  });

  it('passes the lead to the member that has been in it for longest of those who are played', () => {
    const party = partyOf(4);
    const [leader, second, third] = party.members;
    expect(withoutMember(party, leader!.characterId)?.leaderId).toBe(second!.characterId);
    const away = judgeAttendance(
      party,
      ({ characterId }) => (characterId === second!.characterId ? NOW : undefined),
      NOW,
    );
    expect(withoutMember(away.party, leader!.characterId)?.leaderId).toBe(third!.characterId);
  });

  it('ends with its last member', () => {
    const party = partyOf(1);
    expect(withoutMember(party, party.leaderId)).toBeUndefined();
  });

  it('gives the office of master looter to the leader when its holder leaves or nobody is named', () => {
    const party = partyOf(3);
    const master = party.members[2]!.characterId;
    const settled = withLoot(party, { method: 'master', threshold: 'rare', masterLooterId: master });
    expect(settled.loot.masterLooterId).toBe(master);
    expect(withoutMember(settled, master)?.loot.masterLooterId).toBe(party.leaderId);
    expect(withLoot(party, { method: 'master', threshold: 'rare' }).loot.masterLooterId).toBe(party.leaderId);
    const stranger = createId('chr');
    const wrong = { method: 'master', threshold: 'rare', masterLooterId: stranger } as const;
    expect(codeOf(() => withLoot(party, wrong))).toBe('party.member_not_found');
  });
});

describe('attendance', () => {
  const party = partyOf(3);
  const [leader, second] = party.members as [PartyMember, PartyMember];
  const gone =
    (...who: readonly CharacterId[]) =>
    ({ characterId }: PartyMember) =>
      who.includes(characterId) ? NOW : undefined;
  const everybody = gone(...party.members.map(({ characterId }) => characterId));

  it('changes nothing while all are there', () => {
    expect(judgeAttendance(party, gone(), NOW)).toEqual({ party, isOver: false });
    expect(judgeAttendance(party, gone(), NOW).party).toBe(party);
    expect(attendanceDueAtMs(party)).toBeUndefined();
  });

  it('notes an absence once, from its beginning, and its end', () => {
    const away = judgeAttendance(party, gone(leader.characterId), NOW).party;
    expect(memberOf(away, leader.characterId)?.awaySinceMs).toBe(NOW);
    const later = judgeAttendance(
      away,
      ({ characterId }) => (characterId === leader.characterId ? NOW + 9 : undefined),
      NOW + 9,
    );
    expect(later.party).toBe(away);
    const back = judgeAttendance(away, gone(), NOW + 60_000).party;
    expect(memberOf(back, leader.characterId)?.awaySinceMs).toBeUndefined();
    expect(back.leaderId).toBe(leader.characterId);
  });

  it('keeps a leader who is away for less than 5 minutes, and then takes who has been there for longest', () => {
    const away = judgeAttendance(party, gone(leader.characterId), NOW).party;
    expect(attendanceDueAtMs(away)).toBe(NOW + partyLimits.leaderAwayMs);
    const at = (ms: number) => judgeAttendance(away, gone(leader.characterId), NOW + ms).party.leaderId;
    expect(at(partyLimits.leaderAwayMs - 1)).toBe(leader.characterId);
    expect(at(partyLimits.leaderAwayMs)).toBe(second.characterId);
  });

  it('ends a party in which nobody has been for 15 minutes, and not before', () => {
    const empty = judgeAttendance(party, everybody, NOW).party;
    expect(attendanceDueAtMs(empty)).toBe(NOW + partyLimits.allAwayMs);
    // A leader is not looked for where nobody is.
    expect(judgeAttendance(empty, everybody, NOW + partyLimits.leaderAwayMs).party).toBe(empty);
    expect(judgeAttendance(empty, everybody, NOW + partyLimits.allAwayMs - 1).isOver).toBe(false);
    expect(judgeAttendance(empty, everybody, NOW + partyLimits.allAwayMs).isOver).toBe(true);
  });

  it('makes whoever comes back first the leader of a party that all had left', () => {
    const empty = judgeAttendance(party, everybody, NOW).party;
    const others = gone(...party.members.slice(0, 2).map(({ characterId }) => characterId));
    const { party: next } = judgeAttendance(empty, others, NOW + 10 * MINUTE_MS);
    expect(next.leaderId).toBe(party.members[2]!.characterId);
  });
});

describe('invites', () => {
  const invite = (change: Partial<Invite> = {}): Invite => {
    const invitedAtMs = change.invitedAtMs ?? NOW;
    const [from, party] = [createId('acc'), createId('pty')];
    return {
      groupId: party,
      fromAccountId: from,
      fromCharacterId: createId('chr'),
      fromName: 'Vesper',
      expiresAtMs: invitedAtMs + partyLimits.inviteLifeMs,
      invitedAtMs,
      ...change,
    };
  };

  it('live for 60 seconds, unless they are answered before', () => {
    const one = invite();
    expect([0, 59_999, 60_000].map((ms) => isOpen(one, NOW + ms))).toEqual([true, true, false]);
    const [answered] = withAnswered([one], one.groupId, NOW + 5);
    expect(isOpen(answered!, NOW + 5)).toBe(false);
  });

  it.each(['the same party', 'the same asker with another party'])(
    'are not repeated by %s within 30 seconds, even when declined',
    (who) => {
      const first = invite();
      const again = (ms: number) =>
        invite({
          invitedAtMs: NOW + ms,
          ...(who === 'the same party' ? { groupId: first.groupId } : { fromAccountId: first.fromAccountId }),
        });
      const declined = withAnswered([first], first.groupId, NOW + 1);
      expect(codeOf(() => withInvite(declined, again(29_999)))).toBe('party.invited_recently');
      expect(withInvite(declined, again(30_000))).toHaveLength(1);
      try {
        withInvite(declined, again(10 * SECOND_MS));
      } catch (error) {
        expect((error as GameError).retryAfterSeconds).toBe(20);
      }
    },
  );

  it('take the place of an earlier one of the same party', () => {
    const first = invite();
    const second = invite({ groupId: first.groupId, invitedAtMs: NOW + 40 * SECOND_MS });
    expect(withInvite([first], second)).toEqual([second]);
  });

  it('never stand for more than ten at once, and forget those that are over', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(120), { maxLength: 60 }), (waits) => {
        let invites: readonly Invite[] = [];
        let nowMs = NOW;
        for (const seconds of waits) {
          nowMs += seconds * SECOND_MS;
          const code = codeOf(() => {
            invites = withInvite(invites, invite({ invitedAtMs: nowMs }));
          });
          expect([undefined, 'party.invites_full']).toContain(code);
          expect(invites.length).toBeLessThanOrEqual(partyLimits.openInvites);
        }
      }),
    );
    const full = Array.from({ length: partyLimits.openInvites }, () => invite());
    expect(codeOf(() => withInvite(full, invite()))).toBe('party.invites_full');
    expect(withInvite(full, invite({ invitedAtMs: NOW + partyLimits.inviteLifeMs }))).toHaveLength(1);
  });
});
