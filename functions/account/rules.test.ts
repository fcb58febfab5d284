import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roles } from '#shared/contract/endpoint.ts';
import { createId } from '#shared/kernel/ids.ts';
import { maskedEmail } from '#shared/kernel/masked-email.ts';
import { losesRole, rankOf, requireAuthority, rolesWith, type StaffRole } from './authority.ts';
import { boundedDocument } from './bounded.ts';
import { applyConsents, consentOverview, noConsents } from './consents.ts';
import { consentDocuments } from './data/consent-documents.ts';
import { admits } from './privacy.ts';
import { Bio } from './rules.ts';
import { requireUsable, standingOf } from './standing.ts';
import type { Account } from './store.ts';

function account(facts: Partial<Account> = {}): Account {
  return {
    accountId: createId('acc'),
    email: 'v@example.com',
    displayName: 'Vesper',
    locale: 'en',
    status: 'ACTIVE',
    roles: ['player'],
    createdAtMs: 0,
    version: 1,
    ...facts,
  };
}

describe('the standing of an account', () => {
  it.each([
    ['an active one', account(), 'active'],
    ['a ban without end', account({ status: 'BANNED', ban: { bannedAtMs: 0 } }), 'banned'],
    ['a ban that lasts', account({ status: 'BANNED', ban: { bannedAtMs: 0, untilMs: 1_001 } }), 'banned'],
    ['a ban that ends now', account({ status: 'BANNED', ban: { bannedAtMs: 0, untilMs: 1_000 } }), 'active'],
    ['a deleted one', account({ status: 'DELETION_PENDING', eraseAtMs: 2_000 }), 'deletion-pending'],
    ['a deleted and banned one', account({ status: 'DELETION_PENDING', ban: { bannedAtMs: 0 } }), 'deletion-pending'],
    ['a tombstone', account({ status: 'ERASED' }), 'erased'],
    ['none at all', undefined, 'erased'],
  ] as const)('of %s', (_what, who, kind) => {
    expect(standingOf(who, 1_000).kind).toBe(kind);
  });

  it('lets a usable account through and tells when a refused one may come back', () => {
    const usable = account();
    expect(requireUsable(usable, 0, 'auth.refresh_invalid')).toBe(usable);
    const banned = account({ status: 'BANNED', ban: { bannedAtMs: 0, untilMs: 60_000 } });
    expect(() => requireUsable(banned, 0, 'x.y')).toThrow(
      expect.objectContaining({ code: 'auth.account_banned', facts: { until: '1970-01-01T00:01:00.000Z' } }),
    );
    expect(() => requireUsable(undefined, 0, 'auth.refresh_invalid')).toThrow(
      expect.objectContaining({ code: 'auth.refresh_invalid' }),
    );
  });
});

describe('authority', () => {
  const of = (...held: StaffRole[]) => account({ roles: rolesWith(held) });
  const refusal = (actor: Account, target: Account) => {
    try {
      requireAuthority(actor, target);
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    [['moderator'], [], undefined],
    [['moderator'], ['moderator'], 'account.outranked'],
    [['moderator'], ['gm'], 'account.outranked'],
    [['moderator'], ['admin'], 'account.outranked'],
    [['gm'], ['moderator'], undefined],
    [['gm'], ['gm'], 'account.outranked'],
    [['gm'], ['admin'], 'account.outranked'],
    [['admin'], ['gm'], undefined],
    [['admin'], ['admin'], undefined],
  ] as const)('of %j over %j', (actor, target, code) => {
    expect(refusal(of(...actor), of(...target))).toBe(code);
  });

  it('reaches over everybody but oneself', () => {
    const admin = of('admin');
    expect(refusal(admin, admin)).toBe('account.own_account');
  });

  it('always holds `player`, and each role once, in one order', () => {
    const staff = fc.array(fc.constantFrom<StaffRole>('moderator', 'gm', 'admin'));
    fc.assert(
      fc.property(staff, (granted) => {
        const held = rolesWith(granted);
        expect(held[0]).toBe('player');
        expect(new Set(held)).toEqual(new Set(['player', ...granted]));
        expect(held).toEqual(roles.filter((role) => held.includes(role)));
        expect(rankOf(held)).toBe(Math.max(...held.map((role) => roles.indexOf(role))));
      }),
    );
  });

  it('knows a loss from a gain', () => {
    expect(losesRole(['player', 'gm'], ['player'])).toBe(true);
    expect(losesRole(['player'], ['player', 'gm'])).toBe(false);
  });

  it('shows no more of an address than its first letter and its domain', () => {
    expect(maskedEmail('vesper@example.com')).toBe('v…@example.com');
    expect(maskedEmail('"a@b"@example.com')).toBe('"…@example.com');
  });
});

describe('consents', () => {
  const { version } = consentDocuments.marketing;
  const marketing = (given: boolean, of = version) => ({ document: 'marketing' as const, version: of, given });

  it('begin with nothing said', () => {
    expect(consentOverview(noConsents).map(({ state }) => state)).toEqual(['missing', 'missing', 'missing', 'missing']);
  });

  it('keep what was said, and when', () => {
    const { after, changed } = applyConsents(noConsents, [marketing(true)], 5);
    expect(changed).toEqual([{ ...marketing(true), atMs: 5 }]);
    expect(after).toEqual({ current: { marketing: { ...marketing(true), atMs: 5 } }, changes: 1 });
    const withdrawn = applyConsents(after, [marketing(false)], 6);
    expect(withdrawn.after.changes).toBe(2);
    expect(consentOverview(withdrawn.after)[2]).toMatchObject({ document: 'marketing', state: 'withdrawn' });
  });

  it('count no answer that says nothing new', () => {
    const { after } = applyConsents(noConsents, [marketing(true)], 5);
    expect(applyConsents(after, [marketing(true)], 9)).toEqual({ after, changed: [] });
  });

  it('show an agreement to an older text as outdated', () => {
    const older = {
      current: { terms: { document: 'terms', version: '2020-01-01', given: true, atMs: 1 } },
      changes: 1,
    };
    expect(consentOverview(older as never)[0]).toMatchObject({ document: 'terms', state: 'outdated' });
  });

  it('refuse an answer to another text than today’s, and the withdrawal of what the account rests on', () => {
    expect(() => applyConsents(noConsents, [marketing(true, '2020-01-01')], 1)).toThrow(
      expect.objectContaining({
        code: 'account.consent_outdated',
        facts: { document: 'marketing', currentVersion: version },
      }),
    );
    const terms = { document: 'terms' as const, version: consentDocuments.terms.version, given: false };
    expect(() => applyConsents(noConsents, [terms], 1)).toThrow(
      expect.objectContaining({ code: 'account.consent_required' }),
    );
  });
});

describe('what a player may write', () => {
  it.each(['', 'Runs parcels.', 'Бегаю под дождём — 24/7', '雨の中を走る'])('bio: %j', (text) => {
    expect(Bio.safeParse(text).success).toBe(true);
  });
  it.each([' padded', 'padded ', 'two  spaces', 'line\nbreak', 'zero\u200bwidth', 'right\u202eleft', 'x'.repeat(281)])(
    'no bio: %j',
    (text) => {
      expect(Bio.safeParse(text).success).toBe(false);
    },
  );
});

describe('privacy', () => {
  it.each([
    ['everyone', false, true],
    ['friends', false, false],
    ['friends', true, true],
    ['nobody', true, false],
  ] as const)('that admits %s, asked by a friend: %s', (audience, isFriend, admitted) => {
    expect(admits(audience, isFriend)).toBe(admitted);
  });
});

describe('a bounded document', () => {
  it('keeps what fits as it is', () => {
    const document = { a: [1, 2, 3], b: { c: ['x'], d: null } };
    expect(boundedDocument(document, 1_000)).toEqual({ document, cuts: [] });
  });

  it('names each list that it cuts, with what it had', () => {
    const document = { few: [1, 2], many: Array.from({ length: 5_000 }, (_none, index) => `entry ${index}`) };
    const { document: cut, cuts } = boundedDocument(document, 10_000);
    const kept = (cut.many as string[]).length;
    expect(cuts).toEqual([{ path: 'many', total: 5_000, kept }]);
    expect(cut.many).toEqual(document.many.slice(0, kept));
    expect(cut.few).toEqual([1, 2]);
  });

  it('never exceeds its bound while there are lists to cut, and never reorders one', () => {
    const lists = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.array(fc.string(), { maxLength: 200 }), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(lists, fc.integer({ min: 300, max: 4_000 }), (document, maxBytes) => {
        const { document: cut, cuts } = boundedDocument(document, maxBytes);
        const emptied = Object.fromEntries(Object.keys(document).map((key) => [key, []]));
        const floor = Buffer.byteLength(JSON.stringify(emptied));
        expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(Math.max(maxBytes, floor));
        for (const [key, list] of Object.entries(cut)) {
          const whole = document[key]!;
          expect(list).toEqual(whole.slice(0, (list as string[]).length));
          const noted = cuts.find(({ path }) => path === key);
          expect(noted?.total ?? (list as string[]).length).toBe(whole.length);
        }
      }),
    );
  });
});
