import { getActiveSession, openSession } from '#functions/session/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { commit } from '../cast.ts';
import { turnIns } from '../prepared-world.ts';
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

export const worldActs: readonly Act[] = [turnIn, loot, lootAll, revoke];
