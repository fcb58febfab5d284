import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { claimZone, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { event } from '#shared/events/changes.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { layerUnit } from '#shared/kernel/zone-unit.ts';
import { unpackJson } from '#shared/table/packed-json.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getLog, getSession, getStatistics, listSessions } from './contract.ts';
import { handler as getLogHandler } from './endpoints/get-log.ts';
import { handler as getSessionHandler } from './endpoints/get-session.ts';
import { handler as getStatisticsHandler } from './endpoints/get-statistics.ts';
import { handler as listSessionsHandler } from './endpoints/list-sessions.ts';
import { MAX_LOG_ENTRIES } from './fight-log.ts';
import { type CombatSummary, type Death, type FightLog, type PvpFight, recordDeath, recordFight } from './public.ts';
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
      bestBlow: { amount: 40 + index, abilityId: 'plain-attack' },
    })),
    log: logOf(characterIds[0]!),
  };
}

/** Three seconds of a fight. */
function logOf(characterId: CharacterId): FightLog {
  const blow = { source: characterId, target: 'npc', ability: 'plain-attack' } as const;
  return {
    ...{ spanMs: SECOND_MS, tellsAbilities: true, tellsFighters: true },
    entries: [
      { ...blow, span: 0, kind: 'hit', count: 2, amount: 21 },
      { ...blow, span: 1, kind: 'critical', count: 1, amount: 40 },
      { ...blow, span: 2, source: 'npc', target: characterId, kind: 'hit', count: 1, amount: 30 },
      { ...blow, span: 2, kind: 'death', count: 1, amount: 0 },
    ],
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

describe('recordFight against an NPC', () => {
  it('tells everything of the fight in one commit', async () => {
    const fight = fightOf(createId('chr'), createId('chr'));
    await recordFight(fence, fight);
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
    await Promise.all([recordFight(fence, fight), recordFight(fence, fight)]);
    const before = await world.snapshot();
    await recordFight(fence, fight);
    expect(await world.snapshot()).toEqual(before);
    expect(await toldOf(fight.combatId)).toHaveLength(5);
  });

  it('has room for a raid, and keeps the first 40 of more', async () => {
    const everybody = Array.from({ length: 45 }, () => createId('chr'));
    const fight = fightOf(...everybody);
    await recordFight(fence, fight);
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
    await expect(recordFight(old, fightOf(createId('chr')))).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

const deathOf = (characterId: CharacterId, deathSeq: number): Death => ({
  deathSeq,
  combatId: createId('cbt'),
  accountId: createId('acc'),
  characterId,
  killer: { npcKind: npcs.all[0]!.id, npcLevel: 2 },
});

describe('recordDeath', () => {
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
  const { combatId, startedAtMs, endedAtMs, log } = fight;
  const [first, second] = participants as [Participant, Participant];
  return { combatId, startedAtMs, endedAtMs, isDuel: true, winnerId: winner, participants: [first, second], log };
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
    await recordFight(layer, fight);
    await world.deliver();
    const told = world.events.filter(({ data }) => (data as { combatId?: string }).combatId === fight.combatId);
    const seen = told.map(({ name, data }) => [name, (data as { zoneId: string }).zoneId]);
    expect(seen.toSorted()).toEqual([
      ['COMBAT_ENDED', fence.zoneId],
      ['COMBAT_STARTED', fence.zoneId],
      ['DAMAGE_DEALT', fence.zoneId],
      ['DAMAGE_DEALT', fence.zoneId],
      ['HEAL_CAST', fence.zoneId],
      ['PLAYER_ATTACKED', fence.zoneId],
      ['PLAYER_ATTACKED', fence.zoneId],
      ['PLAYER_DIED', fence.zoneId],
    ]);
    expect(told.map(({ aggregateId }) => aggregateId)).toContain(`${unit}.${layer.epoch}.1`);
  });
});

describe('recordFight of two characters', () => {
  it('stands in the logs of both, each with its own end, and is told once', async () => {
    const [winner, loser] = [createId('chr'), createId('chr')];
    const fight = pvpFight(winner, loser);
    await Promise.all([recordFight(fence, fight), recordFight(fence, fight)]);
    await recordFight(fence, fight);
    expect(await toldOf(fight.combatId)).toEqual([
      'COMBAT_STARTED',
      'PLAYER_ATTACKED',
      'DAMAGE_DEALT',
      'PLAYER_ATTACKED',
      'DAMAGE_DEALT',
      'HEAL_CAST',
      'COMBAT_ENDED',
    ]);
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
    await expect(recordFight(old, fight)).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('GET /api/v1/combat/sessions', () => {
  it('pages through own fights, newest first, and no others', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const fights: CombatSummary[] = [];
    for (let count = 0; count < 7; count += 1) {
      const fight = fightOf(actor.characterId!);
      await recordFight(fence, fight);
      fights.push(fight);
    }
    await recordFight(fence, fightOf(createId('chr')));
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

  it('shows no deaths among them', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    await recordDeath(fence, deathOf(actor.characterId!, 90));
    const fight = fightOf(actor.characterId!);
    await recordFight(fence, fight);
    const reply = await world.call(listSessionsHandler, listSessions, { actor, query: { limit: '1' } });
    expect(reply.body.sessions).toMatchObject([{ combatId: fight.combatId }]);
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
    await recordFight(fence, fight);
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
    await recordFight(fence, fight);
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

describe('GET /api/v1/combat/sessions/{combatId}/log', () => {
  const read = (characterId: CharacterId, combatId: string, query: Record<string, string> = {}) =>
    world.call(getLogHandler, getLog, { actor: world.actor({ characterId }), params: { combatId }, query });

  it('shows everybody who fought what happened, in pages from the beginning on', async () => {
    const [first, second] = [createId('chr'), createId('chr')];
    const fight = fightOf(first, second);
    await recordFight(fence, fight);
    const page = await read(second, fight.combatId, { limit: '3' });
    expect([page.status, page.body]).toMatchObject([
      200,
      {
        spanMs: 1_000,
        tellsAbilities: true,
        tellsFighters: true,
        entries: [
          { atMs: 0, source: first, target: 'npc', abilityId: 'plain-attack', kind: 'hit', count: 2, amount: 21 },
          { atMs: 1_000, kind: 'critical', count: 1, amount: 40 },
          { atMs: 2_000, source: 'npc', target: first, kind: 'hit', count: 1, amount: 30 },
        ],
      },
    ]);
    const rest = await read(first, fight.combatId, { limit: '3', cursor: page.body.nextCursor });
    expect(rest.body.entries).toMatchObject([{ atMs: 2_000, kind: 'death', count: 1, amount: 0 }]);
    expect(rest.body.nextCursor).toBeUndefined();
  });

  it('is empty where nothing happened', async () => {
    const fight = fightOf(createId('chr'));
    await recordFight(fence, { ...fight, log: { ...fight.log, entries: [] } });
    const reply = await read(fight.participants[0]!.characterId, fight.combatId);
    expect([reply.status, reply.body.entries]).toEqual([200, []]);
  });

  it('has room for the longest log', async () => {
    const fight = fightOf(createId('chr'));
    const entries = Array.from({ length: MAX_LOG_ENTRIES }, (_, span) => ({ ...fight.log.entries[0]!, span }));
    await recordFight(fence, { ...fight, log: { ...fight.log, entries } });
    const cursor = Buffer.from(`log-entry:${MAX_LOG_ENTRIES - 1}`).toString('base64url');
    const reply = await read(fight.participants[0]!.characterId, fight.combatId, { cursor });
    expect(reply.body.entries).toMatchObject([{ atMs: (MAX_LOG_ENTRIES - 1) * SECOND_MS }]);
    const more = [...entries, entries[0]!];
    const longer = { ...fightOf(createId('chr')), log: { ...fight.log, entries: more } };
    await expect(recordFight(fence, longer)).rejects.toThrow(RangeError);
  });

  it('answers alike for a fight of others and for none', async () => {
    const fight = fightOf(createId('chr'));
    await recordFight(fence, fight);
    const stranger = createId('chr');
    const replies = await Promise.all([read(stranger, fight.combatId), read(stranger, createId('cbt'))]);
    expect(replies.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'combat.session_not_found'],
      [404, 'combat.session_not_found'],
    ]);
  });

  it('refuses a cursor that is none of its own', async () => {
    const fight = fightOf(createId('chr'));
    await recordFight(fence, fight);
    const own = fight.participants[0]!.characterId;
    for (const text of ['CBT#x', 'log-entry:-1', 'log-entry:x', 'log-entry:1.5']) {
      const reply = await read(own, fight.combatId, { cursor: Buffer.from(text).toString('base64url') });
      expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
    }
  });
});

describe('GET /api/v1/combat/statistics', () => {
  const read = async (characterId: CharacterId) =>
    (await world.call(getStatisticsHandler, getStatistics, { actor: world.actor({ characterId }) })).body;

  it('begins with nothing', async () => {
    expect(await read(createId('chr'))).toMatchObject({ fights: 0, npcKills: 0, duels: { won: 0, lost: 0, drawn: 0 } });
  });

  it('counts each fight once, however often and however many at a time are handed in', async () => {
    const own = createId('chr');
    const fights = Array.from({ length: 4 }, () => fightOf(own));
    await Promise.all([...fights, ...fights].map((fight) => recordFight(fence, fight)));
    for (const fight of fights) await recordFight(fence, fight);
    expect(await read(own)).toMatchObject({
      fights: 4,
      npcKills: 4,
      playerKills: 0,
      deaths: 0,
      damageDone: 400,
      damageTaken: 120,
      healingDone: 20,
      hits: 36,
      misses: 4,
    });
  });

  it('keeps the best blow, and the fight that it was in', async () => {
    const own = createId('chr');
    const blows = [30, 70, 50].map((amount) => {
      const { participants, ...fight } = fightOf(own);
      return { ...fight, participants: [{ ...participants[0]!, bestBlow: { amount, abilityId: 'plain-attack' } }] };
    });
    await Promise.all(blows.map((fight) => recordFight(fence, fight)));
    const { combatId } = blows[1]!;
    expect(await read(own)).toMatchObject({ fights: 3, bestBlow: { amount: 70, abilityId: 'plain-attack', combatId } });
  });

  it('tells duels from other fights of players', async () => {
    const [own, other] = [createId('chr'), createId('chr')];
    await recordFight(fence, pvpFight(own, other));
    await recordFight(fence, pvpFight(other, own));
    await recordFight(fence, { ...pvpFight(own, other), winnerId: undefined });
    await recordFight(fence, { ...pvpFight(own, other), isDuel: false });
    expect(await read(own)).toMatchObject({
      fights: 4,
      npcKills: 0,
      playerKills: 3,
      duels: { won: 1, lost: 1, drawn: 1 },
      playerFights: { won: 1, lost: 0, drawn: 0 },
    });
  });

  it('is forgotten with its character', async () => {
    const own = createId('chr');
    await recordFight(fence, fightOf(own));
    const data = { accountId: createId('acc'), characterId: own, realmId: 'glasswater' };
    const purged = event(CHARACTER_PURGED, { aggregateId: own, aggregateSeq: 3, data });
    await zoneOperation(own).commit({ events: [purged] });
    await world.deliver({ twice: true });
    expect((await read(own)).fights).toBe(0);
  });
});

describe('/topic/character/{characterId}/combat', () => {
  it('tells everybody who fought how it ended for them, and of deaths', async () => {
    const [winner, loser] = [createId('chr'), createId('chr')];
    const fight = pvpFight(winner, loser);
    await recordFight(fence, fight);
    await recordDeath(fence, { ...deathOf(loser, 91), combatId: fight.combatId });
    await world.deliver();
    const toldTo = (characterId: CharacterId) =>
      world.pushes
        .filter(({ destination }) => destination === `/topic/character/${characterId}/combat`)
        .map(({ body }) => body as { readonly type: string })
        .sort((a, b) => (a.type < b.type ? 1 : -1));
    expect(toldTo(winner)).toMatchObject([{ type: 'fight_ended', session: { outcome: 'won' } }]);
    expect(toldTo(loser)).toMatchObject([
      { type: 'fight_ended', session: { outcome: 'lost' } },
      { type: 'died', combatId: fight.combatId, killer: { npcKind: npcs.all[0]!.id } },
    ]);
  });
});
