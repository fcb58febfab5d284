import { SOFT_CURRENCY } from '#content/currencies.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { give } from '#shared/testing/traders.ts';
import type { Player, Stage } from '../stage.ts';
import { type Recipe, unproven } from './recipe.ts';

/** More money than all cases together spend: what the ledger has decided is not put back. */
async function fund({ actor: { characterId } }: Player): Promise<void> {
  const amount = 1_000_000_000n;
  const leg = { currency: SOFT_CURRENCY, from: 'system.faucet.quest', to: characterId, amount } as const;
  const id = createId('txn');
  await ledger().settle({ id, requestHash: id, kind: 'test', reason: 'fuzz', legs: [leg] });
}

/** Two new players with money, of whom the first has two stacks. */
async function correspondents(stage: Stage, names: readonly [string, string]) {
  const [writer, reader] = [await stage.cast(names[0]), await stage.cast(names[1])];
  await fund(writer);
  await fund(reader);
  const stacks = await give(stage.world, writer.actor, ['scrap-alloy', 40], ['noodle-bowl', 5]);
  return { writer, reader, stacks };
}

async function mailed(
  stage: Stage,
  names: readonly [string, string],
  value: { readonly money?: string; readonly cod?: string; readonly items?: true },
) {
  const { writer, reader, stacks } = await correspondents(stage, names);
  const { items: withItems, ...amounts } = value;
  const body = {
    to: [{ characterId: reader.actor.characterId }],
    subject: 'Parts',
    body: 'As agreed.',
    ...(withItems ? { items: stacks.map((itemId: ItemId) => ({ itemId })) } : {}),
    ...amounts,
  };
  const sent = await stage.must('mail.send', { body }, writer.actor);
  const { mailId } = (sent.body as { mails: { mailId: string }[] }).mails[0]!;
  stage.world.clock.advance(mailRules.valueDelayMs);
  return { mailId, reader: names[1] };
}

/** Who writes to whom, and what lies in boxes. */
export const mailRecipes: readonly Recipe[] = [
  {
    name: 'Oda has money and goods to send',
    endpoints: ['mail.send'],
    prepare: async (stage) => {
      const { reader, stacks } = await correspondents(stage, ['oda', 'pim']);
      return {
        caller: 'oda',
        values: {
          characterId: [reader.actor.characterId],
          characterName: ['Runpim'],
          subject: ['Parts', 'Hello'],
          body: ['As agreed.'],
          itemId: stacks,
          count: [1, 2],
          money: ['1', '50', String(mailRules.stepUpAboveMinor + 1n)],
          cod: ['1', '50'],
        },
      };
    },
  },
  {
    name: 'Wren, who has proven nothing, has money and goods on both sides of what takes a step-up',
    endpoints: ['mail.send'],
    isAlternative: true,
    prepare: async (stage) => {
      const { writer, reader, stacks } = await correspondents(stage, ['wren', 'zoe']);
      const { stepUpAboveMinor } = mailRules;
      const amounts = [-1n, 0n, 1n, 30_000n].map((more) => String(stepUpAboveMinor + more));
      return {
        caller: 'wren',
        actor: await unproven(stage, writer),
        values: {
          characterId: [reader.actor.characterId],
          characterName: ['Runzoe'],
          subject: ['Parts'],
          body: ['As agreed.'],
          itemId: stacks,
          money: amounts,
          cod: amounts,
        },
      };
    },
  },
  {
    name: 'Quin has a letter',
    endpoints: ['mail.view', 'mail.mark-read', 'mail.remove'],
    prepare: async (stage) => {
      const { mailId } = await mailed(stage, ['ren', 'quin'], {});
      return { caller: 'quin', values: { mailId: [mailId] } };
    },
  },
  {
    name: 'Sol has items and money in the mail',
    endpoints: ['mail.take-money', 'mail.take-attachment', 'mail.return-to-sender'],
    prepare: async (stage) => {
      const { mailId } = await mailed(stage, ['tam', 'sol'], { items: true, money: '70' });
      return { caller: 'sol', values: { mailId: [mailId], index: ['0', '1'] } };
    },
  },
  {
    name: 'Uma has something to pay for',
    endpoints: ['mail.take-all'],
    prepare: async (stage) => {
      const { mailId } = await mailed(stage, ['viv', 'uma'], { items: true, cod: '40' });
      return { caller: 'uma', values: { mailId: [mailId], cod: ['40'] } };
    },
  },
];
