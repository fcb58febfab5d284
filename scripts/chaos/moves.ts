import { deposit, mergeStacks, sortContainer, splitStack, withdraw } from '#functions/inventory/contract-arrange.ts';
import { destroyItem, listRestorable, restoreItem } from '#functions/inventory/contract-loss.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { list, remove, send, takeAll, takeMoney } from '#functions/mail/contract.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { RestlessPlayer, Stack } from './restless-player.ts';

type Move = (player: RestlessPlayer, dice: SeededRandom) => Promise<void>;

const MOST_IN_BAG = 25;

/** A stack of more than one in a container; undefined when there is none. */
async function heap(player: RestlessPlayer, dice: SeededRandom, from: Stack['container']): Promise<Stack | undefined> {
  const heaps = (await player.stacks(from)).filter(({ count }) => count > 1);
  return heaps.length > 0 ? dice.pick(heaps) : undefined;
}

const split: Move = async (player, dice) => {
  const stack = await heap(player, dice, 'bag');
  if (!stack) return;
  const { itemId, count } = stack;
  await player.act(splitStack, { params: { itemId }, body: { count: dice.int(1, count - 1) } });
};

const merge: Move = async (player, dice) => {
  const all = await player.stacks('bag');
  const pairs = all.flatMap((one) =>
    all
      .filter((other) => other.itemId !== one.itemId && other.templateId === one.templateId)
      .map((other) => [one, other]),
  );
  if (pairs.length === 0) return;
  const [one, other] = dice.pick(pairs) as [Stack, Stack];
  await player.act(mergeStacks, { params: { itemId: one.itemId }, body: { into: other.itemId } });
};

const bank: Move = async (player, dice) => {
  const isIn = dice.percent(50);
  const stack = await heap(player, dice, isIn ? 'bag' : 'bank');
  if (!stack) return;
  const input = { params: { itemId: stack.itemId }, body: { count: dice.int(1, stack.count) } };
  await player.act(isIn ? deposit : withdraw, input);
};

const tidy: Move = async (player) => {
  if ((await player.stacks('bag')).length < MOST_IN_BAG) return;
  await player.act(sortContainer, { body: { container: 'bag' } });
};

const loseAndFind: Move = async (player, dice) => {
  const precious = (await player.stacks('bag')).filter(({ templateId }) => templateId === 'fusion-bead');
  if (precious.length > 0 && dice.percent(60)) {
    const { itemId, templateId } = dice.pick(precious);
    await player.act(destroyItem, { params: { itemId }, body: { confirm: templateId } });
  }
  const { items } = await player.read(listRestorable, { query: {} });
  if (items.length === 0) return;
  const { itemId } = dice.pick(items);
  await player.act(restoreItem, { params: { itemId } });
};

const repair: Move = async (player) => {
  const itemIds = (await player.stacks('equipment')).map(({ itemId }) => itemId);
  for (const itemId of itemIds) await player.act(repairItems, { body: { itemIds: [itemId] } });
};

const mailTwin: Move = async (player, dice) => {
  const stack = await heap(player, dice, 'bag');
  const items = stack ? [{ itemId: stack.itemId, count: dice.int(1, stack.count) }] : [];
  const to = [{ characterId: player.twin }];
  const letter = { to, subject: 'For my twin', body: 'Keep it safe', items };
  const worth = String(dice.int(1, 50));
  if (items.length > 0 && dice.percent(30)) await player.act(send, { body: { ...letter, cod: worth } });
  else await player.act(send, { body: { ...letter, money: worth } });
};

const takeMail: Move = async (player, dice) => {
  const { mails } = await player.read(list, { query: { limit: '20' } });
  if (mails.length === 0) return;
  const { mailId, cod, money, attachments } = dice.pick(mails);
  if (money === '0' && attachments === 0) {
    await player.act(remove, { params: { mailId } });
    return;
  }
  if (cod === '0' && dice.percent(30)) await player.act(takeMoney, { params: { mailId } });
  await player.act(takeAll, { params: { mailId }, body: cod === '0' ? {} : { cod } });
};

const becomeTwin: Move = (player) => player.play(player.twin);

const moves: readonly Move[] = [
  ...[split, merge, bank, bank, tidy, loseAndFind, loseAndFind, repair, becomeTwin],
  ...[mailTwin, mailTwin, takeMail, takeMail, takeMail],
];

/** One thing that a player of a character out of the world does with its possessions. */
export function nextMove(player: RestlessPlayer, dice: SeededRandom): Promise<void> {
  return dice.pick(moves)(player, dice);
}
