import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import {
  drawUp,
  type Guild,
  type GuildMember,
  guildLimits,
  type Invite,
  outranks,
  ranks,
  requireAuthority,
  requireRanking,
  rightsOf,
  successorOf,
  withInvite,
  withMember,
  withoutMember,
  withRenamed,
} from './rules.ts';
import { RankId } from './shapes.ts';

const NOW = 1_800_000_000_000;

function newcomer(joinedAtMs = NOW) {
  return { accountId: createId('acc'), characterId: createId('chr'), name: 'Vesper', joinedAtMs };
}

function charterOf(signers: number): Guild {
  const names = {
    guildId: createId('gld'),
    realmId: 'glasswater',
    name: 'Chrome Saints',
    skeleton: 'chromesaints',
  } as const;
  let guild = drawUp({ ...names, founder: newcomer() });
  while (guild.memberCount < signers) guild = withMember(guild, newcomer()).guild;
  return guild;
}

function memberOf(rankId: RankId, joinedAtMs = NOW): GuildMember {
  return { ...newcomer(joinedAtMs), guildId: createId('gld'), rankId };
}

function codeOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as GameError).code;
  }
}

const anyRank = fc.constantFrom(...RankId.options);

describe('a charter', () => {
  it('is led and signed by who draws it up, and ends after 14 days', () => {
    const guild = charterOf(1);
    expect(guild).toMatchObject({ memberCount: 1, version: 1, leaderId: guild.charter!.signers[0]!.characterId });
    expect(guild.charter).toMatchObject({ endsAtMs: NOW + 14 * DAY_MS, signers: [{ rankId: 'leader' }] });
  });

  it('is a guild by its tenth signature and not before, and tells who its first members are', () => {
    const nine = charterOf(9);
    expect(nine.charter?.signers).toHaveLength(9);
    const { guild, member, founders } = withMember(nine, newcomer());
    expect(guild).toMatchObject({ memberCount: 10, charter: undefined, version: nine.version + 1 });
    expect(founders?.map(({ characterId }) => characterId)).toEqual(
      [...nine.charter!.signers, member].map(({ characterId }) => characterId),
    );
    expect(founders?.map(({ rankId }) => rankId)).toEqual(['leader', ...Array.from({ length: 9 }, () => 'member')]);
  });

  it('is signed by one character of each account, and again once that has withdrawn', () => {
    const guild = charterOf(2);
    const signer = guild.charter!.signers[1]!;
    const other = { ...newcomer(), accountId: signer.accountId };
    expect(codeOf(() => withMember(guild, other))).toBe('guild.account_has_signed');
    const withdrawn = withoutMember(guild, signer);
    expect(withdrawn).toMatchObject({ memberCount: 1, charter: { signers: { length: 1 } } });
    expect(withMember(withdrawn, other).guild.memberCount).toBe(2);
  });

  it('shows a signer’s name of today', () => {
    const guild = charterOf(2);
    const { guild: after, member } = withRenamed(guild, guild.charter!.signers[1]!, 'Nero');
    expect(member.name).toBe('Nero');
    expect(after.charter?.signers.map(({ name }) => name)).toEqual(['Vesper', 'Nero']);
  });
});

describe('a guild', () => {
  it('takes newcomers as recruits, of whichever account, and 500 members in all', () => {
    const { guild } = withMember(charterOf(9), newcomer());
    const again = { ...newcomer(), accountId: createId('acc') };
    expect(withMember(guild, again).member.rankId).toBe('recruit');
    const nearlyFull = { ...guild, memberCount: guildLimits.members - 1 };
    const full = withMember(nearlyFull, newcomer()).guild;
    expect(full.memberCount).toBe(500);
    expect(codeOf(() => withMember(full, newcomer()))).toBe('guild.full');
  });

  it('counts its members through whatever comes and goes, and numbers every change', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (steps) => {
        let guild = charterOf(1);
        let version = guild.version;
        const inside: GuildMember[] = [];
        for (const isJoining of steps) {
          const leaving = inside.at(-1);
          if (isJoining) {
            const joined = withMember(guild, newcomer());
            guild = joined.guild;
            inside.push(joined.member);
          } else if (leaving) {
            guild = withoutMember(guild, leaving);
            inside.pop();
          } else continue;
          version += 1;
          expect(guild).toMatchObject({ version, memberCount: inside.length + 1 });
          if (guild.charter) expect(guild.charter.signers).toHaveLength(guild.memberCount);
          expect(guild.charter === undefined || guild.memberCount < guildLimits.signers).toBe(true);
        }
      }),
    );
  });

  it('goes to who is of the highest rank, and of those to who has been in it for longest', () => {
    const members = [memberOf('member', NOW), memberOf('officer', NOW + 2), memberOf('officer', NOW + 1)];
    expect(successorOf(members)).toBe(members[2]);
    expect(successorOf([])).toBeUndefined();
  });
});

describe('ranks', () => {
  it('are those that the contract names, in its order, and no lower one may do what a higher one may not', () => {
    expect(ranks.map(({ rankId }) => rankId)).toEqual(RankId.options);
    for (const [index, { rights }] of ranks.entries()) {
      const above = ranks[index - 1];
      if (above) expect(above.rights).toEqual(expect.arrayContaining([...rights]));
    }
  });

  it('let nobody act on an equal or a higher one', () => {
    fc.assert(
      fc.property(anyRank, anyRank, fc.constantFrom('remove', 'promote', 'demote'), (own, other, right) => {
        const isAllowed = codeOf(() => requireAuthority(memberOf(own), memberOf(other), right)) === undefined;
        expect(isAllowed).toBe(rightsOf(own).includes(right) && outranks(own, other));
      }),
    );
  });

  it('are given by who has the right, below their own alone, and never the lead', () => {
    fc.assert(
      fc.property(anyRank, anyRank, anyRank, (own, before, after) => {
        const code = codeOf(() => requireRanking(memberOf(own), memberOf(before), after));
        if (code === undefined) {
          expect(after).not.toBe('leader');
          expect(outranks(own, before) && outranks(own, after)).toBe(true);
          for (const right of rightsOf(after)) expect(rightsOf(own)).toContain(right);
        } else expect(code).toBe('guild.rank_too_low');
      }),
    );
    expect(codeOf(() => requireRanking(memberOf('officer'), memberOf('recruit'), 'veteran'))).toBeUndefined();
    expect(codeOf(() => requireRanking(memberOf('officer'), memberOf('recruit'), 'officer'))).toBe(
      'guild.rank_too_low',
    );
    expect(codeOf(() => requireRanking(memberOf('leader'), memberOf('officer'), 'recruit'))).toBeUndefined();
  });
});

describe('invites', () => {
  const invite = (change: Partial<Invite> = {}): Invite => {
    const { accountId, characterId, name } = newcomer();
    const invitedAtMs = change.invitedAtMs ?? NOW;
    return {
      groupId: createId('gld'),
      guildName: 'Chrome Saints',
      fromAccountId: accountId,
      fromCharacterId: characterId,
      fromName: name,
      invitedAtMs,
      expiresAtMs: invitedAtMs + guildLimits.inviteLifeMs,
      ...change,
    };
  };

  it('are repeated after an hour, and take the place of the earlier one', () => {
    const first = invite();
    const again = (invitedAtMs: number) => invite({ groupId: first.groupId, invitedAtMs });
    expect(codeOf(() => withInvite([first], again(NOW + HOUR_MS - 1)))).toBe('guild.invited_recently');
    const later = again(NOW + HOUR_MS);
    expect(withInvite([first], later)).toEqual([later]);
  });

  it('stand for twenty at once at most, and forget those that are over', () => {
    const full = Array.from({ length: guildLimits.openInvites }, () => invite());
    expect(codeOf(() => withInvite(full, invite()))).toBe('guild.invites_full');
    expect(withInvite(full, invite({ invitedAtMs: NOW + guildLimits.inviteLifeMs }))).toHaveLength(1);
  });
});
