import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { npcs } from '#content/npcs.ts';
import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import { zones } from '#content/zones.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { periodEndMs } from '#shared/kernel/period-key.ts';
import type { PlayingActor } from '#shared/testing/test-character.ts';
import { startHunt, type TestHunt } from '#shared/testing/test-hunt.ts';
import { partyOfPlayers } from '#shared/testing/test-party.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { closeRoll } from './close-roll.ts';
import { listLockouts, pickUp, vote } from './contract.ts';
import { handler as lockoutsHandler } from './endpoints/list-lockouts.ts';
import { handler as pickUpHandler } from './endpoints/pick-up.ts';
import { handler as voteHandler } from './endpoints/vote.ts';
import { exportOf, type RecordedDrop } from './public.ts';
import { lootLimits } from './rules.ts';

const docks = zones.all[0]!.id;
const boss = npcs.all.find(({ lockout, personalLoot }) => lockout === 'daily' && !personalLoot)!;
const worldBoss = npcs.all.find(({ personalLoot }) => personalLoot)!;

let world: TestWorld;
let hunt: TestHunt;
beforeAll(async () => {
  world = await startTestWorld();
  hunt = await startHunt(world, docks);
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(() => world.stop());

const take = (actor: PlayingActor, { dropId }: RecordedDrop, slotIndex = 0, idempotencyKey: string = createId('opr')) =>
  world.call(pickUpHandler, pickUp, { actor, params: { dropId, slotIndex: String(slotIndex) }, idempotencyKey });
const cast = (actor: PlayingActor, rollId: string, choice: string) =>
  world.call(voteHandler, vote, { actor, params: { rollId }, body: { choice } });
const lockoutsOf = async (actor: PlayingActor) =>
  (await world.call(lockoutsHandler, listLockouts, { actor })).body.lockouts;

async function bossKill(...players: readonly PlayingActor[]): Promise<RecordedDrop> {
  const [drop] = await hunt.kill(players, { npcKind: boss.id });
  return drop!;
}

describe('a boss', () => {
  it('is looted once a day: counted when something is taken, not when it dies', async () => {
    const player = await hunt.hunter();
    const [first, second] = [await bossKill(player), await bossKill(player)];
    expect(await lockoutsOf(player)).toEqual([]);
    // All of one kill, and nothing of another.
    expect((await take(player, first, 0)).status).toBe(200);
    expect((await take(player, first, 1)).status).toBe(200);
    const refused = await take(player, second);
    const resetsAt = new Date(periodEndMs('daily', REALM_TIME_ZONE, world.clock.nowMs())).toISOString();
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'loot.locked_out', facts: { resetsAt } }]);
    expect(await lockoutsOf(player)).toMatchObject([{ npcKind: boss.id, period: 'daily', resetsAt }]);
    expect(await exportOf([player.characterId])).toMatchObject({ lockouts: [{ npcKind: boss.id }] });
  });

  it('may be looted again from the realm’s reset on', async () => {
    const player = await hunt.hunter();
    await take(player, await bossKill(player));
    world.clock.advance(periodEndMs('daily', REALM_TIME_ZONE, world.clock.nowMs()) - world.clock.nowMs());
    expect(await lockoutsOf(player)).toEqual([]);
    expect((await take(player, await bossKill(player))).status).toBe(200);
  });

  it('gives nobody of two kills at the same moment', async () => {
    const player = await hunt.hunter();
    const drops = await Promise.all(Array.from({ length: 4 }, () => bossKill(player)));
    const replies = await Promise.all(drops.map((drop) => take(player, drop)));
    const taken = replies.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(1);
    for (const { status, body } of replies) {
      if (status !== 200) expect(['loot.locked_out', 'request.conflict']).toContain(body.code);
    }
    expect(await itemsOf(player.characterId)).toHaveLength(1);
  });

  it('lets those who have had their share pass only, and a winner who took another meanwhile is passed by', async () => {
    const [lucky, other] = [await hunt.hunter(), await hunt.hunter()];
    await partyOfPlayers(world, [lucky, other]);
    const shared = await bossKill(lucky, other);
    const { rollId } = shared.slots.find((slot) => slot.rollId)!;
    expect((await cast(lucky, rollId!, 'greed')).status).toBe(200);
    const alone = await bossKill(lucky);
    expect((await take(lucky, alone)).status).toBe(200);
    const second = shared.slots.filter((slot) => slot.rollId)[1]!;
    const refused = await cast(lucky, second.rollId!, 'greed');
    expect([refused.status, refused.body.code]).toEqual([409, 'loot.locked_out']);
    expect((await cast(lucky, second.rollId!, 'pass')).status).toBe(200);
    world.clock.advance(lootLimits.rollWindowMs);
    const roll = await closeRoll(rollId as never);
    expect(roll).toMatchObject({ state: 'DECIDED', winnerId: undefined, barredIds: [lucky.characterId] });
  });
});

describe('a world boss', () => {
  it('has loot of their own for everybody who had a part in it, and for nobody else', async () => {
    const players = await Promise.all(Array.from({ length: 8 }, () => hunt.hunter()));
    const [idle, stranger] = [await hunt.hunter(), await hunt.hunter()];
    await partyOfPlayers(world, [players[0]!, idle]);
    const kill = hunt.killBy(players, { npcKind: worldBoss.id, nearby: [idle, stranger] });
    const drops = await recordTwice(kill);
    expect(drops.map(({ eligibleIds }) => eligibleIds)).toEqual(players.map(({ characterId }) => [characterId]));
    for (const { slots, eligibleIds } of drops) {
      expect(slots.every(({ reservedFor }) => reservedFor === eligibleIds[0])).toBe(true);
    }
    const [first, second] = players as [PlayingActor, PlayingActor];
    expect((await take(first, drops[0]!)).status).toBe(200);
    const refused = await take(second, drops[0]!, 1);
    expect([refused.status, refused.body.code]).toEqual([403, 'loot.reserved']);
    world.clock.advance(59 * MINUTE_MS);
    expect((await take(second, drops[0]!, 1)).body.code).toBe('loot.reserved');
    expect((await take(second, drops[1]!, 1)).status).toBe(200);
    world.clock.advance(MINUTE_MS);
    expect((await take(players[2]!, drops[2]!)).body.code).toBe('loot.expired');
    await world.deliver();
    const told = world.events.filter(
      ({ causationId }) => causationId === `${docks}.${hunt.fence.epoch}.${kill.killSeq}`,
    );
    expect(told.filter(({ name }) => name === 'NPC_DIED')).toHaveLength(1);
    expect(told.filter(({ name }) => name === 'LOOT_GENERATED')).toHaveLength(players.length);
  });

  it('is recorded within one transaction also when forty had a part in it', async () => {
    const players = Array.from({ length: 40 }, () => ({
      accountId: createId('acc'),
      characterId: createId('chr'),
    })) as unknown as PlayingActor[];
    expect(await hunt.kill(players, { npcKind: worldBoss.id })).toHaveLength(40);
  });

  /** Records a kill twice, as a fleet that lost the first reply does. */
  async function recordTwice(kill: ReturnType<TestHunt['killBy']>): Promise<readonly RecordedDrop[]> {
    const first = await hunt.record(kill);
    expect(await hunt.record(kill)).toEqual(first);
    return first;
  }
});
