import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARACTER_PURGED } from '#events/character.ts';
import { NPC_DIED } from '#events/combat.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { closeSession, getSession } from '#functions/session/public.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { clock, DAY_MS, toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getProgression, raiseAttributes, raiseSkills, respec } from './contract.ts';
import { handler as getHandler } from './endpoints/get-progression.ts';
import { handler as attributesHandler } from './endpoints/raise-attributes.ts';
import { handler as skillsHandler } from './endpoints/raise-skills.ts';
import { handler as respecHandler } from './endpoints/respec.ts';
import { exportOf, initialProgression, levelOf, levelsOf, progressionOf } from './public.ts';
import { killXp } from './rules.ts';

describe('progression', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());

  const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });

  /** An actor with a new character of a class. */
  async function player(classId = 'breaker'): Promise<Actor & { characterId: NonNullable<Actor['characterId']> }> {
    const characterId = createId('chr');
    const actor = world.actor({ characterId });
    await operation().commit(initialProgression({ characterId, accountId: actor.accountId, classId }).changes);
    return { ...actor, characterId };
  }

  async function completeQuest(actor: Actor, experience: number): Promise<void> {
    const { accountId, characterId } = actor;
    const completed = event(QUEST_COMPLETED, {
      aggregateId: characterId!,
      aggregateSeq: 1,
      data: {
        accountId,
        characterId: characterId!,
        questId: 'first-salvage',
        rewards: { experience, items: [], currencies: [] },
      },
    });
    await operation().commit({ events: [completed] });
    await world.deliver({ twice: true });
  }

  async function killDrone(earners: readonly { actor: Actor; level: number }[]): Promise<void> {
    const died = event(NPC_DIED, {
      aggregateId: createId('drp'),
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
        killedAt: toIso(clock.nowMs()),
        eligible: earners.map(({ actor, level }) => ({
          accountId: actor.accountId,
          characterId: actor.characterId!,
          level,
          damageShare: 1 / earners.length,
        })),
        topDamager: earners[0]!.actor.characterId!,
      },
    });
    await operation().commit({ events: [died] });
    await world.deliver({ twice: true });
  }

  const eventsOf = (actor: Actor, name: string) =>
    world.events.filter((one) => one.name === name && one.aggregateId === actor.characterId);

  it('shows what a new character begins with', async () => {
    const actor = await player('ghostwright');
    const reply = await world.call(getHandler, getProgression, { actor });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      characterId: actor.characterId,
      classId: 'ghostwright',
      level: 1,
      xp: 0,
      xpIntoLevel: 0,
      xpToNext: 400,
      attributes: { intellect: 14 },
      skills: { intrusion: 4 },
      attributePoints: 0,
      skillPoints: 0,
    });
    expect(reply.body).not.toHaveProperty('accountId');
  });

  it('answers 404 for a character that has none', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const reply = await world.call(getHandler, getProgression, { actor });
    expect([reply.status, reply.body.code]).toEqual([404, 'progression.not_found']);
  });

  it('refuses a session that has selected no character', async () => {
    const reply = await world.call(getHandler, getProgression, { actor: world.actor() });
    expect(reply.body.code).toBe('auth.no_character');
  });

  it('creates a character’s progression once', async () => {
    const actor = await player();
    const again = initialProgression({ ...actor, classId: 'patcher' });
    await expect(operation().commit(again.changes)).rejects.toThrow('request.conflict');
    expect((await progressionOf(actor.characterId))?.classId).toBe('breaker');
  });

  it('credits a quest once however often it is told, and tells of the new level', async () => {
    const actor = await player();
    await completeQuest(actor, 450);
    expect(await progressionOf(actor.characterId)).toMatchObject({ xp: 450, level: 2 });
    expect(eventsOf(actor, 'LEVEL_UP').map((one) => one.data)).toEqual([
      {
        accountId: actor.accountId,
        characterId: actor.characterId,
        level: 2,
        previousLevel: 1,
        attributePoints: 2,
        skillPoints: 3,
      },
    ]);
  });

  it('tells of several levels at once with one event', async () => {
    const actor = await player();
    await completeQuest(actor, 400 + 900 + 1_400);
    expect(await levelOf(actor.characterId)).toBe(4);
    expect(eventsOf(actor, 'LEVEL_UP')).toHaveLength(1);
  });

  it('shares a kill among all who earned it', async () => {
    const group = [await player(), await player('patcher')];
    await killDrone(group.map((actor) => ({ actor, level: 1 })));
    const whole = killXp(1, { level: 1, xpPercent: 100 });
    for (const actor of group) expect((await progressionOf(actor.characterId))?.xp).toBe(whole / 2);
  });

  it('credits the others when one who earned a kill is gone', async () => {
    const actor = await player();
    await killDrone([
      { actor, level: 1 },
      { actor: world.actor({ characterId: createId('chr') }), level: 1 },
    ]);
    expect((await progressionOf(actor.characterId))?.xp).toBe(25);
  });

  it('spends attribute points, tells of it, and replays the same reply to the same key', async () => {
    const actor = await player();
    await completeQuest(actor, 400);
    const call = () =>
      world.call(attributesHandler, raiseAttributes, {
        actor,
        body: { attributeId: 'body', points: 2 },
        idempotencyKey: 'spend-body-0001',
      });
    const first = await call();
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ attributes: { body: 18 }, attributePoints: 0 });
    expect((await call()).text).toBe(first.text);
    expect((await progressionOf(actor.characterId))?.attributes.body).toBe(18);
    await world.deliver();
    expect(eventsOf(actor, 'ATTRIBUTE_INCREASED').map((one) => one.data)).toMatchObject([
      { attributeId: 'body', value: 18, previousValue: 16 },
    ]);
  });

  it('refuses another body under a used key', async () => {
    const actor = await player();
    await completeQuest(actor, 400);
    const spend = (points: number) =>
      world.call(skillsHandler, raiseSkills, {
        actor,
        body: { skillId: 'melee', points },
        idempotencyKey: 'spend-melee-0001',
      });
    await spend(1);
    expect((await spend(2)).body.code).toBe('request.idempotency_mismatch');
    expect((await progressionOf(actor.characterId))?.skills.melee).toBe(5);
  });

  it('spends skill points and tells of it', async () => {
    const actor = await player();
    await completeQuest(actor, 400);
    const reply = await world.call(skillsHandler, raiseSkills, {
      actor,
      body: { skillId: 'stealth', points: 3 },
      idempotencyKey: 'spend-stealth-0001',
    });
    expect(reply.body).toMatchObject({ skills: { stealth: 3 }, skillPoints: 0 });
    await world.deliver();
    expect(eventsOf(actor, 'SKILL_INCREASED').map((one) => one.data)).toMatchObject([
      { skillId: 'stealth', value: 3, previousValue: 0 },
    ]);
  });

  it('lets only one of two racing calls spend the same points', async () => {
    const actor = await player();
    await completeQuest(actor, 400);
    const spend = (key: string) =>
      world.call(attributesHandler, raiseAttributes, {
        actor,
        body: { attributeId: 'body', points: 2 },
        idempotencyKey: key,
      });
    const replies = await Promise.all([spend('racing-key-0001'), spend('racing-key-0002')]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
    expect((await progressionOf(actor.characterId))?.attributePoints).toBe(0);
  });

  it.each([
    ['points that are not there', { attributeId: 'body', points: 1 }, 409, 'progression.not_enough_points'],
    ['an unknown attribute', { attributeId: 'luck', points: 1 }, 400, 'request.invalid'],
    ['a negative number', { attributeId: 'body', points: -1 }, 400, 'request.invalid'],
    ['an unknown field', { attributeId: 'body', points: 1, level: 30 }, 400, 'request.invalid'],
  ])('refuses %s and changes nothing', async (_what, body, status, code) => {
    const actor = await player();
    const before = await world.snapshot();
    const reply = await world.call(attributesHandler, raiseAttributes, { actor, body, idempotencyKey: 'refused-0001' });
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(await world.snapshot()).toEqual(before);
  });

  describe('a respec', () => {
    /** A character of level 2 that has spent everything. */
    async function spender() {
      const actor = await player();
      await world.openSession(actor);
      await completeQuest(actor, 400);
      await spend(actor);
      return actor;
    }

    async function spend(actor: Actor) {
      const keys = [crypto.randomUUID(), crypto.randomUUID()];
      await world.call(attributesHandler, raiseAttributes, {
        actor,
        body: { attributeId: 'presence', points: 2 },
        idempotencyKey: keys[0]!,
      });
      await world.call(skillsHandler, raiseSkills, {
        actor,
        body: { skillId: 'stealth', points: 3 },
        idempotencyKey: keys[1]!,
      });
    }

    const ask = (actor: Actor, kind = 'all', idempotencyKey: string = crypto.randomUUID()) =>
      world.call(respecHandler, respec, { actor, body: { kind }, idempotencyKey });
    const shown = async (actor: Actor) => (await world.call(getHandler, getProgression, { actor })).body;

    it('gives back what was spent, once per key, and tells of it', async () => {
      const actor = await spender();
      expect((await shown(actor)).respec).toEqual({ cost: 0, affordable: true });
      const first = await ask(actor, 'all', 'respec-key-0001');
      expect(first).toMatchObject({
        status: 200,
        body: {
          level: 2,
          xp: 400,
          attributePoints: 2,
          skillPoints: 3,
          attributes: { presence: 8 },
          skills: { stealth: 0 },
        },
      });
      expect((await ask(actor, 'all', 'respec-key-0001')).text).toBe(first.text);
      await world.deliver();
      const { accountId, characterId } = actor;
      expect(eventsOf(actor, 'CHARACTER_RESPEC').map(({ data }) => data)).toEqual([
        { accountId, characterId, kind: 'all', cost: 0, attributePoints: 2, skillPoints: 3 },
      ]);
    });

    it('of one kind leaves the other alone', async () => {
      const actor = await spender();
      expect((await ask(actor, 'skills')).body).toMatchObject({ attributePoints: 0, skillPoints: 3 });
      expect((await progressionOf(actor.characterId))?.attributes.presence).toBe(10);
      expect((await ask(actor, 'skills')).body.code).toBe('progression.nothing_to_respec');
    });

    it('costs experience of the level from the second one on, shows its price, and is refused to who has none', async () => {
      const actor = await spender();
      await ask(actor);
      await spend(actor);
      expect((await shown(actor)).respec).toEqual({
        cost: 45,
        affordable: false,
        cheaperAt: toIso(clock.nowMs() + 30 * DAY_MS),
      });
      const before = await world.snapshot();
      expect(await ask(actor)).toMatchObject({
        status: 409,
        body: { code: 'progression.respec_unaffordable', facts: { cost: 45, xpIntoLevel: 0 } },
      });
      expect(await world.snapshot()).toEqual(before);
      await completeQuest(actor, 50);
      expect(await ask(actor)).toMatchObject({ status: 200, body: { level: 2, xp: 405, xpIntoLevel: 5 } });
    });

    it('becomes free again with time', async () => {
      const actor = await spender();
      await ask(actor);
      await spend(actor);
      world.clock.advance(30 * DAY_MS);
      expect(await ask(actor)).toMatchObject({ status: 200, body: { xp: 400 } });
    });

    it('happens once when two ask at the same moment', async () => {
      const actor = await spender();
      const replies = await Promise.all([ask(actor), ask(actor)]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await progressionOf(actor.characterId)).toMatchObject({ respecSteps: 1, attributePoints: 2 });
    });

    it('is refused to a session that has ended', async () => {
      const actor = await player();
      await completeQuest(actor, 400);
      await spend(actor);
      await world.openSession(actor);
      const session = (await getSession(actor.sessionId))!;
      await operation().commit(closeSession(session, 'revoked', clock.nowMs()));
      expect((await ask(actor)).body.code).toBe('auth.session_ended');
      expect((await progressionOf(actor.characterId))?.attributePoints).toBe(0);
    });
  });

  it('forgets a character that is purged, and knows it no more', async () => {
    const actor = await player();
    const other = await player();
    const ids = [actor.characterId, other.characterId];
    expect((await exportOf(ids)).progressions.map(({ characterId }) => characterId)).toEqual(ids);
    const { accountId, characterId } = actor;
    const purged = event(CHARACTER_PURGED, {
      aggregateId: characterId,
      aggregateSeq: 3,
      data: { accountId, characterId, realmId: 'glasswater' },
    });
    await operation().commit({ events: [purged] });
    await world.deliver({ twice: true });
    await completeQuest(actor, 400);
    expect([...(await levelsOf(ids))]).toEqual([[other.characterId, 1]]);
  });
});
