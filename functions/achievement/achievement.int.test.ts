import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { achievements } from '#content/achievements.ts';
import { NPC_DIED } from '#events/combat.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { clock, toIso } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { countPickUp, listAchievements } from './contract.ts';
import { handler } from './endpoints/list-achievements.ts';
import { unlockedBy } from './public.ts';

type Player = Actor & { readonly characterId: CharacterId };

describe('achievements', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());

  function player(): Player {
    const characterId = createId('chr');
    return { ...world.actor({ characterId }), characterId };
  }

  /** Commits the events and delivers each of them twice. */
  async function tell(...events: DomainEvent[]): Promise<void> {
    const cause = { actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' };
    await createOperation(cause).commit({ events });
    await world.deliver({ twice: true });
  }

  function kill(...earners: Player[]): DomainEvent {
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

  function pickUp(
    { accountId, characterId }: Player,
    templateId: string,
    quality: 'common' | 'legendary',
  ): DomainEvent {
    const drop = { zoneId: 'glasswater-docks', dropId: createId('drp'), slotIndex: 0 };
    const data = { itemId: createId('itm'), templateId, quality, count: 1, ...drop, accountId, characterId };
    return event(ITEM_PICKED_UP, { aggregateId: data.dropId, aggregateSeq: 2, data });
  }

  function envelopeOf({ definition, aggregateId, aggregateSeq, data }: DomainEvent): EventEnvelope {
    const { name, version } = definition;
    const cause = { correlationId: 'test', causationId: 'test', actor: { origin: 'test' } };
    const occurredAt = toIso(clock.nowMs());
    return { id: createId('evt'), name, version, occurredAt, aggregateId, aggregateSeq, ...cause, data };
  }

  const unlockedIds = async (actor: Player) =>
    (await unlockedBy(actor.characterId)).map(({ achievementId }) => achievementId).sort();
  const told = (actor: Player) =>
    world.events.filter(
      ({ name, data }) =>
        name === 'ACHIEVEMENT_UNLOCKED' && (data as { characterId: string }).characterId === actor.characterId,
    );
  const list = (actor: Actor, query: Record<string, string> = {}) =>
    world.call(handler, listAchievements, { actor, query: { limit: '100', ...query } });
  const shown = async (actor: Player, id: string) =>
    (await list(actor)).body.achievements.find((one: { achievementId: string }) => one.achievementId === id);

  it('unlocks the first legendary when one is picked up, and tells of it once', async () => {
    const actor = player();
    await tell(pickUp(actor, 'scrap-alloy', 'common'));
    expect(await unlockedIds(actor)).toEqual([]);
    await tell(pickUp(actor, 'first-light', 'legendary'));
    await tell(pickUp(actor, 'harbour-king', 'legendary'));
    expect(await unlockedIds(actor)).toEqual(['first-legendary', 'purple-reign']);
    const grants = told(actor).map(({ data }) => data as { code: string; accountId: string });
    expect(grants.map(({ code }) => code).sort()).toEqual(['first_legendary', 'purple_reign']);
    expect(grants[0]!.accountId).toBe(actor.accountId);
  });

  it('counts each event once, for everybody who earned the kill', async () => {
    const group = [player(), player(), player()];
    await tell(kill(...group), kill(...group));
    for (const actor of group) {
      expect(await shown(actor, 'machine-breaker')).toMatchObject({ count: 2, target: 100, unlockedAt: null });
      expect(await unlockedIds(actor)).toEqual(['first-blood']);
    }
  });

  it('counts quests and levels', async () => {
    const actor = player();
    const { accountId, characterId } = actor;
    const whose = { accountId, characterId };
    const rewards = { experience: 1, items: [], currencies: [] };
    const points = { attributePoints: 1, skillPoints: 1 };
    await tell(
      event(QUEST_COMPLETED, {
        aggregateId: characterId,
        aggregateSeq: 1,
        data: { ...whose, questId: 'cold-accounts', rewards },
      }),
      event(LEVEL_UP, {
        aggregateId: characterId,
        aggregateSeq: 1,
        data: { ...whose, level: 6, previousLevel: 4, ...points },
      }),
    );
    expect(await unlockedIds(actor)).toEqual(['a-job-done', 'dock-rat', 'follow-the-money']);
    expect(await shown(actor, 'terrace-born')).toMatchObject({ count: 6, target: 15 });
  });

  it('counts all of many events that are handled at the same moment', async () => {
    const actor = player();
    let open = Array.from({ length: 8 }, () => envelopeOf(pickUp(actor, 'scrap-alloy', 'common')));
    // A handler that lost every race leaves its message to be delivered again, as the queue does up to five times.
    for (let delivery = 1; delivery <= 5 && open.length > 0; delivery += 1) {
      const replies = await Promise.all(open.map((one) => invokeSubscriber(countPickUp, one)));
      open = open.filter((_one, index) => replies[index]!.batchItemFailures.length > 0);
    }
    expect(open).toEqual([]);
    expect((await shown(actor, 'finders-keepers')).count).toBe(8);
  });

  it('lists everything with points, and filters by what is unlocked', async () => {
    const actor = player();
    await tell(pickUp(actor, 'first-light', 'legendary'));
    const all = (await list(actor)).body;
    expect(all.achievements).toHaveLength(achievements.all.length);
    expect(all.points).toBe(achievements.get('first-legendary').points + achievements.get('purple-reign').points);
    const unlocked = (await list(actor, { unlocked: 'true' })).body.achievements;
    expect(unlocked.map(({ code }: { code: string }) => code)).toEqual(['purple_reign', 'first_legendary']);
    expect((await list(actor, { unlocked: 'false' })).body.achievements).toHaveLength(achievements.all.length - 2);
  });

  it('gives pages that together hold every achievement once', async () => {
    const actor = player();
    const paged: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = (await list(actor, { limit: '7', ...(cursor ? { cursor } : {}) })).body;
      paged.push(...page.achievements.map((one: { achievementId: string }) => one.achievementId));
      cursor = page.nextCursor;
      if (!cursor) break;
    }
    expect(paged).toEqual(achievements.all.map(({ id }) => id));
  });

  it('shows nobody else’s progress', async () => {
    await tell(pickUp(player(), 'first-light', 'legendary'));
    expect((await list(player(), { unlocked: 'true' })).body).toEqual({ achievements: [], points: 0 });
  });

  it.each([
    ['an unknown query parameter', { characterId: createId('chr') }],
    ['a cursor that is none', { cursor: 'bm9uc2Vuc2U' }],
    ['a limit above the bound', { limit: '101' }],
  ])('refuses %s', async (_what, query) => {
    const reply = await list(player(), query);
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });

  it('refuses a session that has selected no character', async () => {
    expect((await list(world.actor())).body.code).toBe('auth.no_character');
  });
});
