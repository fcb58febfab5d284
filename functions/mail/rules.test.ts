import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import { attachmentsLeft, codDue, holdsValue, isInBox, type Mail, moneyLeft } from './mail.ts';
import {
  decideExpiry,
  decideTaking,
  dueStepOf,
  ended,
  extended,
  mailRules,
  nextStepOf,
  postageOf,
  requireDeletable,
  requireRecipients,
  requireReturnable,
  requireSendable,
  returned,
  taken,
  timesOf,
  type Wanted,
} from './rules.ts';

const NOW = 1_800_000_000_000;
const sender = { accountId: createId('acc'), characterId: createId('chr'), name: 'Vesper' };
const owner = { accountId: createId('acc'), characterId: createId('chr') };

function mail(facts: Partial<Mail> = {}, items = 0): Mail {
  return {
    mailId: createId('mal'),
    status: 'OPEN',
    owner,
    from: sender,
    toName: 'Moth',
    subject: 'Parts',
    hasText: true,
    attachments: Array.from({ length: items }, () => ({
      itemId: createId('itm'),
      templateId: 'scrap-plating',
      quality: 'common',
      count: 1,
    })),
    sentAtMs: NOW,
    deliverAtMs: NOW,
    expiresAtMs: NOW + mailRules.lifeMs,
    isAnnounced: true,
    isReturned: false,
    isCounted: true,
    extensions: 0,
    version: 1,
    ...facts,
  };
}

const amounts = fc.bigInt({ min: 1n, max: 9_000_000_000_000_000n });
const counts = fc.integer({ min: 0, max: mailRules.attachments });

const mails = fc
  .record({
    items: counts,
    money: fc.option(amounts, { nil: undefined }),
    cod: fc.option(amounts, { nil: undefined }),
    isReturned: fc.boolean(),
    codPaid: fc.boolean(),
  })
  .map(({ items, money, cod, isReturned, codPaid }) =>
    mail(
      {
        isReturned,
        ...(money !== undefined && cod === undefined ? { money } : {}),
        ...(cod !== undefined && items > 0 ? { cod, ...(codPaid ? { codPaidAtMs: NOW } : {}) } : {}),
      },
      items,
    ),
  );

const wanteds: fc.Arbitrary<Wanted> = fc.oneof(
  fc.record({ kind: fc.constant('attachment' as const), index: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ kind: fc.constant('money' as const) }),
  fc.record({ kind: fc.constant('all' as const), limit: fc.integer({ min: 0, max: 40 }) }),
);

describe('postage', () => {
  it('is 30 for a letter and 30 for each attachment', () => {
    expect(postageOf({ recipients: 1, attachments: 0 })).toBe(30n);
    expect(postageOf({ recipients: 1, attachments: 1 })).toBe(30n);
    expect(postageOf({ recipients: 1, attachments: 12 })).toBe(360n);
    expect(postageOf({ recipients: 10, attachments: 0 })).toBe(300n);
  });

  it('is never free, and never less for more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), counts, (recipients, attachments) => {
        const price = postageOf({ recipients, attachments });
        expect(price).toBeGreaterThan(0n);
        expect(postageOf({ recipients, attachments: attachments + 1 })).toBeGreaterThanOrEqual(price);
        expect(postageOf({ recipients: recipients + 1, attachments })).toBeGreaterThan(price);
      }),
    );
  });
});

describe('what can be sent', () => {
  const items = [createId('itm'), createId('itm')];

  it.each([
    ['an item twice', { itemIds: [items[0]!, items[0]!], money: 0n, cod: 0n }, 1, 'mail.duplicate_item'],
    ['money and payment on delivery', { itemIds: items, money: 1n, cod: 1n }, 1, 'mail.cod_with_money'],
    ['payment for nothing', { itemIds: [], money: 0n, cod: 1n }, 1, 'mail.cod_without_items'],
    ['items to two', { itemIds: items, money: 0n, cod: 0n }, 2, 'mail.value_to_many'],
    ['money to two', { itemIds: [], money: 1n, cod: 0n }, 2, 'mail.value_to_many'],
  ])('is not %s', (_what, cargo, recipients, code) => {
    expect(() => requireSendable(cargo, recipients)).toThrow(expect.objectContaining({ code }));
  });

  it('is any set of items, however it is ordered', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }), (numbers) => {
        const itemIds = numbers.map((number) => `itm_${number}` as ItemId);
        const send = () => requireSendable({ itemIds, money: 0n, cod: 0n }, 1);
        if (new Set(numbers).size === numbers.length) expect(send).not.toThrow();
        else expect(send).toThrow(expect.objectContaining({ code: 'mail.duplicate_item' }));
      }),
    );
  });

  it('goes to others than the sender, and to nobody twice', () => {
    const { characterId } = owner;
    expect(() => requireRecipients(sender.characterId, [characterId, sender.characterId])).toThrow(
      expect.objectContaining({ code: 'mail.self' }),
    );
    expect(() => requireRecipients(sender.characterId, [characterId, characterId])).toThrow(
      expect.objectContaining({ code: 'mail.duplicate_recipient' }),
    );
  });
});

describe('times', () => {
  const way = { from: sender.accountId, to: owner.accountId, hasValue: true, hasCod: false };

  it('delay value to other accounts by an hour, and nothing else', () => {
    expect(timesOf(way, NOW).deliverAtMs).toBe(NOW + HOUR_MS);
    expect(timesOf({ ...way, hasValue: false }, NOW).deliverAtMs).toBe(NOW);
    expect(timesOf({ ...way, to: way.from }, NOW).deliverAtMs).toBe(NOW);
  });

  it('count a life of 30 days, or 3 with payment on delivery, from the arrival on', () => {
    expect(timesOf(way, NOW).expiresAtMs).toBe(NOW + HOUR_MS + 30 * DAY_MS);
    expect(timesOf({ ...way, hasCod: true }, NOW).expiresAtMs).toBe(NOW + HOUR_MS + 3 * DAY_MS);
  });

  it('let a mail be seen from its arrival to its end, by its owner alone', () => {
    const one = mail({ deliverAtMs: NOW + 5, expiresAtMs: NOW + 10 });
    const seen = [4, 5, 9, 10].map((after) => isInBox(one, owner.characterId, NOW + after));
    expect(seen).toEqual([false, true, true, false]);
    expect(isInBox(one, sender.characterId, NOW + 6)).toBe(false);
    expect(isInBox({ ...one, status: 'DELETED' }, owner.characterId, NOW + 6)).toBe(false);
  });

  it('announce what is delayed before it can expire', () => {
    const late = mail({ isAnnounced: false, deliverAtMs: NOW + 5 });
    expect(nextStepOf(late)).toEqual({ step: 'announce', atMs: NOW + 5 });
    expect(nextStepOf({ ...late, isAnnounced: true })).toEqual({ step: 'expire', atMs: late.expiresAtMs });
    expect(nextStepOf(ended(late, 'DELETED'))).toBeUndefined();
    expect([4, 5].map((after) => dueStepOf(late, NOW + after))).toEqual([undefined, 'announce']);
    expect(dueStepOf(late, late.expiresAtMs)).toBe('expire');
  });
});

describe('taking', () => {
  it('takes out what it gives, never twice, and pays first what is due', () => {
    fc.assert(
      fc.property(mails, fc.array(wanteds, { minLength: 1, maxLength: 30 }), (begin, wishes) => {
        let now = begin;
        let [money, paid] = [0n, 0n];
        const given: number[] = [];
        for (const wanted of wishes) {
          const due = codDue(now);
          let taking: ReturnType<typeof decideTaking>;
          try {
            taking = decideTaking(now, wanted, due > 0n ? due : undefined);
          } catch {
            continue;
          }
          if (!taking) continue;
          expect(taking.cod).toBe(taking.attachments.length > 0 ? due : 0n);
          given.push(...taking.attachments.map(({ index }) => index));
          money += taking.money;
          paid += taking.cod;
          now = taken(now, taking, NOW);
          expect(now.version).toBeGreaterThan(begin.version);
        }
        expect(new Set(given).size).toBe(given.length);
        expect(given.length + attachmentsLeft(now).length).toBe(begin.attachments.length);
        expect(money + moneyLeft(now)).toBe(begin.money ?? 0n);
        expect(paid).toBe(given.length > 0 ? codDue(begin) : 0n);
      }),
    );
  });

  it('gives nothing for another amount than the one that is due', () => {
    fc.assert(
      fc.property(amounts, fc.option(amounts, { nil: undefined }), (cod, agreed) => {
        fc.pre(agreed !== cod);
        expect(() => decideTaking(mail({ cod }, 1), { kind: 'attachment', index: 0 }, agreed)).toThrow(
          expect.objectContaining({ code: 'mail.cod_unpaid', facts: { amount: cod.toString() } }),
        );
      }),
    );
  });

  it('says when just that was taken before', () => {
    const first = decideTaking(mail({ money: 5n }, 2), { kind: 'all', limit: 12 }, undefined)!;
    const empty = taken(mail({ money: 5n }, 2), first, NOW);
    for (const wanted of [{ kind: 'attachment', index: 1 }, { kind: 'money' }, { kind: 'all', limit: 3 }] as const) {
      expect(decideTaking(empty, wanted, undefined)).toBeUndefined();
    }
  });

  it.each([
    ['there is no such attachment', mail({}, 2), { kind: 'attachment', index: 2 }, 'mail.attachment_not_found'],
    ['there was no money', mail({}, 2), { kind: 'money' }, 'mail.nothing_to_take'],
    ['it is a letter', mail(), { kind: 'all', limit: 9 }, 'mail.nothing_to_take'],
    ['something is under way', mail({ settlingId: createId('txn') }, 1), { kind: 'money' }, 'mail.busy'],
  ] as const)('refuses when %s', (_why, one, wanted, code) => {
    expect(() => decideTaking(one, wanted, undefined)).toThrow(expect.objectContaining({ code }));
  });

  it('leaves in it what there is no room for', () => {
    const taking = decideTaking(mail({ money: 7n }, 5), { kind: 'all', limit: 3 }, undefined);
    expect(taking).toMatchObject({ money: 7n, stayed: [3, 4] });
    expect(taking!.attachments.map(({ index }) => index)).toEqual([0, 1, 2]);
  });
});

describe('returning', () => {
  it('brings everything that is left to the sender, once, and asks no payment of them', () => {
    fc.assert(
      fc.property(mails, (one) => {
        fc.pre(!one.isReturned);
        expect(requireReturnable(one)).toEqual(sender);
        const back = returned(one, NOW + DAY_MS);
        expect(back.owner).toEqual({ accountId: sender.accountId, characterId: sender.characterId });
        expect(attachmentsLeft(back)).toEqual(attachmentsLeft(one));
        expect(moneyLeft(back)).toBe(moneyLeft(one));
        expect(codDue(back)).toBe(0n);
        expect(back.isCounted).toBe(false);
        expect(() => requireReturnable(back)).toThrow(expect.objectContaining({ code: 'mail.not_returnable' }));
      }),
    );
  });

  it('is not for mail by the game', () => {
    expect(() => requireReturnable(mail({ from: undefined, template: 'inventory.overflow' }))).toThrow(
      expect.objectContaining({ code: 'mail.not_returnable' }),
    );
  });
});

describe('deleting', () => {
  it('is for mail that holds nothing', () => {
    fc.assert(
      fc.property(mails, (one) => {
        if (holdsValue(one)) {
          expect(() => requireDeletable(one)).toThrow(expect.objectContaining({ code: 'mail.not_empty' }));
        } else expect(() => requireDeletable(one)).not.toThrow();
      }),
    );
  });
});

describe('the end', () => {
  it('brings value back once, and then to the sinks', () => {
    const full = mail({ money: 5n }, 2);
    expect(decideExpiry(full, true)).toBe('return');
    expect(decideExpiry(full, false)).toBe('destroy');
    expect(decideExpiry(returned(full, NOW), true)).toBe('destroy');
    expect(decideExpiry(mail(), true)).toBe('close');
  });

  it('waits longer for what the game owes, a bounded number of times', () => {
    let owed = mail({ from: undefined, template: 'inventory.overflow' }, 1);
    const lives = [];
    for (let step = decideExpiry(owed, true); step === 'extend'; step = decideExpiry(owed, true)) {
      owed = extended(owed);
      lives.push((owed.expiresAtMs - NOW) / DAY_MS);
    }
    expect(lives).toEqual([60]);
    expect(decideExpiry(owed, true)).toBe('destroy');
  });
});
