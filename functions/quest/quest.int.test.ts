import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NPC_DIED } from '#events/combat.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { QUEST_COMPLETED, QUEST_OBJECTIVES_COMPLETED } from '#events/quest.ts';
import { ZONE_CHANGED } from '#events/zone.ts';
import { itemsOf, mintItems } from '#functions/inventory/public.ts';
import { initialProgression, levelOf, progressionOf } from '#functions/progression/public.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { clock, DAY_MS, MINUTE_MS, toIso } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { abandonQuest, acceptQuest, completeQuest, listQuests, talk } from './contract.ts';
import { handler as abandonHandler } from './endpoints/abandon-quest.ts';
import { handler as acceptHandler } from './endpoints/accept-quest.ts';
import { handler as completeHandler } from './endpoints/complete-quest.ts';
import { handler as listHandler } from './endpoints/list-quests.ts';
import { handler as talkHandler } from './endpoints/talk.ts';
import { balance } from './rules.ts';
import { readLog, readRun, saveLogWrite } from './store.ts';

type Player = Actor & { readonly characterId: CharacterId };

describe('quests', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());

  const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  const key = () => createId('opr');

  async function tell(...events: DomainEvent[]): Promise<void> {
    await operation().commit({ events });
    await world.deliver({ twice: true });
  }

  /** A live session with a new character that has earned this much experience. */
  async function player(xp = 0): Promise<Player> {
    const characterId = createId('chr');
    const actor = await world.openSession(world.actor({ characterId }));
    const { accountId } = actor;
    await operation().commit(initialProgression({ characterId, accountId, classId: 'gunhand' }).changes);
    const rewards = { experience: xp, items: [], currencies: [] };
    const data = { accountId, characterId, questId: 'before-the-test', rewards };
    if (xp > 0) await tell(event(QUEST_COMPLETED, { aggregateId: characterId, aggregateSeq: 1, data }));
    return { ...actor, characterId };
  }

  function kill(npcKind: string, ...earners: Player[]): DomainEvent {
    return event(NPC_DIED, {
      aggregateId: createId('cbt'),
      aggregateSeq: 1,
      data: {
        killId: 'glasswater-docks.1.1',
        zoneId: 'glasswater-docks',
        epoch: 1,
        combatId: createId('cbt'),
        npcKind,
        npcLevel: 1,
        npcRank: 'normal',
        spawnId: 'drones-slipway.1',
        position: { x: 1, y: 1 },
        killedAt: toIso(clock.nowMs()),
        eligible: earners.map(({ accountId, characterId }) => ({
          accountId,
          characterId,
          level: 1,
          damageShare: 1 / earners.length,
        })),
        topDamager: earners[0]!.characterId,
      },
    });
  }

  function pickUp({ accountId, characterId }: Player, templateId: string, count = 1): DomainEvent {
    const drop = { zoneId: 'glasswater-docks', dropId: createId('drp'), slotIndex: 0 };
    const item = { itemId: createId('itm'), templateId, quality: 'common', count } as const;
    const data = { ...item, ...drop, accountId, characterId };
    return event(ITEM_PICKED_UP, { aggregateId: data.dropId, aggregateSeq: 2, data });
  }

  function arrive({ accountId, sessionId, characterId }: Player, zoneId: string): DomainEvent {
    const data = { accountId, sessionId, characterId, zoneId, epoch: 1 };
    return event(ZONE_CHANGED, { aggregateId: characterId, aggregateSeq: 1, data });
  }

  const accept = (actor: Player, questId: string, idempotencyKey: string = key()) =>
    world.call(acceptHandler, acceptQuest, { actor, params: { questId }, idempotencyKey });
  const say = (actor: Player, questId: string, body: unknown, idempotencyKey: string = key()) =>
    world.call(talkHandler, talk, { actor, params: { questId }, body, idempotencyKey });
  const complete = (actor: Player, questId: string, body: unknown = {}, idempotencyKey: string = key()) =>
    world.call(completeHandler, completeQuest, { actor, params: { questId }, body, idempotencyKey });
  const abandon = (actor: Player, questId: string) =>
    world.call(abandonHandler, abandonQuest, { actor, params: { questId }, idempotencyKey: key() });
  const list = (actor: Player, query: Record<string, string> = {}) =>
    world.call(listHandler, listQuests, { actor, query });

  const told = (actor: Player, name: string) =>
    world.events.filter(
      ({ name: one, data }) => one === name && (data as { characterId?: string }).characterId === actor.characterId,
    );
  const completedBy = (actor: Player) =>
    told(actor, 'QUEST_COMPLETED').map(({ data }) => (data as { questId: string }).questId);
  const held = async (actor: Player) =>
    (await itemsOf(actor.characterId)).map(({ templateId, count }) => `${count} ${templateId}`).sort();

  /** Accepts the first quest and finishes it. */
  async function finishFirstSalvage(actor: Player): Promise<void> {
    await accept(actor, 'first-salvage');
    await tell(kill('salvage-drone', actor), pickUp(actor, 'drone-memory-core'));
  }

  /** Expects a refusal that changes nothing. */
  async function expectRefusal(call: () => Promise<CallResult>, status: number, code: string): Promise<void> {
    const before = await world.snapshot();
    const reply = await call();
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(await world.snapshot()).toEqual(before);
  }

  describe('the log', () => {
    it('offers what suits level and history, and shows what is under way', async () => {
      const actor = await player();
      const statuses = async (query: Record<string, string> = {}) =>
        (await list(actor, query)).body.quests.map(({ questId, status }: Record<string, string>) => [questId, status]);
      expect(await statuses()).toEqual([
        ['first-salvage', 'available'],
        ['lay-of-the-land', 'available'],
        ['wake-the-relays', 'available'],
        ['sealed-stores', 'available'],
      ]);
      const accepted = await accept(actor, 'first-salvage');
      expect(accepted.status).toBe(201);
      expect(accepted.body).toMatchObject({
        status: 'active',
        periodKey: null,
        objectives: [
          { objectiveId: 'break-a-drone', count: 0, target: 1 },
          { objectiveId: 'take-its-core', count: 0, target: 1 },
        ],
        dialogue: { nodeId: 'marlow-hello', speaker: 'Old Marlow' },
      });
      expect(accepted.text).not.toContain('seed');
      expect(await statuses()).toContainEqual(['first-salvage', 'active']);
      expect(await statuses({ status: 'available' })).toEqual(
        ['lay-of-the-land', 'wake-the-relays', 'sealed-stores'].map((id) => [id, 'available']),
      );
      await world.deliver();
      expect(told(actor, 'QUEST_STARTED')).toHaveLength(1);
      expect(told(actor, 'DIALOGUE_NODE_REACHED').map(({ data }) => data)).toMatchObject([{ nodeId: 'marlow-hello' }]);
    });

    it('gives pages that together hold every quest once', async () => {
      const actor = await player(60_000);
      await finishFirstSalvage(actor);
      const whole = (await list(actor)).body.quests.map((quest: { questId: string }) => quest.questId);
      expect(whole.length).toBeGreaterThanOrEqual(3);
      const paged: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = (await list(actor, { limit: '1', ...(cursor ? { cursor } : {}) })).body;
        paged.push(...page.quests.map((quest: { questId: string }) => quest.questId));
        cursor = page.nextCursor;
        if (!cursor) break;
      }
      expect(paged).toEqual(whole);
    });

    it('refuses a cursor that is none', async () => {
      const actor = await player();
      expect((await list(actor, { cursor: 'bm9uc2Vuc2U' })).body.code).toBe('request.invalid');
    });
  });

  describe('accepting', () => {
    it('replays the first reply to the same key, and takes one place in the log', async () => {
      const actor = await player();
      const first = await accept(actor, 'first-salvage', 'accept-once-01');
      expect((await accept(actor, 'first-salvage', 'accept-once-01')).text).toBe(first.text);
      expect((await readLog(actor.characterId)).active).toBe(1);
    });

    it('takes one place however many calls race', async () => {
      const actor = await player();
      const replies = await Promise.all(Array.from({ length: 4 }, () => accept(actor, 'first-salvage')));
      expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
      expect((await readLog(actor.characterId)).active).toBe(1);
    });

    it('is refused for an unknown quest, at too low a level, before a prerequisite, and twice', async () => {
      const actor = await player();
      await expectRefusal(() => accept(actor, 'no-such-quest'), 404, 'quest.not_found');
      await expectRefusal(() => accept(actor, 'signal-in-the-salt'), 409, 'quest.level_too_low');
      const strong = await player(60_000);
      await expectRefusal(() => accept(strong, 'signal-in-the-salt'), 409, 'quest.prerequisite_missing');
      await accept(actor, 'first-salvage');
      await expectRefusal(() => accept(actor, 'first-salvage'), 409, 'quest.already_accepted');
    });

    it('is refused when the log is full', async () => {
      const actor = await player();
      const log = await readLog(actor.characterId);
      await operation().commit({ writes: [saveLogWrite(log, balance.logCapacity)] });
      await expectRefusal(() => accept(actor, 'first-salvage'), 409, 'quest.log_full');
    });

    it('is refused for a character that does not exist', async () => {
      const actor = { ...world.actor(), characterId: createId('chr') };
      await expectRefusal(() => accept(actor, 'first-salvage'), 404, 'request.not_found');
    });
  });

  describe('a quest that rewards by itself', () => {
    it('is rewarded once, with items and experience, when its objectives are done', async () => {
      const actor = await player();
      await finishFirstSalvage(actor);
      expect(await held(actor)).toEqual(['3 stitch-spray']);
      expect(await levelOf(actor.characterId)).toBe(2);
      expect(told(actor, 'QUEST_OBJECTIVES_COMPLETED')).toHaveLength(1);
      expect(told(actor, 'QUEST_COMPLETED').map(({ data }) => data)).toMatchObject([
        {
          accountId: actor.accountId,
          questId: 'first-salvage',
          rewards: { experience: 400, items: [{ templateId: 'stitch-spray', quality: 'common', count: 3 }] },
        },
      ]);
      expect(await readRun(actor.characterId, 'first-salvage')).toBeUndefined();
      expect((await readLog(actor.characterId)).active).toBe(0);
      await expectRefusal(() => accept(actor, 'first-salvage'), 409, 'quest.already_rewarded');
    });

    it('does not move by what happened before it was accepted', async () => {
      const actor = await player();
      const earlier = kill('salvage-drone', actor);
      await operation().commit({ events: [earlier] });
      world.clock.advance(MINUTE_MS);
      await accept(actor, 'first-salvage');
      await world.deliver();
      expect((await readRun(actor.characterId, 'first-salvage'))?.counters).toEqual({});
    });

    it('credits everybody who earned the kill', async () => {
      const group = await Promise.all(Array.from({ length: 3 }, () => player()));
      for (const actor of group) await accept(actor, 'first-salvage');
      await tell(kill('salvage-drone', group[0]!, group[1]!, group[2]!));
      for (const actor of group) {
        expect((await readRun(actor.characterId, 'first-salvage'))?.counters).toEqual({ 'break-a-drone': 1 });
      }
    });

    it('stays complete, and is not rewarded, while the bag is full', async () => {
      const actor = await player();
      const fill = { holder: actor.characterId, origin: 'starting', source: ['fill', actor.characterId] } as const;
      const { changes } = await mintItems({
        ...fill,
        items: [{ templateId: 'tarpaulin-coat', count: 40 }],
        nowMs: clock.nowMs(),
      });
      await operation().commit(changes);
      await finishFirstSalvage(actor);
      expect((await readRun(actor.characterId, 'first-salvage'))?.state).toBe('COMPLETE');
      expect(told(actor, 'QUEST_COMPLETED')).toHaveLength(0);
      await expectRefusal(() => complete(actor, 'first-salvage'), 409, 'quest.bag_full');
    });

    it('counts a visited zone', async () => {
      const actor = await player(60_000);
      await finishFirstSalvage(actor);
      await accept(actor, 'borrowed-badges');
      await say(actor, 'borrowed-badges', { action: 'choose', nodeId: 'oduya-hello', choiceId: 'ask-around' });
      await say(actor, 'borrowed-badges', { action: 'choose', nodeId: 'oduya-slow', choiceId: 'report-back' });
      await tell(pickUp(actor, 'tidewatch-warrant', 5));
      await complete(actor, 'borrowed-badges', { choice: 'lattice-cortex' });
      expect((await accept(actor, 'up-the-lift')).status).toBe(201);
      await tell(arrive(actor, 'null-cathedral'));
      expect(await readRun(actor.characterId, 'up-the-lift')).toMatchObject({ state: 'ACTIVE' });
      await tell(arrive(actor, 'ember-terraces'));
      expect(completedBy(actor)).toContain('up-the-lift');
    });
  });

  describe('turning in', () => {
    /** A character with the daily weapon quest finished. */
    async function withWeapons(): Promise<Player> {
      const actor = await player(5_000);
      await finishFirstSalvage(actor);
      await accept(actor, 'arsenal-of-the-poor');
      await tell(pickUp(actor, 'rebar-cleaver', 10));
      return actor;
    }

    it('gives the chosen reward, once for the day, and again on the next', async () => {
      const actor = await withWeapons();
      const { xp } = (await progressionOf(actor.characterId))!;
      const reply = await complete(actor, 'arsenal-of-the-poor', { choice: 'servo-joint' }, 'turn-in-key-01');
      expect(reply.status).toBe(200);
      expect(reply.body.periodKey).toMatch(/^daily-/);
      expect(await held(actor)).toEqual(['2 jitter-patch', '3 stitch-spray', '5 servo-joint']);
      await world.deliver({ twice: true });
      expect((await progressionOf(actor.characterId))?.xp).toBe(xp + 500);

      const again = await complete(actor, 'arsenal-of-the-poor', { choice: 'servo-joint' }, 'turn-in-key-01');
      expect(again.text).toBe(reply.text);
      await expectRefusal(() => accept(actor, 'arsenal-of-the-poor'), 409, 'quest.already_rewarded');
      world.clock.advance(DAY_MS);
      expect((await accept(actor, 'arsenal-of-the-poor')).status).toBe(201);
      expect(completedBy(actor)).toEqual(['before-the-test', 'first-salvage', 'arsenal-of-the-poor']);
    });

    it('refuses another body under a used key', async () => {
      const actor = await withWeapons();
      await complete(actor, 'arsenal-of-the-poor', { choice: 'servo-joint' }, 'turn-in-key-02');
      await expectRefusal(
        () => complete(actor, 'arsenal-of-the-poor', { choice: 'scrap-alloy' }, 'turn-in-key-02'),
        409,
        'request.idempotency_mismatch',
      );
    });

    it('rewards once however many calls race', async () => {
      const actor = await withWeapons();
      const choice = 'scrap-alloy';
      const replies = await Promise.all(
        Array.from({ length: 4 }, () => complete(actor, 'arsenal-of-the-poor', { choice })),
      );
      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
      expect(await held(actor)).toEqual(['2 jitter-patch', '3 stitch-spray', '40 scrap-alloy']);
    });

    it('is refused before it is finished, without a choice, for another choice, and with unknown fields', async () => {
      const actor = await withWeapons();
      const other = await player();
      await accept(other, 'first-salvage');
      const quest = 'arsenal-of-the-poor';
      await expectRefusal(() => complete(actor, quest), 409, 'quest.choice_required');
      await expectRefusal(() => complete(actor, quest, { choice: 'first-light' }), 409, 'quest.choice_unknown');
      await expectRefusal(() => complete(actor, quest, { choice: 'servo-joint', twice: 1 }), 400, 'request.invalid');
      await expectRefusal(() => complete(actor, 'no-such-quest'), 404, 'quest.not_found');
      await expectRefusal(() => complete(other, 'first-salvage'), 409, 'quest.not_complete');
    });

    it('is refused to a character whose quest it is not', async () => {
      await withWeapons();
      const stranger = await player();
      const turnIn = () => complete(stranger, 'arsenal-of-the-poor', { choice: 'servo-joint' });
      await expectRefusal(turnIn, 409, 'quest.not_active');
    });

    it('is refused when the session has ended', async () => {
      const { accountId, characterId, roles } = await withWeapons();
      const elsewhere = { accountId, characterId, roles, sessionId: createId('ses') };
      await expectRefusal(
        () => complete(elsewhere, 'arsenal-of-the-poor', { choice: 'servo-joint' }),
        401,
        'auth.session_ended',
      );
    });

    it('ignores a claim that the objectives are done when they are not', async () => {
      const actor = await player();
      await accept(actor, 'first-salvage');
      const { accountId, characterId } = actor;
      const data = { accountId, characterId, questId: 'first-salvage', autoComplete: true };
      await tell(event(QUEST_OBJECTIVES_COMPLETED, { aggregateId: characterId, aggregateSeq: 9, data }));
      expect(await held(actor)).toEqual([]);
      expect(await readRun(characterId, 'first-salvage')).toMatchObject({ state: 'ACTIVE' });
    });
  });

  describe('talking', () => {
    it('passes or fails a skill check the same way however often it is asked, and tells of a success', async () => {
      const actor = await player();
      await accept(actor, 'first-salvage');
      const choice = { action: 'choose', nodeId: 'marlow-hello', choiceId: 'read-the-crane' };
      const first = await say(actor, 'first-salvage', choice);
      const { check, quest } = first.body;
      expect(check.total).toBe(1 + 8 + check.roll);
      expect(check.passed).toBe(check.total >= 18);
      expect(quest.dialogue.nodeId).toBe(check.passed ? 'marlow-impressed' : 'marlow-shrugs');
      await say(actor, 'first-salvage', { action: 'open' });
      expect((await say(actor, 'first-salvage', choice)).body.check).toEqual(check);
      await world.deliver();
      expect(told(actor, 'SKILL_CHECK_PASSED')).toHaveLength(check.passed ? 2 : 0);
    });

    it('counts a node that an objective asks for', async () => {
      const actor = await player(60_000);
      await finishFirstSalvage(actor);
      await accept(actor, 'signal-in-the-salt');
      await say(actor, 'signal-in-the-salt', { action: 'choose', nodeId: 'ilex-hello', choiceId: 'be-patient' });
      const reply = await say(actor, 'signal-in-the-salt', { action: 'choose', nodeId: 'ilex-doubt', choiceId: 'sit' });
      expect(reply.body.quest.objectives[0]).toMatchObject({ objectiveId: 'hear-her-out', count: 1 });
      await world.deliver();
      const reached = told(actor, 'DIALOGUE_NODE_REACHED').map(({ data }) => (data as { nodeId: string }).nodeId);
      expect(reached.sort()).toEqual(['ilex-doubt', 'ilex-hello', 'ilex-truth', 'marlow-hello']);
    });

    it('is refused where the talk is not, for unknown choices, and before the quest is accepted', async () => {
      const actor = await player();
      const at = (nodeId: string, choiceId: string) => () =>
        say(actor, 'first-salvage', { action: 'choose', nodeId, choiceId });
      await expectRefusal(at('marlow-hello', 'ask-pay'), 409, 'quest.not_active');
      await accept(actor, 'first-salvage');
      await expectRefusal(at('marlow-pay', 'agree'), 409, 'quest.dialogue_moved');
      await expectRefusal(at('marlow-hello', 'agree'), 409, 'quest.choice_unknown');
      await expectRefusal(() => say(actor, 'first-salvage', { action: 'shout' }), 400, 'request.invalid');
      await expectRefusal(() => say(actor, 'first-salvage', { action: 'open', nodeId: 'x1' }), 400, 'request.invalid');
    });

    it('is refused where nobody talks', async () => {
      const actor = await player(5_000);
      await finishFirstSalvage(actor);
      await accept(actor, 'arsenal-of-the-poor');
      await expectRefusal(() => say(actor, 'arsenal-of-the-poor', { action: 'open' }), 409, 'quest.no_dialogue');
    });
  });

  describe('giving up', () => {
    it('frees the place, loses the progress, tells of it, and lets the quest be accepted anew', async () => {
      const actor = await player();
      await accept(actor, 'first-salvage');
      await tell(kill('salvage-drone', actor));
      expect((await abandon(actor, 'first-salvage')).status).toBe(204);
      expect((await readLog(actor.characterId)).active).toBe(0);
      await world.deliver();
      expect(told(actor, 'QUEST_FAILED').map(({ data }) => data)).toMatchObject([
        { questId: 'first-salvage', reason: 'abandoned' },
      ]);
      expect((await accept(actor, 'first-salvage')).body.objectives[0].count).toBe(0);
    });

    it('is refused for a quest that was not accepted', async () => {
      const actor = await player();
      await expectRefusal(() => abandon(actor, 'first-salvage'), 409, 'quest.not_active');
      await expectRefusal(() => abandon(actor, 'no-such-quest'), 404, 'quest.not_found');
    });
  });
});
