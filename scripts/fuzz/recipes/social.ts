import { NPC_DIED } from '#events/combat.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Player, Stage } from '../stage.ts';
import { commit, type Recipe } from './recipe.ts';

const ENOUGH_FOR_POINTS = 5_000;

/** Experience as a quest would give it: levels, and points to spend. */
export async function experienced(stage: Stage, { actor }: Player): Promise<void> {
  const { accountId, characterId } = actor;
  const rewards = { experience: ENOUGH_FOR_POINTS, items: [], currencies: [] };
  const data = { accountId, characterId, questId: 'before-the-test', rewards };
  await commit({ events: [event(QUEST_COMPLETED, { aggregateId: characterId, aggregateSeq: 1, data })] });
  await stage.world.deliver();
}

function droneKill(stage: Stage, { actor }: Player) {
  const { accountId, characterId } = actor;
  return event(NPC_DIED, {
    aggregateId: createId('cbt'),
    aggregateSeq: 1,
    data: {
      killId: 'glasswater-docks.1.1',
      zoneId: 'glasswater-docks',
      epoch: 1,
      combatId: createId('cbt'),
      npcKind: 'salvage-drone',
      npcLevel: 1,
      npcRank: 'normal',
      spawnId: 'drones-slipway.1',
      position: { x: 1, y: 1 },
      killedAt: toIso(stage.world.clock.nowMs()),
      eligible: [{ accountId, characterId, level: 1, damageShare: 1 }],
      topDamager: characterId,
    },
  });
}

function pickUp({ actor }: Player, templateId: string, count: number) {
  const { accountId, characterId } = actor;
  const dropId = createId('drp');
  const item = { itemId: createId('itm'), templateId, quality: 'common', count } as const;
  const data = { ...item, zoneId: 'glasswater-docks', dropId, slotIndex: 0, accountId, characterId };
  return event(ITEM_PICKED_UP, { aggregateId: dropId, aggregateSeq: 2, data });
}

/** What play and other players bring about. */
export const socialRecipes: readonly Recipe[] = [
  {
    name: 'Ana has points to spend',
    prepare: async (stage) => {
      await experienced(stage, stage.player('ana'));
      return undefined;
    },
  },
  {
    name: 'Cyd has quests under way, one of them done',
    endpoints: ['quest.complete-quest'],
    prepare: async (stage) => {
      const cyd = stage.player('cyd');
      await experienced(stage, cyd);
      await stage.must('quest.accept-quest', { params: { questId: 'first-salvage' } }, cyd.actor);
      await commit({ events: [droneKill(stage, cyd), pickUp(cyd, 'drone-memory-core', 1)] });
      await stage.world.deliver();
      for (const questId of ['arsenal-of-the-poor', 'signal-in-the-salt']) {
        await stage.must('quest.accept-quest', { params: { questId } }, cyd.actor);
      }
      await commit({ events: [pickUp(cyd, 'rebar-cleaver', 10)] });
      await stage.world.deliver();
      return { caller: 'cyd', values: { questId: ['arsenal-of-the-poor'], choice: ['servo-joint', 'scrap-alloy'] } };
    },
  },
  {
    name: 'Dov has a quest that begins with a talk',
    endpoints: ['quest.talk', 'quest.abandon-quest'],
    prepare: async (stage) => {
      const dov = stage.player('dov');
      const questId = 'signal-in-the-salt';
      await experienced(stage, dov);
      await stage.must('quest.accept-quest', { params: { questId: 'first-salvage' } }, dov.actor);
      await commit({ events: [droneKill(stage, dov), pickUp(dov, 'drone-memory-core', 1)] });
      await stage.world.deliver();
      await stage.must('quest.accept-quest', { params: { questId } }, dov.actor);
      const opened = await stage.must('quest.talk', { params: { questId }, body: { action: 'open' } }, dov.actor);
      dov.pool.harvest(opened.body);
      return { caller: 'dov', values: { questId: [questId] } };
    },
  },
  {
    name: 'Dov has asked Ana to be friends',
    endpoints: ['friend.accept', 'friend.decline'],
    prepare: async (stage) => {
      const [ana, dov] = [stage.player('ana'), stage.player('dov')];
      await stage.must('friend.request', { body: { accountId: ana.actor.accountId } }, dov.actor);
      return { values: { accountId: [dov.actor.accountId] } };
    },
  },
  {
    name: 'Ana and Cyd are friends',
    endpoints: ['friend.remove'],
    prepare: async (stage) => {
      const [ana, cyd] = [stage.player('ana'), stage.player('cyd')];
      await stage.must('friend.request', { body: { accountId: cyd.actor.accountId } }, ana.actor);
      await stage.must('friend.accept', { params: { accountId: ana.actor.accountId } }, cyd.actor);
      return { values: { accountId: [cyd.actor.accountId] } };
    },
  },
  {
    name: 'Ana has blocked the operator',
    endpoints: ['friend.unblock'],
    prepare: async (stage) => {
      const { accountId } = stage.player('boss').actor;
      await stage.must('friend.block', { body: { accountId } }, stage.player('ana').actor);
      return { values: { accountId: [accountId] } };
    },
  },
  {
    name: 'strangers are there to be asked, and blocked',
    endpoints: ['friend.request', 'friend.block'],
    prepare: async (stage) => {
      const [bob, eve] = [stage.player('bob'), stage.player('eve')];
      return { values: { accountId: [eve.actor.accountId, bob.actor.accountId], characterName: ['Runeve', 'Runbob'] } };
    },
  },
];
