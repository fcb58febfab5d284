import { SOFT_CURRENCY } from '#content/currencies.ts';
import type { Act, SeenItem, Stage } from '../stage.ts';

/** Staff take from a player, or give: `me` is the one whom it befalls. */
async function clawBack(stage: Stage, me: number, what: Readonly<Record<string, unknown>>): Promise<void> {
  const body = { characterId: stage.player(me).characterId, ...what, reason: 'It was duplicated' };
  await stage.callAsStaff('custody.claw-back', { body }, { body: { ...body, reason: 'For another reason' } });
}

function part(stage: Stage, { itemId, count }: SeenItem): { readonly itemId: string; readonly count?: number } {
  return { itemId, ...(count > 1 && stage.random.percent(50) ? { count: stage.random.int(1, count - 1) } : {}) };
}

const takeBack: Act = {
  name: 'claw-back',
  async perform(stage, me) {
    const items = [stage.pick(stage.bag(me)), stage.pick(stage.bag(me))].flatMap((item) => (item ? [item] : []));
    const parts = [...new Map(items.map((item) => [item.itemId, item])).values()].map((item) => part(stage, item));
    const amount = String(stage.random.int(1, 400));
    const money = stage.random.percent(60) ? [{ currency: SOFT_CURRENCY, amount }] : [];
    if (parts.length + money.length > 0) await clawBack(stage, me, { items: parts, money });
  },
};

/** What lies in a mail, or waits with a vendor to be bought back, goes as whole stacks. */
const takeFromAfar: Act = {
  name: 'claw-back-from-afar',
  async perform(stage, me) {
    const attached = stage
      .mails(me)
      .flatMap(({ attachments }) => JSON.parse(attachments) as { readonly itemId: string }[]);
    const item = stage.pick([...attached, ...stage.sales(me)]);
    if (item) await clawBack(stage, me, { items: [{ itemId: item.itemId }] });
  },
};

/** Money that lies in a mail, alone or with some that its owner has. */
const takeMailedMoney: Act = {
  name: 'claw-back-mailed-money',
  async perform(stage, me) {
    const mail = stage.pick(stage.mails(me).filter(({ money }) => money !== undefined));
    const money = stage.random.percent(30) ? [{ currency: SOFT_CURRENCY, amount: '25' }] : [];
    if (mail) await clawBack(stage, me, { mails: [mail.mailId], money });
  },
};

/** New things and money, and maybe something that the player has destroyed. */
const grant: Act = {
  name: 'grant',
  async perform(stage, me) {
    const lost = stage.pick(stage.lost(me));
    const body = {
      characterId: stage.player(me).characterId,
      mint: stage.random.percent(60) ? [{ templateId: 'scrap-alloy', count: stage.random.int(1, 60) }] : [],
      money: stage.random.percent(60) ? [{ currency: SOFT_CURRENCY, amount: String(stage.random.int(1, 400)) }] : [],
      restore: lost ? [{ itemId: lost.itemId }] : [],
      reason: 'It was lost by our fault',
    };
    if (body.mint.length + body.money.length + body.restore.length === 0) return;
    await stage.callAsStaff('custody.grant', { body }, { body: { ...body, reason: 'For another reason' } });
  },
};

export const custodyActs: readonly Act[] = [takeBack, takeFromAfar, takeMailedMoney, grant];
