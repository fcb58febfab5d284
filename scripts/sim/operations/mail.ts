import type { Act, SeenMail, Stage } from '../stage.ts';

function agreement({ cod, codPaidAtMs }: SeenMail): { readonly cod?: string } {
  return cod !== undefined && codPaidAtMs === undefined ? { cod } : {};
}

const send: Act = {
  name: 'send',
  async perform(stage, me) {
    const items = stage.bag(me).filter(({ templateId }) => templateId !== 'dockhand-boots');
    const chosen = [stage.pick(items), stage.pick(items)].flatMap((item) => (item ? [item] : []));
    const parts = [...new Map(chosen.map((item) => [item.itemId, item])).values()].map(({ itemId, count }) => ({
      itemId,
      ...(count > 1 && stage.random.percent(40) ? { count: stage.random.int(1, count - 1) } : {}),
    }));
    const to = [{ characterId: stage.player(stage.other(me)).characterId }];
    const isCod = parts.length > 0 && stage.random.percent(30);
    const value = isCod ? { cod: '40' } : stage.random.percent(60) ? { money: String(stage.random.int(1, 300)) } : {};
    const body = { to, subject: 'Parts', items: parts, ...value };
    await stage.call(me, 'mail.send', { body }, { body: { ...body, subject: 'Other parts' } });
  },
};

const takeAll: Act = {
  name: 'take-all',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me));
    if (!mail) return;
    const params = { mailId: mail.mailId };
    await stage.call(me, 'mail.take-all', { params, body: agreement(mail) }, { body: { cod: '7' } });
  },
};

const takeOne: Act = {
  name: 'take-one',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me));
    const count = mail ? (JSON.parse(mail.attachments) as unknown[]).length : 0;
    if (!mail || count === 0) return;
    const params = { mailId: mail.mailId, index: String(stage.random.int(0, count - 1)) };
    await stage.call(me, 'mail.take-attachment', { params, body: agreement(mail) }, { body: { cod: '7' } });
  },
};

/** Pays on delivery: takes a mail that costs something. */
const payOnDelivery: Act = {
  name: 'pay-on-delivery',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me).filter((one) => agreement(one).cod !== undefined));
    if (mail) await stage.call(me, 'mail.take-all', { params: { mailId: mail.mailId }, body: agreement(mail) });
  },
};

const takeMoney: Act = {
  name: 'take-money',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me).filter(({ money }) => money !== undefined));
    if (mail) await stage.call(me, 'mail.take-money', { params: { mailId: mail.mailId } });
  },
};

const sendBack: Act = {
  name: 'return',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me));
    if (mail) await stage.call(me, 'mail.return-to-sender', { params: { mailId: mail.mailId } });
  },
};

const remove: Act = {
  name: 'remove-mail',
  async perform(stage: Stage, me) {
    const mail = stage.pick(stage.mails(me));
    if (mail) await stage.call(me, 'mail.remove', { params: { mailId: mail.mailId } });
  },
};

export const mailActs: readonly Act[] = [send, takeAll, takeOne, payOnDelivery, takeMoney, sendBack, remove];
