import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialProgression } from '#functions/progression/public.ts';
import { claimZone, type ZoneFence } from '#functions/zone/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { acceptQuest } from './contract.ts';
import { handler as acceptHandler } from './endpoints/accept-quest.ts';
import { type LandmarkVisit, questsUnderWay, recordDeed, recordVisit, type WorldDeed } from './public.ts';

const zoneId = 'glasswater-docks' as Slug;
const LEASE_MS = 10 * SECOND_MS;

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

async function claim(): Promise<ZoneFence> {
  world.clock.advance(LEASE_MS + 1);
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId, shardId, url: 'wss://test/zone', leaseMs: LEASE_MS });
  return { zoneId, shardId, epoch: claimed!.epoch };
}

type Player = Actor & { readonly characterId: CharacterId };

/** A player with a quest under way: unless it is another, to look at the Glass Crane. */
async function scout(questId = 'lay-of-the-land'): Promise<Player> {
  const characterId = createId('chr');
  const actor = await world.openSession(world.actor({ characterId }));
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  const { accountId } = actor;
  const born = initialProgression({ characterId, accountId, classId: 'gunhand' });
  await operation.commit(born.changes);
  await take({ ...actor, characterId }, questId);
  return { ...actor, characterId };
}

async function take(actor: Player, questId: string): Promise<void> {
  const accepted = await world.call(acceptHandler, acceptQuest, {
    actor,
    params: { questId },
    idempotencyKey: createId('opr'),
  });
  expect(accepted.status).toBeLessThan(300);
  world.clock.advance(1);
}

const visitBy = ({ characterId }: Player, more: Partial<LandmarkVisit> = {}): LandmarkVisit => ({
  characterId,
  zoneId,
  point: 'glass-crane' as Slug,
  visitedAtMs: world.clock.nowMs(),
  ...more,
});

const completions = async ({ characterId }: Player) => {
  await world.deliver({ twice: true });
  return world.events.filter(
    ({ name, data }) => name === 'QUEST_COMPLETED' && (data as { characterId: string }).characterId === characterId,
  );
};

describe('a visit to a landmark', () => {
  it('counts once, however often and at once it is told', async () => {
    const fence = await claim();
    const actor = await scout();
    await Promise.all([1, 2, 3].map(() => recordVisit(fence, visitBy(actor))));
    await recordVisit(fence, visitBy(actor));
    expect(await completions(actor)).toHaveLength(1);
  });

  it('does not count elsewhere, nor for who did not have the quest yet', async () => {
    const fence = await claim();
    const actor = await scout();
    await recordVisit(fence, visitBy(actor, { point: 'great-crucible' as Slug }));
    await recordVisit(fence, visitBy(actor, { visitedAtMs: world.clock.nowMs() - 60_000 }));
    expect(await completions(actor)).toEqual([]);
  });

  it('is refused from a process that has lost the zone', async () => {
    const old = await claim();
    const actor = await scout();
    await claim();
    await expect(recordVisit(old, visitBy(actor))).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await completions(actor)).toEqual([]);
  });
});

const told = async ({ characterId }: Player, name: string) => {
  await world.deliver({ twice: true });
  return world.events.filter(
    (one) => one.name === name && (one.data as { characterId: string }).characterId === characterId,
  );
};

describe('a deed in the world', () => {
  const deedOf = (
    { characterId }: Player,
    kind: WorldDeed['kind'],
    target: string,
    doneAtMs = world.clock.nowMs(),
  ): WorldDeed => ({ kind, characterId, target: target as Slug, doneAtMs });

  it('counts once for the quest that asks for it, however often and at once it is told', async () => {
    const fence = await claim();
    const actor = await scout('wake-the-relays');
    const crane = deedOf(actor, 'use', 'relay-crane');
    await Promise.all([1, 2, 3].map(() => recordDeed(fence, crane)));
    await recordDeed(fence, crane);
    expect(await completions(actor)).toEqual([]);
    await recordDeed(fence, deedOf(actor, 'use', 'relay-breakwater'));
    await recordDeed(fence, deedOf(actor, 'use', 'relay-breakwater'));
    expect(await completions(actor)).toHaveLength(1);
  });

  it('does not count for the quests of others, nor before the quest was accepted', async () => {
    const fence = await claim();
    const [actor, other] = [await scout('sealed-stores'), await scout()];
    await recordDeed(fence, deedOf(other, 'use', 'store-lever'));
    await recordDeed(fence, deedOf(other, 'event', 'porter-run'));
    for (const object of ['store-lever', 'store-locker'])
      await recordDeed(fence, deedOf(actor, 'use', object, world.clock.nowMs() - 60_000));
    expect(await completions(other)).toEqual([]);
    expect(await completions(actor)).toEqual([]);
  });

  /** Somebody of level 2, who may bring the porter along. */
  async function companion(): Promise<Player> {
    const actor = await scout('wake-the-relays');
    const fence = await claim();
    await recordDeed(fence, deedOf(actor, 'use', 'relay-crane'));
    await recordDeed(fence, deedOf(actor, 'use', 'relay-breakwater'));
    await take(actor, 'lay-of-the-land');
    await recordVisit(fence, visitBy(actor));
    await take(actor, 'sealed-stores');
    await recordDeed(fence, deedOf(actor, 'use', 'store-lever'));
    await recordDeed(fence, deedOf(actor, 'use', 'store-locker'));
    expect(await completions(actor)).toHaveLength(3);
    await take(actor, 'the-long-way-round');
    return actor;
  }

  it('that has failed ends the quest that was about it, once, and it can be accepted anew', async () => {
    const actor = await companion();
    const fence = await claim();
    expect(await questsUnderWay(actor.characterId)).toEqual(['the-long-way-round']);
    const lost = deedOf(actor, 'event-failed', 'porter-run');
    await Promise.all([recordDeed(fence, lost), recordDeed(fence, lost)]);
    expect(await told(actor, 'QUEST_FAILED')).toMatchObject([{ data: { reason: 'condition' } }]);
    expect(await questsUnderWay(actor.characterId)).toEqual([]);
    world.clock.advance(1);
    await take(actor, 'the-long-way-round');
    // Told once more, late: it is about the attempt before.
    await recordDeed(fence, lost);
    expect(await questsUnderWay(actor.characterId)).toEqual(['the-long-way-round']);
    await recordDeed(fence, deedOf(actor, 'event', 'porter-run'));
    await recordDeed(fence, deedOf(actor, 'event', 'porter-run'));
    expect(await completions(actor)).toHaveLength(4);
    expect(await told(actor, 'QUEST_FAILED')).toHaveLength(1);
  });

  it('is refused from a process that has lost the zone', async () => {
    const old = await claim();
    const actor = await scout('sealed-stores');
    await claim();
    await expect(recordDeed(old, deedOf(actor, 'use', 'store-lever'))).rejects.toMatchObject({ code: 'zone.fenced' });
  });
});
