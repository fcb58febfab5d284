import { getActiveSession, openSession } from '#functions/session/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { commit } from '../cast.ts';
import { turnIns } from '../props.ts';
import type { Act } from '../stage.ts';

const turnIn: Act = {
  name: 'quest',
  async perform(stage, me) {
    const { id: questId, rewards } = stage.random.pick(turnIns);
    const choices = rewards.choice ?? [];
    const body = choices.length > 0 ? { choice: stage.random.pick(choices).item } : {};
    await stage.call(
      me,
      'quest.complete-quest',
      { params: { questId }, body },
      { body: { choice: 'nothing-of-this' } },
    );
  },
};

const loot: Act = {
  name: 'pick-up',
  async perform(stage, me) {
    const params = { dropId: stage.random.pick(stage.world.dropIds), slotIndex: '0' };
    await stage.call(me, 'loot.pick-up', { params });
  },
};

const lootAll: Act = {
  name: 'pick-up-all',
  perform: (stage, me) =>
    stage.call(me, 'loot.pick-up-all', { params: { dropId: stage.random.pick(stage.world.dropIds) } }),
};

const vote: Act = {
  name: 'vote',
  async perform(stage, me) {
    const rollId = stage.random.pick(stage.world.rollIds);
    const body = { choice: stage.random.pick(['need', 'greed', 'greed', 'pass']) };
    await stage.call(me, 'loot.vote', { params: { rollId }, body });
  },
};

/** Puts something down, and two reach for it. */
const putDown: Act = {
  name: 'put-down',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me));
    if (!item) return;
    const { itemId } = item;
    const body = { itemId, ...(item.count > 1 && stage.random.percent(50) ? { count: 1 } : {}) };
    const put = await stage.call(me, 'loot.put-down', { body }, { body: { itemId, count: 2 } });
    if (put?.status !== 201) return;
    const params = { dropId: put.body.dropId as string, slotIndex: '0' };
    await Promise.all([me, stage.other(me)].map((one) => stage.call(one, 'loot.pick-up', { params })));
  },
};

/** The player's other device throws this one out, in the middle of whatever it does; then it logs in again. */
const revoke: Act = {
  name: 'revoke',
  async perform(stage, me) {
    const player = stage.player(me);
    const other = { ...player, sessionId: createId('ses') };
    const { accountId, sessionId } = other;
    await commit(
      openSession({ sessionId, accountId, deviceName: undefined, userAgent: 'sim', nowMs: stage.scheduler.nowMs }),
    );
    await stage.revoke(other, player.sessionId);
    // Of two devices that do so at once one may find that it was thrown out itself.
    if (!(await getActiveSession(stage.player(me).sessionId))) await stage.logInAgain(me).catch(() => {});
  },
};

export const worldActs: readonly Act[] = [turnIn, loot, lootAll, vote, putDown, revoke];
