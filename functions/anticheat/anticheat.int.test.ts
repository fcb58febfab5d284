import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rolesWith, type StaffRole } from '#functions/account/authority.ts';
import { createAccount, getAccount, standingOf } from '#functions/account/public.ts';
import { updateRoles } from '#functions/account/store.ts';
import { getActiveSession, openSession } from '#functions/session/public.ts';
import { claimZone, enterZone, pollCommands } from '#functions/zone/public.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import { type AccountId, type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { commitInTest, playingCharacter } from '#shared/testing/test-character.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import type { Noticed } from './case.ts';
import { listCases, listLog, reviewCase, viewCase, viewHistory } from './contract.ts';
import { handler as listHandler } from './endpoints/list-cases.ts';
import { handler as logHandler } from './endpoints/list-log.ts';
import { handler as reviewHandler } from './endpoints/review-case.ts';
import { handler as caseHandler } from './endpoints/view-case.ts';
import { handler as historyHandler } from './endpoints/view-history.ts';
import { handler as watchHandler } from './jobs/watch-queue.ts';
import { reportSuspicion } from './public.ts';
import { caseLimits } from './rules.ts';

const { scorePerLevel, kickDelayMs, urgentFromLevel } = caseLimits;
const zoneId = 'glasswater-docks' as Slug;
const reason = 'Report 4711';

let world: TestWorld;
let fence: { zoneId: Slug; shardId: string; epoch: number };
let mod: Actor;
let reported = 0;

beforeAll(async () => {
  world = await startTestWorld();
  const claimed = await claimZone({ zoneId, shardId: 'shard-a', url: 'wss://zone.test', leaseMs: DAY_MS });
  fence = { zoneId, shardId: 'shard-a', epoch: claimed!.epoch };
  mod = await staffMember('moderator');
});
afterAll(() => world.stop());

/** Reports of a zone's life are numbered. */
function nextSeq(): number {
  reported += 1;
  return reported;
}

/** Somebody with these roles in a session that has just shown its second factor. */
async function staffMember(...held: StaffRole[]): Promise<Actor> {
  const accountId = createId('acc');
  const { account, ...created } = createAccount({ accountId, locale: 'en', nowMs: world.clock.nowMs() });
  await commitInTest(created);
  await commitInTest({ writes: [updateRoles(account, rolesWith(held))] });
  return world.stepUp(world.actor({ accountId, roles: rolesWith(held) }));
}

const jumps = (weight: number, samples: Noticed['samples'] = []): Noticed => {
  return { check: 'teleport', count: Math.ceil(weight / 4), weight, samples };
};
const measured = (atMs: number) => ({ atMs, figures: { metres: 127.28, fromX: 0, fromY: 0, toX: 90, toY: 90 } });

/** A session as a login opens it. */
async function loggedIn(accountId: AccountId) {
  const [sessionId, nowMs] = [createId('ses'), world.clock.nowMs()];
  await commitInTest(openSession({ sessionId, accountId, deviceName: 'test', userAgent: 'test', nowMs }));
  return sessionId;
}

/** A player in the zone, and what the zone holds against them. */
async function suspect(...noticed: Noticed[]) {
  const player = await playingCharacter(world);
  const { accountId, characterId, sessionId } = player;
  await enterZone(fence, { accountId, characterId, sessionId });
  const accuse = (...more: Noticed[]) => {
    const report = { reportSeq: nextSeq(), accountId, characterId, atMs: world.clock.nowMs(), noticed: more };
    return reportSuspicion(fence, report).then(() => report);
  };
  if (noticed.length > 0) await accuse(...noticed);
  return { ...player, accuse };
}

const view = (accountId: AccountId, actor = mod) => world.call(caseHandler, viewCase, { actor, params: { accountId } });
const cases = (query: Record<string, string> = {}) => world.call(listHandler, listCases, { actor: mod, query });
const log = (accountId: AccountId) => world.call(logHandler, listLog, { actor: mod, params: { accountId } });
const history = (characterId: CharacterId, query: Record<string, string> = {}) =>
  world.call(historyHandler, viewHistory, { actor: mod, params: { characterId }, query });
const decide = (accountId: AccountId, body: object, actor = mod, idempotencyKey: string = createId('opr')) =>
  world.call(reviewHandler, reviewCase, {
    ...{ actor, idempotencyKey, params: { accountId } },
    body: { revision: 1, reason, ...body },
  });
const told = async (name: string, aggregateId: string) => {
  await world.deliver();
  return world.events.filter((one) => one.name === name && one.aggregateId === aggregateId);
};
const kicksOf = async (accountId: AccountId) =>
  (await pollCommands(zoneId)).filter((order) => order.kind === 'evict' && order.accountId === accountId);

/** Sends what must be refused with this code, and checks that it changed nothing. */
async function expectRefusal(send: () => Promise<{ body: { code: string } }>, code: string) {
  const before = await world.snapshot();
  expect((await send()).body.code).toBe(code);
  expect(await world.snapshot()).toEqual(before);
}

describe('a report of a zone', () => {
  it('opens a case that says in words what was measured, and is kept in the history of the character', async () => {
    const { accountId, characterId, accuse } = await suspect();
    const nowMs = world.clock.nowMs();
    await accuse(jumps(12, [measured(nowMs - 50), measured(nowMs)]));
    const { status, body } = await view(accountId);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accountId, characterId, state: 'open', score: 12, level: 0, revision: 1 });
    expect(body.findings).toMatchObject([{ check: 'teleport', count: 3, score: 12 }]);
    expect(body.findings[0].samples).toMatchObject([
      { at: toIso(nowMs - 50) },
      {
        at: toIso(nowMs),
        characterId,
        unitId: zoneId,
        measured: 'Claimed a step of 127.3 m from (0, 0) to (90, 90) at once.',
      },
    ]);
    world.clock.advance(SECOND_MS);
    const { reports } = (await history(characterId)).body;
    expect(reports).toMatchObject([{ at: toIso(nowMs), unitId: zoneId, noticed: [{ check: 'teleport', weight: 12 }] }]);
    expect(await told('CHEAT_SUSPECTED', accountId)).toEqual([]);
    expect((await log(accountId)).body.entries).toMatchObject([{ action: 'look-history' }, { action: 'look' }]);
  });

  it('counts once, however often it is handed in, and when the first answer was lost', async () => {
    const { accountId, accuse } = await suspect();
    const report = await accuse(jumps(12));
    const before = await world.snapshot();
    await Promise.all([1, 2, 3].map(() => reportSuspicion(fence, report)));
    expect(await world.snapshot()).toEqual(before);
    const another = { ...report, reportSeq: nextSeq() };
    await Promise.all([1, 2, 3].map(() => reportSuspicion(fence, another)));
    expect((await view(accountId)).body).toMatchObject({ score: 24 });
  });

  it('is refused from a zone that has lost its lease', async () => {
    const { accountId, characterId } = await suspect();
    const report = { reportSeq: 1, accountId, characterId, atMs: world.clock.nowMs(), noticed: [jumps(12)] };
    const before = await world.snapshot();
    await expect(reportSuspicion({ ...fence, epoch: fence.epoch - 1 }, report)).rejects.toMatchObject({
      code: 'zone.fenced',
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('counts against the account, whichever of its characters was played, and side by side', async () => {
    const { accountId, accuse } = await suspect();
    const other = { accountId, characterId: createId('chr'), atMs: world.clock.nowMs(), noticed: [jumps(4)] };
    await Promise.all([accuse(jumps(4)), reportSuspicion(fence, { ...other, reportSeq: nextSeq() })]);
    expect((await view(accountId)).body).toMatchObject({ score: 8 });
  });

  it('that reaches a level is told once, and puts the character out after 30 to 90 seconds', async () => {
    const { accountId, characterId, accuse } = await suspect(jumps(scorePerLevel - 1));
    expect(await told('CHEAT_SUSPECTED', accountId)).toEqual([]);
    const nowMs = world.clock.nowMs();
    await accuse(jumps(4));
    await accuse(jumps(4));
    const [event, ...more] = await told('CHEAT_SUSPECTED', accountId);
    expect(more).toEqual([]);
    expect(event!.data).toMatchObject({
      accountId,
      characterId,
      zoneId,
      level: 1,
      checks: ['teleport'],
      isUrgent: false,
    });
    const kickAtMs = Date.parse((event!.data as { kickAt: string }).kickAt);
    expect(kickAtMs).toBeGreaterThanOrEqual(nowMs + kickDelayMs.min);
    expect(kickAtMs).toBeLessThanOrEqual(nowMs + kickDelayMs.max);
    expect((await view(accountId)).body).toMatchObject({ kickAt: toIso(kickAtMs) });
    world.clock.advance(kickDelayMs.min - SECOND_MS);
    expect(await kicksOf(accountId)).toEqual([]);
    world.clock.advance(kickDelayMs.max);
    expect(await kicksOf(accountId)).toMatchObject([{ reason: 'kicked', characterId }]);
    expect(standingOf(await getAccount(accountId), world.clock.nowMs()).kind).toBe('active');
  });

  it('makes the case urgent at the third level, and never bans anybody', async () => {
    const { accountId } = await suspect(jumps(5_000));
    expect(await told('CHEAT_SUSPECTED', accountId)).toMatchObject([{ data: { isUrgent: true } }]);
    expect((await view(accountId)).body).toMatchObject({ isUrgent: true, state: 'open' });
    expect((await view(accountId)).body.level).toBeGreaterThanOrEqual(urgentFromLevel);
    expect(standingOf(await getAccount(accountId), world.clock.nowMs()).kind).toBe('active');
  });

  it('orders nobody out who is not in the zone any more', async () => {
    const { accountId, characterId } = await playingCharacter(world);
    const atMs = world.clock.nowMs();
    await reportSuspicion(fence, { reportSeq: nextSeq(), accountId, characterId, atMs, noticed: [jumps(40)] });
    const [event] = await told('CHEAT_SUSPECTED', accountId);
    expect(event!.data).not.toHaveProperty('kickAt');
    world.clock.advance(2 * MINUTE_MS);
    expect(await kicksOf(accountId)).toEqual([]);
  });
});

describe('the queue', () => {
  it('has the weightiest first, also when time has passed, a page at a time', async () => {
    const early = await suspect(jumps(300));
    world.clock.advance(caseLimits.halfLifeMs);
    mod = await world.stepUp(mod);
    const late = await suspect(jumps(200));
    const little = await suspect(jumps(100));
    const wanted = [late, early, little].map(({ accountId }) => accountId);
    const seen: { accountId: AccountId; score: number }[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await cases({ limit: '2', ...(cursor ? { cursor } : {}) });
      expect(body.cases.length).toBeLessThanOrEqual(2);
      seen.push(...body.cases);
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen.map(({ accountId }) => accountId).filter((one) => wanted.includes(one))).toEqual(wanted);
    expect(seen.map(({ score }) => score)).toEqual(seen.map(({ score }) => score).sort((a, b) => b - a));
    expect((await cases({ cursor: 'AAAA' })).body.code).toBe('request.invalid');
  });
});

describe('the watch over the queue', () => {
  it('measures how long the longest waiting urgent case has been urgent, until it is decided on', async () => {
    const lines: string[] = [];
    const undo = useMetricSink((line) => void lines.push(line));
    const waited = async () => {
      await watchHandler(undefined, lambdaContext());
      const measured = lines.map((line) => JSON.parse(line).LongestUrgentMs).filter((ms) => ms !== undefined);
      return measured.at(-1);
    };
    const { accountId } = await suspect(jumps(urgentFromLevel * scorePerLevel * 100));
    const before = await waited();
    world.clock.advance(DAY_MS);
    mod = await world.stepUp(mod);
    expect(await waited()).toBe(before + DAY_MS);
    for (const one of (await cases()).body.cases)
      if (one.isUrgent) await decide(one.accountId, { revision: one.revision, verdict: 'dismiss' });
    expect((await view(accountId)).body).toMatchObject({ state: 'dismissed', isUrgent: false });
    expect(await waited()).toBe(0);
    undo();
  });
});

describe('a decision', () => {
  it('moves the case to its queue, is on record and told, and cannot be made twice on one look', async () => {
    const { accountId, characterId } = await suspect(jumps(20));
    const once = createId('opr');
    const first = await decide(accountId, { verdict: 'watch' }, mod, once);
    expect(first.body).toMatchObject({
      state: 'watching',
      revision: 2,
      score: 20,
      review: { verdict: 'watch', reason },
    });
    expect((await decide(accountId, { verdict: 'watch' }, mod, once)).text).toBe(first.text);
    const other = await staffMember('gm');
    await expectRefusal(() => decide(accountId, { verdict: 'dismiss' }, other), 'anticheat.case_changed');
    expect((await cases({ state: 'watching' })).body.cases).toMatchObject([{ accountId, characterId }]);
    const [entry] = (await log(accountId)).body.entries;
    expect(entry).toMatchObject({ action: 'watch', reason, before: 'open', after: 'watching', score: 20 });
    expect(entry.staffId).toBe(mod.accountId);
    expect(await told('CHEAT_REVIEWED', accountId)).toMatchObject([{ data: { verdict: 'watch', by: mod.accountId } }]);
  });

  it('of two at once is one, and reports meanwhile take nothing from it', async () => {
    const { accountId, accuse } = await suspect(jumps(20));
    const other = await staffMember('gm');
    const [one, two] = await Promise.all([
      decide(accountId, { verdict: 'watch' }),
      decide(accountId, { verdict: 'dismiss' }, other),
      accuse(jumps(4)),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 409]);
    const { body } = await view(accountId);
    expect(body.revision).toBe(2);
    expect(body.review.verdict).toBe(one.status === 200 ? 'watch' : 'dismiss');
  });

  it('that dismisses it clears the score, keeps the evidence, and is undone by a new level alone', async () => {
    const { accountId, accuse } = await suspect(jumps(20, [measured(world.clock.nowMs())]));
    expect((await decide(accountId, { verdict: 'dismiss' })).body).toMatchObject({
      ...{ state: 'dismissed', score: 0 },
      findings: [{ check: 'teleport', score: 0, count: 0, samples: [{}] }],
    });
    await accuse(jumps(scorePerLevel - 1));
    expect((await view(accountId)).body).toMatchObject({ state: 'dismissed', revision: 2 });
    await accuse(jumps(2));
    expect((await view(accountId)).body).toMatchObject({ state: 'open', revision: 3, review: { verdict: 'dismiss' } });
    expect(await told('CHEAT_SUSPECTED', accountId)).toHaveLength(1);
    await expectRefusal(() => decide(accountId, { revision: 2, verdict: 'kick' }), 'anticheat.case_changed');
  });

  it('that kicks ends the sessions and bans nobody', async () => {
    const { accountId } = await suspect(jumps(40));
    const sessionId = await loggedIn(accountId);
    expect((await decide(accountId, { verdict: 'kick' })).body).toMatchObject({ state: 'confirmed', score: 0 });
    expect(await getActiveSession(sessionId)).toBeUndefined();
    expect(await told('SESSION_CLOSED', sessionId)).toHaveLength(1);
    expect(standingOf(await getAccount(accountId), world.clock.nowMs()).kind).toBe('active');
  });

  it('that suspends bans for those days, with an entry in the audit of the account', async () => {
    const { accountId } = await suspect(jumps(40));
    const sessionId = await loggedIn(accountId);
    const { body } = await decide(accountId, { verdict: 'suspend', suspendDays: 7 });
    const untilMs = world.clock.nowMs() + 7 * DAY_MS;
    expect(body).toMatchObject({ state: 'confirmed', review: { until: toIso(untilMs) } });
    expect(await getActiveSession(sessionId)).toBeUndefined();
    expect(standingOf(await getAccount(accountId), world.clock.nowMs())).toEqual({ kind: 'banned', untilMs });
    expect(standingOf(await getAccount(accountId), untilMs)).toEqual({ kind: 'active' });
    const audit = (await world.snapshot()).filter((row) => row._et === 'AccountAudit' && row.accountId === accountId);
    expect(audit).toMatchObject([{ action: 'ban', reason, actorId: mod.accountId }]);
    // A shorter one takes nothing from it.
    await decide(accountId, { revision: 2, verdict: 'suspend', suspendDays: 1 });
    expect(standingOf(await getAccount(accountId), world.clock.nowMs())).toEqual({ kind: 'banned', untilMs });
  });

  it('is refused, and changes nothing, when it is not one', async () => {
    const { accountId } = await suspect(jumps(20));
    const before = await world.snapshot();
    const tooLong = caseLimits.longestSuspensionDays + 1;
    for (const body of [
      { verdict: 'suspend' },
      { verdict: 'kick', suspendDays: 3 },
      { verdict: 'suspend', suspendDays: tooLong },
      { verdict: 'watch', reason: '' },
      { verdict: 'ban' },
    ])
      expect((await decide(accountId, body)).body.code).toBe('request.invalid');
    expect(await world.snapshot()).toEqual(before);
  });

  it('is nobody’s own, nor on those who stand as high, nor of those who are staff no more', async () => {
    const atMs = world.clock.nowMs();
    const other = await staffMember('moderator');
    for (const { accountId } of [mod, other]) {
      const report = { reportSeq: nextSeq(), accountId, characterId: createId('chr'), atMs };
      await reportSuspicion(fence, { ...report, noticed: [jumps(20)] });
    }
    await expectRefusal(() => decide(mod.accountId, { verdict: 'dismiss' }), 'account.own_account');
    await expectRefusal(() => decide(other.accountId, { verdict: 'dismiss' }), 'account.outranked');
    const admin = await staffMember('admin');
    expect((await decide(other.accountId, { verdict: 'dismiss' }, admin)).status).toBe(200);
    const { accountId } = await suspect(jumps(20));
    const former = await world.stepUp(
      world.actor({ accountId: (await playingCharacter(world)).accountId, roles: ['gm'] }),
    );
    await expectRefusal(() => decide(accountId, { verdict: 'dismiss' }, former), 'auth.forbidden');
  });

  it('happens once when the reply of the store was lost', async () => {
    const { accountId } = await suspect(jumps(20));
    const once = createId('opr');
    let lost = 0;
    const undo = useStepHook(async (_name, run) => {
      const answer = await run();
      if (lost === 0) {
        lost += 1;
        throw new Error('the reply is lost');
      }
      return answer;
    });
    await decide(accountId, { verdict: 'watch' }, mod, once).finally(undo);
    const reply = await decide(accountId, { verdict: 'watch' }, mod, once);
    expect([reply.status, reply.body.revision]).toEqual([200, 2]);
    expect(
      (await log(accountId)).body.entries.filter(({ action }: { action: string }) => action === 'watch'),
    ).toHaveLength(1);
  });
});

describe('who is not suspected', () => {
  it('looks like nobody', async () => {
    const { accountId, characterId } = await suspect();
    const before = await world.snapshot();
    const replies = [view(accountId), history(characterId), log(accountId), decide(accountId, { verdict: 'dismiss' })];
    for (const { status, body } of await Promise.all(replies))
      expect([status, body.code]).toEqual([404, 'anticheat.not_found']);
    expect(await world.snapshot()).toEqual(before);
  });
});
