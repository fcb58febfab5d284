import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACHIEVEMENT_UNLOCKED } from '#events/achievement.ts';
import { LOGIN_SUCCESS } from '#events/auth.ts';
import { FRIEND_REQUEST_SENT } from '#events/friend.ts';
import { ITEM_PICKED_UP } from '#events/loot.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import type { EventDefinition, EventEnvelope } from '#shared/contract/event.ts';
import { DAY_MS, toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { announce } from './admin-contract.ts';
import { list, markRead, notify, welcome } from './contract.ts';
import { handler as announceHandler } from './endpoints/announce.ts';
import { handler as listHandler } from './endpoints/list.ts';
import { handler as markReadHandler } from './endpoints/mark-read.ts';
import { notificationLimits } from './rules.ts';
import { handler as notifyHandler } from './subscribers/notify.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

const noneUnread = { account: 0, progress: 0, loot: 0, social: 0, security: 0, operator: 0 };

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

function levelUp(accountId: AccountId, level: number) {
  return envelope(LEVEL_UP, {
    accountId,
    characterId: createId('chr'),
    level,
    previousLevel: level - 1,
    attributePoints: 1,
    skillPoints: 1,
  });
}

function login(accountId: AccountId, isFirst: boolean) {
  return envelope(LOGIN_SUCCESS, { accountId, sessionId: createId('ses'), isFirst });
}

async function tell(subscriber: typeof welcome | typeof notify, ...events: EventEnvelope[]) {
  for (const event of events) {
    expect(await invokeSubscriber(subscriber, event)).toEqual({ batchItemFailures: [] });
  }
}

async function listOf(actor: Actor, query: Record<string, string> = {}) {
  const reply = await world.call(listHandler, list, { actor, query });
  expect(reply.status).toBe(200);
  return reply.body as {
    notifications: { position: number; code: string; text: string; read: boolean; params: Record<string, unknown> }[];
    unread: number;
    readUpTo: number;
    readAt?: string;
    nextCursor?: string;
  };
}

describe('what players are told', () => {
  it('greets with another text at the first login than later', async () => {
    const actor = world.actor();
    await tell(welcome, login(actor.accountId, true), login(actor.accountId, false));
    const { notifications } = await listOf(actor);
    expect(notifications.map(({ code, text }) => [code, text])).toEqual([
      ['account.welcome_back', 'Welcome back!'],
      ['account.welcome', 'Welcome to the city. Watch your back.'],
    ]);
  });

  it('keeps one greeting, the newest, and pushes each', async () => {
    const actor = world.actor();
    await tell(welcome, login(actor.accountId, false), login(actor.accountId, false));
    expect(await listOf(actor)).toMatchObject({ notifications: [{ position: 2 }], unread: 1 });
    await world.deliver();
    const destination = `/topic/player/${actor.accountId}/notifications`;
    const pushed = world.pushes.filter((push) => push.destination === destination);
    // Rows of the outbox leave it in no order: a client sorts by position.
    expect(pushed.map(({ body }) => (body as { position: number }).position).sort()).toEqual([1, 2]);
  });

  it('names quest, level, achievement, legendary item and friend', async () => {
    const actor = world.actor();
    const { accountId } = actor;
    const characterId = createId('chr');
    const item = { itemId: createId('itm'), templateId: 'no-such-template', count: 1 };
    const drop = { zoneId: 'docks', dropId: createId('drp'), slotIndex: 0 };
    await tell(
      notify,
      envelope(QUEST_COMPLETED, {
        accountId,
        characterId,
        questId: 'retired-quest',
        rewards: { experience: 1, items: [], currencies: [] },
      }),
      levelUp(accountId, 7),
      envelope(ACHIEVEMENT_UNLOCKED, {
        accountId,
        characterId,
        achievementId: 'first-blood',
        grantId: createId('ach'),
      }),
      envelope(ITEM_PICKED_UP, { ...item, ...drop, accountId, characterId, quality: 'legendary' }),
      envelope(ITEM_PICKED_UP, { ...item, ...drop, accountId, characterId, quality: 'epic' }),
      envelope(FRIEND_REQUEST_SENT, { fromAccountId: createId('acc'), toAccountId: accountId, fromName: 'Nyx' }),
      envelope(FRIEND_REQUEST_SENT, { fromAccountId: createId('acc'), toAccountId: accountId }),
    );
    const { notifications } = await listOf(actor);
    expect(notifications.map(({ text }) => text)).toEqual([
      'A player wants to be your friend.',
      'Nyx wants to be your friend.',
      'Legendary item acquired: no-such-template!',
      'Achievement unlocked: First Blood.',
      'You have reached level 7.',
      'Quest completed: retired-quest.',
    ]);
  });

  it('tells once however often an event is delivered, also when two deliveries race', async () => {
    const actor = world.actor();
    const event = levelUp(actor.accountId, 2);
    await Promise.all([tell(notify, event), tell(notify, event), tell(notify, event)]);
    await tell(notify, event);
    expect(await listOf(actor)).toMatchObject({ notifications: [{ position: 1 }], unread: 1 });
  });

  it('gives every one of several at once its own place', async () => {
    const actor = world.actor();
    await Promise.all([2, 3, 4].map((level) => tell(notify, levelUp(actor.accountId, level))));
    const { notifications } = await listOf(actor);
    expect(notifications.map(({ position }) => position)).toEqual([3, 2, 1]);
    expect(new Set(notifications.map(({ params }) => params.level))).toEqual(new Set([2, 3, 4]));
  });
});

describe('the list', () => {
  it('keeps 200, newest first, and pages through them without gap or repetition', async () => {
    const actor = world.actor();
    const total = notificationLimits.stored + 3;
    for (let level = 2; level < total + 2; level += 1) {
      await tell(notify, levelUp(actor.accountId, (level % 199) + 2));
    }
    const positions: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await listOf(actor, { limit: '90', ...(cursor ? { cursor } : {}) });
      expect(page.unread).toBe(notificationLimits.stored);
      positions.push(...page.notifications.map(({ position }) => position));
      cursor = page.nextCursor;
    } while (cursor);
    expect(positions).toEqual(Array.from({ length: notificationLimits.stored }, (_, index) => total - index));
    const stored = (await world.snapshot()).filter(
      (row) => row._et === 'Notification' && row.accountId === actor.accountId,
    );
    expect(stored).toHaveLength(notificationLimits.stored);
  }, 60_000);

  it('hides what has expired and counts it neither as stored nor as unread', async () => {
    const actor = world.actor();
    await tell(notify, levelUp(actor.accountId, 2));
    world.clock.advance(notificationLimits.lifeMs - 1);
    await tell(notify, levelUp(actor.accountId, 3));
    expect((await listOf(actor)).unread).toBe(2);
    world.clock.advance(1);
    const page = await listOf(actor);
    expect(page).toMatchObject({ notifications: [{ position: 2 }], unread: 1 });
    world.clock.advance(DAY_MS);
  });

  it('is empty for a player without any', async () => {
    expect(await listOf(world.actor())).toEqual({
      notifications: [],
      unread: 0,
      unreadByCategory: noneUnread,
      readUpTo: 0,
    });
  });

  it.each(['x', 'TlRG', Buffer.from('BOX').toString('base64url'), Buffer.from('NTF#é').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      const reply = await world.call(listHandler, list, { actor: world.actor(), query: { cursor } });
      expect(reply).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    },
  );

  it('answers a forged cursor with nothing of others', async () => {
    const victim = world.actor();
    await tell(notify, levelUp(victim.accountId, 2));
    const cursor = Buffer.from('NTF#9999999999999999').toString('base64url');
    expect((await listOf(world.actor(), { cursor })).notifications).toEqual([]);
  });
});

describe('the read marker', () => {
  async function mark(actor: Actor, upTo: unknown) {
    return world.call(markReadHandler, markRead, { actor, body: { upTo } });
  }

  it('moves forward to what was read, and says when', async () => {
    const actor = world.actor();
    await tell(notify, levelUp(actor.accountId, 2), levelUp(actor.accountId, 3));
    expect((await mark(actor, 1)).body).toEqual({
      unread: 1,
      unreadByCategory: { ...noneUnread, progress: 1 },
      readUpTo: 1,
    });
    const page = await listOf(actor);
    expect(page).toMatchObject({ unread: 1, readUpTo: 1, readAt: toIso(world.clock.nowMs()) });
    expect(page.notifications.map(({ read }) => read)).toEqual([false, true]);
  });

  it('never goes back, and never ahead of the newest', async () => {
    const actor = world.actor();
    await tell(notify, levelUp(actor.accountId, 2), levelUp(actor.accountId, 3));
    const done = { unread: 0, unreadByCategory: noneUnread, readUpTo: 2 };
    expect((await mark(actor, 1_000)).body).toEqual(done);
    const before = await world.snapshot();
    expect((await mark(actor, 1)).body).toEqual(done);
    expect(await world.snapshot()).toEqual(before);
    await tell(notify, levelUp(actor.accountId, 4));
    expect((await listOf(actor)).unread).toBe(1);
  });

  it('ends at the highest of several that race', async () => {
    const actor = world.actor();
    await tell(notify, ...[2, 3, 4, 5].map((level) => levelUp(actor.accountId, level)));
    const replies = await Promise.all([1, 4, 2, 3].map((upTo) => mark(actor, upTo)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await listOf(actor)).readUpTo).toBe(4);
  });

  it.each([-1, 1.5, '1', null, 2 ** 53])('refuses %j and changes nothing', async (upTo) => {
    const before = await world.snapshot();
    expect((await mark(world.actor(), upTo)).status).toBe(400);
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('announcements', () => {
  const body = { severity: 'maintenance', text: 'The servers restart in 10 minutes.' };

  it('go to everybody', async () => {
    const admin = await world.stepUp(world.actor({ roles: ['player', 'admin'] }));
    const reply = await world.call(announceHandler, announce, { actor: admin, body, idempotencyKey: 'announce-1' });
    expect(reply.status).toBe(202);
    await world.deliver();
    const pushed = world.pushes.filter(({ destination }) => destination === '/topic/server/announcements');
    expect(pushed.map((push) => push.body)).toEqual([{ ...body, ...reply.body }]);
  });

  it('go out once for a repeated call', async () => {
    const admin = await world.stepUp(world.actor({ roles: ['admin'] }));
    const call = () => world.call(announceHandler, announce, { actor: admin, body, idempotencyKey: 'announce-2' });
    const first = await call();
    await world.deliver();
    const pushed = world.pushes.length;
    expect((await call()).text).toBe(first.text);
    await world.deliver();
    expect(world.pushes).toHaveLength(pushed);
  });

  it.each([['player'], ['moderator'], ['gm']] as const)('are refused to a %s', async (role) => {
    const before = await world.snapshot();
    const options = { actor: world.actor({ roles: [role] }), body, idempotencyKey: 'announce-3' };
    expect(await world.call(announceHandler, announce, options)).toMatchObject({ status: 403 });
    expect(await world.snapshot()).toEqual(before);
  });

  it.each([
    { ...body, text: '' },
    { ...body, text: 'x'.repeat(501) },
    { ...body, severity: 'joke' },
    { ...body, x: 1 },
  ])('refuse %j', async (bad) => {
    const options = { actor: world.actor({ roles: ['admin'] }), body: bad, idempotencyKey: 'announce-4' };
    expect((await world.call(announceHandler, announce, options)).status).toBe(400);
  });
});

it('refuses an event that it does not know', async () => {
  const body = JSON.stringify({ detail: { ...levelUp(createId('acc'), 2), version: 9 } });
  const event = { Records: [{ messageId: '1', body }] };
  expect(await notifyHandler(event as never, {} as never)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
});
