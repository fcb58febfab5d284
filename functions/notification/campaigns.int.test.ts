import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { LOGIN_SUCCESS, PASSWORD_CHANGED } from '#events/auth.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { createAccount } from '#functions/account/public.ts';
import { getRoster, saveRoster } from '#functions/character/store-slots.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { createProgressionWrite } from '#functions/progression/store.ts';
import { beginPresence, endPresence } from '#functions/session/presence.ts';
import { openSession } from '#functions/session/public.ts';
import { getPresence } from '#functions/session/store-presence.ts';
import type { EventDefinition, EventEnvelope } from '#shared/contract/event.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { cancelCampaign, listCampaigns, send } from './admin-contract.ts';
import {
  catchUp,
  countUnread,
  erasePersonalData,
  list,
  notify,
  notifySecurity,
  remove,
  setPreferences,
  viewPreferences,
} from './contract.ts';
import { handler as cancelHandler } from './endpoints/cancel-campaign.ts';
import { handler as countHandler } from './endpoints/count-unread.ts';
import { handler as listHandler } from './endpoints/list.ts';
import { handler as campaignsHandler } from './endpoints/list-campaigns.ts';
import { handler as removeHandler } from './endpoints/remove.ts';
import { handler as sendHandler } from './endpoints/send.ts';
import { handler as setHandler } from './endpoints/set-preferences.ts';
import { handler as viewHandler } from './endpoints/view-preferences.ts';
import { exportOf } from './export.ts';
import { handler as runCampaigns } from './jobs/run-campaigns.ts';

let world: TestWorld;
let admin: Actor;
let sent = 0;

beforeAll(async () => {
  world = await startTestWorld();
  admin = world.actor({ roles: ['player', 'admin'] });
  await world.openSession(admin);
});
afterAll(() => world.stop());
beforeEach(() => world.clock.advance(1));

function envelope<D extends EventDefinition>(definition: D, data: EventEnvelope<D>['data']): EventEnvelope {
  return {
    id: createId('evt'),
    name: definition.name,
    version: definition.version,
    occurredAt: toIso(world.clock.nowMs()),
    aggregateId: 'test',
    aggregateSeq: 1,
    correlationId: 'test',
    causationId: 'test',
    actor: { origin: 'player' },
    data,
  };
}

/** An account with a row, and an open session if it is online. */
async function player(of: { locale?: Locale; online?: boolean } = {}): Promise<Actor> {
  const actor = world.actor();
  const { accountId, sessionId } = actor;
  const nowMs = world.clock.nowMs();
  const created = createAccount({ accountId, locale: of.locale ?? 'en', via: 'guest', nowMs });
  const opened = openSession({ sessionId, accountId, deviceName: 'test', userAgent: 'test', nowMs });
  await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(
    of.online === false ? created : mergeChanges(created, opened),
  );
  return actor;
}

/** A character of this player, of whatever level. */
async function character({ accountId }: Actor, of: { realmId: 'glasswater' | 'ember-coast'; level: number }) {
  const characterId = createId('chr');
  const { progression } = initialProgression({ characterId, accountId, classId: 'gunhand' });
  const roster = await getRoster(accountId, of.realmId);
  await committing({
    writes: [
      saveRoster(roster, { characterIds: [characterId], deletedIds: [] }),
      createProgressionWrite({ ...progression, level: of.level }),
    ],
  });
}

/** Plays for a moment, and leaves. */
async function visit(actor: Actor) {
  await begin(actor);
  await committing(endPresence((await getPresence(actor.accountId))!));
}

/** A new session begins to play. */
async function begin({ accountId }: Actor) {
  await committing(
    await beginPresence({ accountId, sessionId: createId('ses'), characterId: createId('chr') }, world.clock.nowMs()),
  );
}

function committing(changes: Changes) {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

async function sending(body: object, actor = admin) {
  sent += 1;
  await world.stepUp(actor);
  return world.call(sendHandler, send, { actor, body, idempotencyKey: `campaign-${sent}` });
}

async function listOf(actor: Actor) {
  const { body } = await world.call(listHandler, list, { actor });
  return (body as { notifications: { text: string; code: string; position: number; times: number }[] }).notifications;
}

const textsOf = async (actor: Actor) => (await listOf(actor)).map(({ text }) => text);
const run = () => runCampaigns({}, { awsRequestId: 'run' } as never);
const login = ({ accountId, sessionId }: Actor) =>
  invokeSubscriber(catchUp, envelope(LOGIN_SUCCESS, { accountId, sessionId, isFirst: false }));

function levelUp(accountId: AccountId) {
  const characterId = createId('chr');
  return envelope(LEVEL_UP, { accountId, characterId, level: 2, previousLevel: 1, attributePoints: 1, skillPoints: 1 });
}

const reason = 'a test of operators';
const texts = { en: 'The rain stops.', ru: 'Дождь кончился.' };

describe('what operators send to one player', () => {
  it('stands in the list in the language of the player, and is pushed', async () => {
    const actor = await player({ locale: 'ru' });
    const reply = await sending({ audience: { kind: 'account', accountId: actor.accountId }, texts, reason });
    expect(reply.status).toBe(202);
    expect(await textsOf(actor)).toEqual([texts.ru]);
    await world.deliver();
    const pushed = world.pushes.filter(({ destination }) => destination.includes(actor.accountId));
    expect(pushed.map(({ body }) => (body as { text: string }).text)).toEqual([texts.ru]);
  });

  it('is in no list when it is transient', async () => {
    const actor = await player();
    const audience = { kind: 'account', accountId: actor.accountId };
    expect((await sending({ audience, texts, transient: true, reason })).status).toBe(202);
    expect(await listOf(actor)).toEqual([]);
    await world.deliver();
    const pushed = world.pushes.filter(({ destination }) => destination.includes(actor.accountId));
    expect(pushed.map(({ body }) => body)).toMatchObject([{ text: texts.en }]);
    expect(pushed[0]!.body).not.toHaveProperty('position');
  });

  it('is refused for an account that does not exist', async () => {
    const audience = { kind: 'account', accountId: createId('acc') };
    await world.stepUp(admin);
    const before = await world.snapshot();
    const reply = await sending({ audience, texts, reason });
    expect(reply).toMatchObject({ status: 404, body: { code: 'notification.recipient_not_found' } });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('what operators send to many', () => {
  it('reaches who is online by the job and who comes later at login, each once', async () => {
    const [online, away] = [await player(), await player({ online: false })];
    expect((await sending({ audience: { kind: 'all' }, texts, reason })).status).toBe(202);
    await run();
    await run();
    expect([await textsOf(online), await textsOf(away)]).toEqual([[texts.en], []]);
    await login(away);
    await login(away);
    await login(online);
    expect([await textsOf(online), await textsOf(away)]).toEqual([[texts.en], [texts.en]]);
  });

  it('is not for accounts that were made afterwards', async () => {
    await sending({ audience: { kind: 'all' }, texts, reason });
    world.clock.advance(1);
    const newcomer = await player();
    await run();
    await login(newcomer);
    expect(await listOf(newcomer)).toEqual([]);
  });

  it('reaches of a segment who meets all its criteria', async () => {
    const [english, russian] = [await player(), await player({ locale: 'ru' })];
    const createdAfter = toIso(world.clock.nowMs() - HOUR_MS);
    const audience = { kind: 'segment', locales: ['ru'], roles: ['player'], createdAfter };
    await sending({ audience, texts: { en: 'only for some' }, reason });
    await run();
    expect(await textsOf(english)).not.toContain('only for some');
    expect(await textsOf(russian)).toContain('only for some');
  });

  it('reaches of a segment by realm and level who has one character of both', async () => {
    const [veteran, novice, abroad] = [await player(), await player(), await player()];
    await character(veteran, { realmId: 'glasswater', level: 12 });
    await character(veteran, { realmId: 'ember-coast', level: 1 });
    await character(novice, { realmId: 'glasswater', level: 1 });
    await character(abroad, { realmId: 'ember-coast', level: 12 });
    const audience = { kind: 'segment', realms: ['glasswater'], levels: { from: 10, to: 20 } };
    await sending({ audience, texts: { en: 'for veterans' }, reason });
    await run();
    const told = await Promise.all([veteran, novice, abroad].map(textsOf));
    expect(told.map((texts) => texts.includes('for veterans'))).toEqual([true, false, false]);
  });

  it('reaches of a segment by last visit who comes back after a pause, whether or not they play already', async () => {
    const [back, playing, regular, newcomer] = [
      await player({ online: false }),
      await player({ online: false }),
      await player({ online: false }),
      await player({ online: false }),
    ];
    for (const actor of [back, playing]) await visit(actor);
    world.clock.advance(40 * DAY_MS);
    await visit(regular);
    world.clock.advance(HOUR_MS);
    const lastSeenBefore = toIso(world.clock.nowMs() - 30 * DAY_MS);
    await sending({ audience: { kind: 'segment', lastSeenBefore }, texts: { en: 'long time no see' }, reason });
    // Who is quick has begun to play before the event of the login is looked at.
    await begin(playing);
    for (const actor of [back, playing, regular, newcomer]) await login(actor);
    const told = await Promise.all([back, playing, regular, newcomer].map(textsOf));
    expect(told.map((texts) => texts.includes('long time no see'))).toEqual([true, true, false, false]);
  });

  it.each([
    ['createdBefore', { createdAfter: '2026-02-01T00:00:00.000Z', createdBefore: '2026-01-01T00:00:00.000Z' }],
    ['lastSeenBefore', { lastSeenAfter: '2026-02-01T00:00:00.000Z', lastSeenBefore: '2026-02-01T00:00:00.000Z' }],
    ['levels', { levels: { from: 5, to: 4 } }],
  ])('is refused where %s means nobody', async (field, criteria) => {
    const reply = await sending({ audience: { kind: 'segment', ...criteria }, texts, reason });
    expect(reply).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(reply.body.issues)).toContain(`body.audience.${field}`);
  });

  it('reaches everybody however many there are, and two runs at once', async () => {
    const players = [];
    for (let count = 0; count < 70; count += 1) players.push(await player());
    await sending({ audience: { kind: 'all' }, texts: { en: 'to all of you' }, reason });
    await Promise.all([run(), run()]);
    await run();
    for (const actor of players) {
      expect((await textsOf(actor)).filter((text) => text === 'to all of you')).toHaveLength(1);
    }
  }, 120_000);

  it('reaches nobody else once it is cancelled, and says so in the list', async () => {
    const away = await player({ online: false });
    const { body } = await sending({ audience: { kind: 'all' }, texts: { en: 'by mistake' }, reason });
    const { campaignId } = body as { campaignId: string };
    const cancel = () => world.call(cancelHandler, cancelCampaign, { actor: admin, params: { campaignId } });
    expect([(await cancel()).status, (await cancel()).status]).toEqual([204, 204]);
    await run();
    await login(away);
    expect(await textsOf(away)).not.toContain('by mistake');
    const listed = await world.call(campaignsHandler, listCampaigns, { actor: admin });
    const { campaigns } = listed.body as { campaigns: { campaignId: string; state: string; reason: string }[] };
    expect(campaigns.find((one) => one.campaignId === campaignId)).toMatchObject({ state: 'CANCELLED', reason });
  });

  it('is gone from lists when it has expired', async () => {
    const actor = await player();
    await sending({ audience: { kind: 'all' }, texts: { en: 'for an hour' }, expiresInHours: 1, reason });
    await run();
    expect(await textsOf(actor)).toContain('for an hour');
    world.clock.advance(HOUR_MS);
    expect(await textsOf(actor)).not.toContain('for an hour');
    const late = await player({ online: false });
    await login(late);
    expect(await textsOf(late)).not.toContain('for an hour');
  });

  it('is bounded', async () => {
    world.clock.advance(31 * DAY_MS);
    await world.openSession(admin);
    for (let count = 0; count < 50; count += 1) {
      expect((await sending({ audience: { kind: 'all' }, texts, expiresInHours: 1, reason })).status).toBe(202);
    }
    const reply = await sending({ audience: { kind: 'all' }, texts, reason });
    expect(reply).toMatchObject({ status: 409, body: { code: 'notification.too_many_campaigns' } });
    world.clock.advance(HOUR_MS);
    expect((await sending({ audience: { kind: 'all' }, texts, expiresInHours: 1, reason })).status).toBe(202);
    world.clock.advance(HOUR_MS);
  }, 60_000);

  it.each([['player'], ['moderator'], ['gm']] as const)('is refused to a %s', async (role) => {
    const reply = await sending({ audience: { kind: 'all' }, texts, reason }, world.actor({ roles: [role] }));
    expect(reply.status).toBe(403);
  });
});

describe('preferences', () => {
  async function prefer(actor: Actor, body: object) {
    return world.call(setHandler, setPreferences, { actor, body });
  }

  it('are what the player has set, and the defaults before', async () => {
    const actor = await player();
    const view = async () => (await world.call(viewHandler, viewPreferences, { actor })).body;
    expect(await view()).toMatchObject({ categories: { progress: 'push', loot: 'push' } });
    const set = { categories: { loot: 'off' }, quietHours: { from: '22:00', to: '07:00', timeZone: 'Asia/Tokyo' } };
    expect((await prefer(actor, set)).status).toBe(200);
    expect(await view()).toMatchObject({ categories: { loot: 'off', social: 'push' }, quietHours: set.quietHours });
  });

  it('keep a category out of the list, or only from being pushed', async () => {
    const [off, quiet] = [await player(), await player()];
    await prefer(off, { categories: { progress: 'off' } });
    await prefer(quiet, { categories: { progress: 'list' } });
    await invokeSubscriber(notify, levelUp(off.accountId));
    await invokeSubscriber(notify, levelUp(quiet.accountId));
    await world.deliver();
    expect([(await listOf(off)).length, (await listOf(quiet)).length]).toEqual([0, 1]);
    const pushed = world.pushes.filter(({ destination }) =>
      [off, quiet].some(({ accountId }) => destination.includes(accountId)),
    );
    expect(pushed).toEqual([]);
  });

  it('do not keep the security of the account quiet', async () => {
    const actor = await player();
    const { accountId } = actor;
    const always = { from: '00:00', to: '23:59', timeZone: 'UTC' };
    await prefer(actor, { categories: {}, quietHours: always });
    await invokeSubscriber(notifySecurity, envelope(PASSWORD_CHANGED, { accountId, via: 'reset' }));
    await world.deliver();
    expect(world.pushes.filter(({ destination }) => destination.includes(accountId))).toHaveLength(1);
  });
});

describe('the list', () => {
  it('counts what is unread by category', async () => {
    const actor = await player();
    await invokeSubscriber(notify, levelUp(actor.accountId));
    await invokeSubscriber(notifySecurity, envelope(PASSWORD_CHANGED, { accountId: actor.accountId, via: 'change' }));
    const { body } = await world.call(countHandler, countUnread, { actor });
    expect(body).toMatchObject({ unread: 2, unreadByCategory: { progress: 1, security: 1, loot: 0 }, readUpTo: 0 });
  });

  it('loses what the player takes off it, once', async () => {
    const actor = await player();
    await invokeSubscriber(notify, levelUp(actor.accountId));
    const take = (position: string, by = actor) =>
      world.call(removeHandler, remove, { actor: by, params: { position } });
    expect((await take('1', await player())).status).toBe(404);
    expect((await take('1')).status).toBe(204);
    expect(await listOf(actor)).toEqual([]);
    expect(await take('1')).toMatchObject({ status: 404, body: { code: 'notification.not_found' } });
  });
});

describe('an erased account', () => {
  it('leaves nothing here, and its owner could take everything along before', async () => {
    const actor = await player();
    const { accountId } = actor;
    for (let count = 0; count < 120; count += 1) await invokeSubscriber(notify, levelUp(accountId));
    expect(await exportOf(accountId, world.clock.nowMs())).toMatchObject({
      readUpTo: 0,
      notifications: { length: 120, 0: { code: 'progression.level_up' } },
    });
    const erased = envelope(ACCOUNT_ERASED, { accountId, characterIds: [] });
    expect(await invokeSubscriber(erasePersonalData, erased)).toEqual({ batchItemFailures: [] });
    expect(await invokeSubscriber(erasePersonalData, erased)).toEqual({ batchItemFailures: [] });
    const left = (await world.snapshot()).filter(({ pk }) => pk === `NTF#${accountId}`);
    expect(left).toEqual([]);
  }, 60_000);
});
