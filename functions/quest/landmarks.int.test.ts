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
import { type LandmarkVisit, recordVisit } from './public.ts';

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

/** A player who is to look at the Glass Crane. */
async function scout(): Promise<Player> {
  const characterId = createId('chr');
  const actor = await world.openSession(world.actor({ characterId }));
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  const { accountId } = actor;
  await operation.commit(initialProgression({ characterId, accountId, classId: 'gunhand' }).changes);
  const accepted = await world.call(acceptHandler, acceptQuest, {
    actor,
    params: { questId: 'lay-of-the-land' },
    idempotencyKey: createId('opr'),
  });
  expect(accepted.status).toBeLessThan(300);
  world.clock.advance(1);
  return { ...actor, characterId };
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
