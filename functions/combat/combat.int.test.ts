import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { claimZone, type ZoneFence } from '#functions/zone/public.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { layerUnit } from '#shared/kernel/zone-unit.ts';
import { unpackJson } from '#shared/table/packed-json.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getSession, listSessions } from './contract.ts';
import { handler as getSessionHandler } from './endpoints/get-session.ts';
import { handler as listSessionsHandler } from './endpoints/list-sessions.ts';
import {
  type CombatSummary,
  type Death,
  type PvpFight,
  recordCombatSummary,
  recordDeath,
  recordPvpFight,
} from './public.ts';
import type { Participant } from './rules.ts';

let world: TestWorld;
let fence: ZoneFence;

beforeAll(async () => {
  world = await startTestWorld();
  fence = await own();
});
afterAll(() => world.stop());

const shardId = createId('shd');

async function own(): Promise<ZoneFence> {
  const zoneId = zones.all[0]!.id;
  const claimed = await claimZone({ zoneId, shardId, url: 'wss://zone.test', leaseMs: 10 * SECOND_MS });
  return { zoneId, shardId, epoch: claimed!.epoch };
}

function fightOf(...characterIds: readonly CharacterId[]): CombatSummary {
  world.clock.advance(MINUTE_MS);
  const endedAtMs = world.clock.nowMs();
  return {
    combatId: createId('cbt'),
    startedAtMs: endedAtMs - 9_500,
    endedAtMs,
    outcome: 'npc_died',
    npc: { kind: npcs.all[0]!.id, level: 2, damageDone: 30, damageTaken: 120 },
    participants: characterIds.map((characterId, index) => ({
      accountId: createId('acc'),
      characterId,
      damageDone: 100 + index,
      damageTaken: 30,
      healingDone: 5,
      hits: 9,
      misses: 1,
      deaths: index,
    })),
  };
}

/** Events in the outbox of one fight, by name. */
async function toldOf(combatId: string): Promise<string[]> {
  const rows = (await world.snapshot()).filter((row) => row._et === 'Outbox');
  return rows
    .flatMap((row) => (unpackJson(row.content) as { events: { envelope: Envelope }[] }).events)
    .map(({ envelope }) => envelope)
    .filter(({ aggregateId }) => aggregateId === combatId)
    .map(({ name }) => name);
}
interface Envelope {
  readonly name: string;
  readonly aggregateId: string;
}

describe('recordCombatSummary', () => {
  it('tells everything of the fight in one commit', async () => {
    const fight = fightOf(createId('chr'), createId('chr'));
    await recordCombatSummary(fence, fight);
    expect(await toldOf(fight.combatId)).toEqual([
      'COMBAT_STARTED',
      'PLAYER_ATTACKED',
      'DAMAGE_DEALT',
      'HEAL_CAST',
      'COMBAT_ENDED',
    ]);
  });

  it('records a fight once, however often it is handed in', async () => {
    const fight = fightOf(createId('chr'));
    await Promise.all([recordCombatSummary(fence, fight), recordCombatSummary(fence, fight)]);
    const before = await world.snapshot();
    await recordCombatSummary(fence, fight);
    expect(await world.snapshot()).toEqual(before);
    expect(await toldOf(fight.combatId)).toHaveLength(5);
  });

  it('has room for a raid, and keeps the first 40 of more', async () => {
    const everybody = Array.from({ length: 45 }, () => createId('chr'));
    const fight = fightOf(...everybody);
    await recordCombatSummary(fence, fight);
    const read = (characterId: CharacterId) =>
      world.call(getSessionHandler, getSession, {
        actor: world.actor({ characterId }),
        params: { combatId: fight.combatId },
      });
    expect((await read(everybody[39]!)).body.participants).toBe(40);
    expect((await read(everybody[40]!)).status).toBe(404);
  });

  it('refuses an owner whose epoch is over, and changes nothing', async () => {
    const old = fence;
    fence = await own();
    const before = await world.snapshot();
    await expect(recordCombatSummary(old, fightOf(createId('chr')))).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('recordDeath', () => {
  const deathOf = (characterId: CharacterId, deathSeq: number): Death => ({
    deathSeq,
    combatId: createId('cbt'),
    accountId: createId('acc'),
    characterId,
    killer: { npcKind: npcs.all[0]!.id, npcLevel: 2 },
  });
  const idOf = (deathSeq: number) => `${fence.zoneId}.${fence.epoch}.${deathSeq}`;

  it('tells each death once, however often it is handed in', async () => {
    const death = deathOf(createId('chr'), 1);
    await Promise.all([recordDeath(fence, death), recordDeath(fence, death)]);
    await recordDeath(fence, death);
    await recordDeath(fence, { ...death, deathSeq: 2 });
    expect([await toldOf(idOf(1)), await toldOf(idOf(2))]).toEqual([['PLAYER_DIED'], ['PLAYER_DIED']]);
  });

  it('refuses an owner whose epoch is over, and changes nothing', async () => {
    const before = await world.snapshot();
    const old = { ...fence, epoch: fence.epoch - 1 };
    await expect(recordDeath(old, deathOf(createId('chr'), 3))).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

function pvpFight(winner: CharacterId, loser: CharacterId): PvpFight {
  const { participants, ...fight } = fightOf(winner, loser);
  const { combatId, startedAtMs, endedAtMs } = fight;
  const [first, second] = participants as [Participant, Participant];
  return { combatId, startedAtMs, endedAtMs, isDuel: true, winnerId: winner, participants: [first, second] };
}

describe('what happened in a further layer', () => {
  it('is told, and stands in the log, of the zone', async () => {
    const unit = layerUnit(fence.zoneId, 2);
    const claimed = await claimZone({ zoneId: unit, shardId: fence.shardId, url: 'wss://test/zone', leaseMs: 60_000 });
    const layer = { ...fence, zoneId: unit, epoch: claimed!.epoch };
    const fight = pvpFight(createId('chr'), createId('chr'));
    const death: Death = {
      deathSeq: 1,
      combatId: fight.combatId,
      accountId: fight.participants[0].accountId,
      characterId: fight.participants[0].characterId,
      killer: { npcKind: npcs.all[0]!.id, npcLevel: 2 },
    };
    await recordDeath(layer, death);
    await recordPvpFight(layer, fight);
    await world.deliver();
    const told = world.events.filter(({ data }) => (data as { combatId?: string }).combatId === fight.combatId);
    const seen = told.map(({ name, data }) => [name, (data as { zoneId: string }).zoneId]);
    expect(seen.toSorted()).toEqual([
      ['PLAYER_DIED', fence.zoneId],
      ['PVP_FIGHT_ENDED', fence.zoneId],
    ]);
    expect(told.map(({ aggregateId }) => aggregateId)).toContain(`${unit}.${layer.epoch}.1`);
  });
});

describe('recordPvpFight', () => {
  it('stands in the logs of both, each with its own end, and is told once', async () => {
    const [winner, loser] = [createId('chr'), createId('chr')];
    const fight = pvpFight(winner, loser);
    await Promise.all([recordPvpFight(fence, fight), recordPvpFight(fence, fight)]);
    await recordPvpFight(fence, fight);
    expect(await toldOf(fight.combatId)).toEqual(['PVP_FIGHT_ENDED']);
    const read = async (characterId: CharacterId) => {
      const params = { combatId: fight.combatId };
      return (await world.call(getSessionHandler, getSession, { actor: world.actor({ characterId }), params })).body;
    };
    expect(await read(winner)).toMatchObject({ outcome: 'won', opponent: { characterId: loser, isDuel: true } });
    expect(await read(loser)).toMatchObject({ outcome: 'lost', opponent: { characterId: winner, isDuel: true } });
  });

  it('refuses an owner whose epoch is over, and changes nothing', async () => {
    const fight = pvpFight(createId('chr'), createId('chr'));
    const before = await world.snapshot();
    const old = { ...fence, epoch: fence.epoch - 1 };
    await expect(recordPvpFight(old, fight)).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('GET /api/v1/combat/sessions', () => {
  it('pages through own fights, newest first, and no others', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const fights: CombatSummary[] = [];
    for (let count = 0; count < 7; count += 1) {
      const fight = fightOf(actor.characterId!);
      await recordCombatSummary(fence, fight);
      fights.push(fight);
    }
    await recordCombatSummary(fence, fightOf(createId('chr')));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '3', ...(cursor ? { cursor } : {}) };
      const reply = await world.call(listSessionsHandler, listSessions, { actor, query });
      expect(reply.status).toBe(200);
      seen.push(...reply.body.sessions.map(({ combatId }: { combatId: string }) => combatId));
      cursor = reply.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(fights.map(({ combatId }) => combatId).reverse());
  });

  it('refuses a cursor of another list', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const cursor = Buffer.from('bag~001~x').toString('base64url');
    const reply = await world.call(listSessionsHandler, listSessions, { actor, query: { cursor } });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });
});

describe('GET /api/v1/combat/sessions/{combatId}', () => {
  it("shows the caller's own part of a fight", async () => {
    const [mine, other] = [createId('chr'), createId('chr')];
    const fight = fightOf(other, mine);
    await recordCombatSummary(fence, fight);
    const actor = world.actor({ characterId: mine });
    const reply = await world.call(getSessionHandler, getSession, { actor, params: { combatId: fight.combatId } });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      outcome: 'npc_died',
      opponent: { npcKind: npcs.all[0]!.id, npcLevel: 2 },
      participants: 2,
      own: { damageDone: 101, damageTaken: 30, healingDone: 5, hits: 9, misses: 1, deaths: 1 },
    });
  });

  it('answers alike for a fight of others and for none', async () => {
    const fight = fightOf(createId('chr'));
    await recordCombatSummary(fence, fight);
    const actor = world.actor({ characterId: createId('chr') });
    const replies = await Promise.all(
      [fight.combatId, createId('cbt')].map((combatId) =>
        world.call(getSessionHandler, getSession, { actor, params: { combatId } }),
      ),
    );
    expect(replies.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'combat.session_not_found'],
      [404, 'combat.session_not_found'],
    ]);
  });
});
