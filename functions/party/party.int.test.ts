import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_SWITCHED } from '#events/character.ts';
import { SESSION_CLOSED, SESSION_DISCONNECTED, SESSION_RESUMED } from '#events/session.ts';
import { defaultPrivacy } from '#functions/account/privacy.ts';
import { putPrivacy } from '#functions/account/store-choices.ts';
import { obligationsOf as characterObligations } from '#functions/character/obligations.ts';
import { block } from '#functions/friend/contract.ts';
import { handler as blockHandler } from '#functions/friend/endpoints/block.ts';
import { putSide } from '#functions/friend/store.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { event } from '#shared/events/changes.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type PartyId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { appear, commitInTest, type PlayingActor, playingCharacter, vanish } from '#shared/testing/test-character.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  answerReadyCheck,
  createParty,
  disbandParty,
  getParty,
  kickMember,
  leaveParty,
  setLoot,
  startReadyCheck,
  transferLead,
} from './contract.ts';
import { acceptInvite, declineInvite, invite, listInvites } from './contract-invites.ts';
import { handler as acceptHandler } from './endpoints/accept-invite.ts';
import { handler as answerHandler } from './endpoints/answer-ready-check.ts';
import { handler as createHandler } from './endpoints/create-party.ts';
import { handler as declineHandler } from './endpoints/decline-invite.ts';
import { handler as disbandHandler } from './endpoints/disband-party.ts';
import { handler as getHandler } from './endpoints/get-party.ts';
import { handler as inviteHandler } from './endpoints/invite.ts';
import { handler as kickHandler } from './endpoints/kick-member.ts';
import { handler as leaveHandler } from './endpoints/leave-party.ts';
import { handler as listInvitesHandler } from './endpoints/list-invites.ts';
import { handler as lootHandler } from './endpoints/set-loot.ts';
import { handler as readyHandler } from './endpoints/start-ready-check.ts';
import { handler as leadHandler } from './endpoints/transfer-lead.ts';
import { handler as tendHandler } from './jobs/tend-parties.ts';
import { endRoll, exportOf, lastServedOf, noteLoot, topicAudience } from './public.ts';
import { partyLimits } from './rules.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(() => world.stop());

type Answer = Promise<CallResult>;
const call = (handler: HttpHandler, endpoint: EndpointBase, actor: PlayingActor, options: object = {}): Answer =>
  world.call(handler, endpoint, { actor, ...options });

const create = (actor: PlayingActor, body: object = {}, idempotencyKey: string = createId('opr')) =>
  call(createHandler, createParty, actor, { body, idempotencyKey });
const view = (actor: PlayingActor) => call(getHandler, getParty, actor);
const ask = (actor: PlayingActor, { characterId }: { characterId: string }) =>
  call(inviteHandler, invite, actor, { body: { characterId } });
const accept = (actor: PlayingActor, partyId: string) =>
  call(acceptHandler, acceptInvite, actor, { params: { partyId } });
const decline = (actor: PlayingActor, partyId: string) =>
  call(declineHandler, declineInvite, actor, { params: { partyId } });
const leave = (actor: PlayingActor) => call(leaveHandler, leaveParty, actor);
const kick = (actor: PlayingActor, { characterId }: { characterId: string }) =>
  call(kickHandler, kickMember, actor, { params: { characterId } });
const lead = (actor: PlayingActor, { characterId }: { characterId: string }) =>
  call(leadHandler, transferLead, actor, { body: { characterId } });
const shareBy = (actor: PlayingActor, body: object) => call(lootHandler, setLoot, actor, { body });
const disband = (actor: PlayingActor) => call(disbandHandler, disbandParty, actor);
const invitesOf = async (actor: PlayingActor) => (await call(listInvitesHandler, listInvites, actor)).body.invites;

const newPlayer = () => playingCharacter(world);

/** A party of so many, the first leading it. */
async function partyOf(size: number): Promise<{ partyId: PartyId; members: PlayingActor[] }> {
  const members = await Promise.all(Array.from({ length: size }, newPlayer));
  const [leader, ...others] = members as [PlayingActor, ...PlayingActor[]];
  const { partyId } = (await create(leader)).body;
  for (const other of others) {
    await ask(leader, other);
    world.clock.advance(SECOND_MS);
    expect((await accept(other, partyId)).status).toBe(200);
  }
  return { partyId, members };
}

/** What was told of a party, in no order: names of events, and types of pushes. */
async function toldOf(partyId: string) {
  await world.deliver();
  const events = world.events.filter(({ data }) => JSON.stringify(data).includes(partyId)).map(({ name }) => name);
  const pushes = world.pushes
    .filter(({ destination }) => destination === `/topic/party/${partyId}/events`)
    .map(({ body }) => (body as { type: string }).type);
  return { events: events.sort(), pushes: pushes.sort() };
}

/** How often each was told. */
const countOf = (names: readonly string[], name: string) => names.filter((one) => one === name).length;

async function expectRefusal(attempt: () => Answer, status: number, code: string) {
  const before = await world.snapshot();
  const reply = await attempt();
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect((await world.snapshot()).filter(({ pk }) => !String(pk).startsWith('RATE#'))).toEqual(
    before.filter(({ pk }) => !String(pk).startsWith('RATE#')),
  );
  return reply;
}

describe('forming a party', () => {
  it('makes the founder its leader and tells PARTY_CREATED', async () => {
    const founder = await newPlayer();
    const reply = await create(founder, { lootMethod: 'round_robin', lootThreshold: 'rare' });
    expect(reply).toMatchObject({
      status: 201,
      body: {
        leaderId: founder.characterId,
        members: [{ characterId: founder.characterId, name: founder.name, away: false }],
        loot: { method: 'round_robin', threshold: 'rare' },
        version: 1,
      },
    });
    expect((await view(founder)).body).toEqual(reply.body);
    expect((await toldOf(reply.body.partyId)).events).toEqual(['PARTY_CREATED']);
  });

  it('answers a repetition with the first party, and refuses a second one', async () => {
    const founder = await newPlayer();
    const key = createId('opr');
    const first = await create(founder, {}, key);
    expect((await create(founder, {}, key)).text).toBe(first.text);
    await expectRefusal(() => create(founder), 409, 'party.already_in_party');
  });

  it('makes one party of any number of requests at once', async () => {
    const founder = await newPlayer();
    const replies = await Promise.all(Array.from({ length: 8 }, () => create(founder)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const rows = (await world.snapshot()).filter(
      ({ _et, leaderId }) => _et === 'Party' && leaderId === founder.characterId,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('an invite', () => {
  it('reaches the player as a notification, and makes them a member when they accept', async () => {
    const { partyId, members } = await partyOf(1);
    const [leader] = members as [PlayingActor];
    const guest = await newPlayer();
    const reply = await ask(leader, guest);
    expect(reply).toMatchObject({ status: 201, body: { partyId, characterId: guest.characterId, name: guest.name } });
    expect(await invitesOf(guest)).toMatchObject([
      { partyId, fromCharacterId: leader.characterId, fromName: leader.name, expiresAt: reply.body.expiresAt },
    ]);
    await world.deliver();
    const notice = world.pushes.find(
      ({ destination }) => destination === `/topic/player/${guest.accountId}/notifications`,
    );
    expect(notice?.body).toMatchObject({
      code: 'party.invited',
      text: `Party invite from ${leader.name}.`,
      ref: { kind: 'party', id: partyId },
      expiresAt: reply.body.expiresAt,
    });

    const joined = await accept(guest, partyId);
    expect(joined).toMatchObject({
      status: 200,
      body: { version: 2, members: [{ characterId: leader.characterId }, { characterId: guest.characterId }] },
    });
    expect(await invitesOf(guest)).toEqual([]);
    expect((await accept(guest, partyId)).body).toEqual(joined.body);
    expect(await toldOf(partyId)).toEqual({
      events: ['PARTY_CREATED', 'PARTY_INVITE_SENT', 'PLAYER_JOINED_PARTY'],
      pushes: ['invited', 'member_joined'],
    });
  });

  it('finds a character by its name, on the realm of the party alone', async () => {
    const { members } = await partyOf(1);
    const [here, there] = [await newPlayer(), await playingCharacter(world, { realmId: 'ember-coast' })];
    const byName = ({ name }: PlayingActor) =>
      call(inviteHandler, invite, members[0]!, { body: { characterName: name.toUpperCase() } });
    expect((await byName(here)).body.characterId).toBe(here.characterId);
    await expectRefusal(() => byName(there), 404, 'party.player_not_found');
    await expectRefusal(() => ask(members[0]!, there), 404, 'party.player_not_found');
  });

  it('comes to nothing after 60 seconds, when declined, and when the party is over', async () => {
    const { partyId, members } = await partyOf(1);
    const [late, unwilling, slow] = [await newPlayer(), await newPlayer(), await newPlayer()];
    for (const guest of [late, unwilling, slow]) await ask(members[0]!, guest);
    expect((await decline(unwilling, partyId)).status).toBe(204);
    await expectRefusal(() => accept(unwilling, partyId), 404, 'party.invite_not_found');
    await expectRefusal(() => decline(unwilling, partyId), 404, 'party.invite_not_found');
    expect((await toldOf(partyId)).pushes).toContain('invite_declined');
    world.clock.advance(partyLimits.inviteLifeMs - SECOND_MS);
    expect(await invitesOf(late)).toHaveLength(1);
    expect((await disband(members[0]!)).status).toBe(204);
    await expectRefusal(() => accept(slow, partyId), 404, 'party.invite_not_found');
    world.clock.advance(SECOND_MS);
    expect(await invitesOf(late)).toEqual([]);
    await expectRefusal(() => accept(late, partyId), 404, 'party.invite_not_found');
  });

  it('is not sent twice within 30 seconds, and says when again', async () => {
    const { members } = await partyOf(1);
    const guest = await newPlayer();
    await ask(members[0]!, guest);
    world.clock.advance(10 * SECOND_MS);
    const reply = await expectRefusal(() => ask(members[0]!, guest), 409, 'party.invited_recently');
    expect(reply.headers['retry-after']).toBe('20');
    world.clock.advance(20 * SECOND_MS);
    expect((await ask(members[0]!, guest)).status).toBe(201);
  });

  it('does not reach who takes none, and nobody can tell that from a player who is not there', async () => {
    const { members } = await partyOf(1);
    const [hermit, choosy] = [await newPlayer(), await newPlayer()];
    const nowMs = world.clock.nowMs();
    await commitInTest({
      writes: [
        putPrivacy(hermit.accountId, { ...defaultPrivacy, invites: 'nobody' }),
        putPrivacy(choosy.accountId, { ...defaultPrivacy, invites: 'friends' }),
      ],
    });
    const refused = await expectRefusal(() => ask(members[0]!, hermit), 404, 'party.player_not_found');
    const missing = await ask(members[0]!, { characterId: createId('chr') });
    const { requestId: _a, ...first } = refused.body;
    const { requestId: _b, ...second } = missing.body;
    expect(first).toEqual({ ...second, instance: first.instance });
    await expectRefusal(() => ask(members[0]!, choosy), 404, 'party.player_not_found');
    const friends = { accountId: choosy.accountId, otherId: members[0]!.accountId, relation: 'friend' } as const;
    await commitInTest({ writes: [putSide({ ...friends, sinceMs: nowMs, revision: nowMs }, undefined)] });
    expect((await ask(members[0]!, choosy)).status).toBe(201);
  });

  it('does not reach who has blocked the asker, wherever they are', async () => {
    const [guest, member] = [await newPlayer(), (await partyOf(1)).members[0]!];
    const { members } = await partyOf(1);
    const { accountId } = members[0]!;
    for (const blocker of [guest, member]) {
      await world.call(blockHandler, block, { actor: blocker, body: { accountId } });
      await expectRefusal(() => ask(members[0]!, blocker), 404, 'party.player_not_found');
    }
  });

  it('is refused for oneself, for who is in a party, by who is in none, and for a full party', async () => {
    const { members } = await partyOf(5);
    const [stranger, other] = [await newPlayer(), (await partyOf(1)).members[0]!];
    await expectRefusal(() => ask(members[0]!, members[0]!), 422, 'party.self');
    await expectRefusal(() => ask(other, members[1]!), 409, 'party.target_in_party');
    await expectRefusal(() => ask(stranger, other), 404, 'party.not_in_party');
    await expectRefusal(() => ask(members[1]!, stranger), 409, 'party.full');
  });

  it('lets as many in as there are places, whoever accepts at the same moment', async () => {
    const { partyId, members } = await partyOf(3);
    const guests = await Promise.all(Array.from({ length: 6 }, newPlayer));
    for (const guest of guests) {
      await ask(members[0]!, guest);
      world.clock.advance(SECOND_MS);
    }
    const replies = await Promise.all(guests.map((guest) => accept(guest, partyId)));
    for (const { status, body } of replies) {
      if (status !== 200) expect(['party.full', 'request.conflict']).toContain(body.code);
    }
    const joined = replies.filter(({ status }) => status === 200).length;
    expect(joined).toBeGreaterThan(0);
    expect(joined).toBeLessThanOrEqual(2);
    const party = (await view(members[0]!)).body;
    expect(party.members).toHaveLength(3 + joined);
    const own = (await world.snapshot()).filter(({ _et, partyId: of }) => _et === 'PartyMember' && of === partyId);
    expect(own).toHaveLength(3 + joined);
  });

  it('makes a character a member of one party, however many it accepts at once', async () => {
    const guest = await newPlayer();
    const parties = await Promise.all([partyOf(1), partyOf(1), partyOf(1)]);
    for (const { members } of parties) await ask(members[0]!, guest);
    const replies = await Promise.all(parties.map(({ partyId }) => accept(guest, partyId)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    const sizes = await Promise.all(parties.map(async ({ members }) => (await view(members[0]!)).body.members.length));
    expect(sizes.sort()).toEqual([1, 1, 2]);
  });
});

describe('members', () => {
  it('leave: the lead passes on, and the last one ends the party', async () => {
    const { partyId, members } = await partyOf(3);
    const [leader, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    expect((await leave(leader)).status).toBe(204);
    expect((await view(second)).body).toMatchObject({ leaderId: second.characterId, members: { length: 2 } });
    await expectRefusal(() => leave(leader), 404, 'party.not_in_party');
    await leave(third);
    await leave(second);
    await expectRefusal(() => view(second), 404, 'party.not_in_party');
    const { events, pushes } = await toldOf(partyId);
    for (const [name, times] of Object.entries({ PLAYER_LEFT_PARTY: 3, PARTY_LEADER_CHANGED: 1, PARTY_DISBANDED: 1 })) {
      expect([name, countOf(events, name)]).toEqual([name, times]);
    }
    for (const [type, times] of Object.entries({ member_left: 3, leader_changed: 1, disbanded: 1 })) {
      expect([type, countOf(pushes, type)]).toEqual([type, times]);
    }
    expect((await world.snapshot()).filter(({ pk }) => pk === `PTY#${partyId}`)).toEqual([]);
  });

  it('are put out by the leader alone', async () => {
    const { partyId, members } = await partyOf(3);
    const [leader, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    await expectRefusal(() => kick(second, third), 403, 'party.not_leader');
    await expectRefusal(() => kick(leader, leader), 422, 'party.self');
    await expectRefusal(() => kick(leader, { characterId: createId('chr') }), 404, 'party.member_not_found');
    expect((await kick(leader, third)).body.members).toHaveLength(2);
    await expectRefusal(() => view(third), 404, 'party.not_in_party');
    await world.deliver();
    const left = world.events.find(
      ({ name, data }) => name === 'PLAYER_LEFT_PARTY' && (data as { partyId: string }).partyId === partyId,
    );
    expect(left?.data).toMatchObject({ characterId: third.characterId, reason: 'kicked', memberCount: 2 });
  });

  it('are not put out while the party rolls, and are once the rolls are decided or their time is over', async () => {
    const { partyId, members } = await partyOf(4);
    const rollId = createId('lrl');
    const begin = () => {
      const nowMs = world.clock.nowMs();
      return commitInTest({
        writes: [noteLoot({ partyId, rolls: { ids: [rollId], closeAtMs: nowMs + MINUTE_MS }, nowMs })],
      });
    };
    await begin();
    await expectRefusal(() => kick(members[0]!, members[1]!), 409, 'party.rolls_open');
    await commitInTest({ writes: [endRoll(partyId, rollId, world.clock.nowMs())] });
    expect((await kick(members[0]!, members[1]!)).status).toBe(200);
    await begin();
    world.clock.advance(MINUTE_MS);
    expect((await kick(members[0]!, members[2]!)).status).toBe(200);
  });

  it('take over the lead when it is given to them, once', async () => {
    const { partyId, members } = await partyOf(2);
    const [leader, second] = members as [PlayingActor, PlayingActor];
    await expectRefusal(() => lead(second, second), 403, 'party.not_leader');
    await expectRefusal(() => lead(leader, { characterId: createId('chr') }), 404, 'party.member_not_found');
    const given = await lead(leader, second);
    expect(given.body.leaderId).toBe(second.characterId);
    expect((await lead(leader, second)).body).toEqual(given.body);
    expect(countOf((await toldOf(partyId)).events, 'PARTY_LEADER_CHANGED')).toBe(1);
  });

  it('have one leader, whatever two leaders-to-be do at the same moment', async () => {
    const { members } = await partyOf(4);
    await Promise.all([lead(members[0]!, members[1]!), lead(members[0]!, members[2]!), leave(members[0]!)]);
    const party = (await view(members[3]!)).body;
    const ids = party.members.map(({ characterId }: { characterId: string }) => characterId);
    expect(ids).toContain(party.leaderId);
  });

  it('are all free when the leader disbands', async () => {
    const { partyId, members } = await partyOf(3);
    await expectRefusal(() => disband(members[1]!), 403, 'party.not_leader');
    expect((await disband(members[0]!)).status).toBe(204);
    expect((await create(members[2]!)).status).toBe(201);
    const { events, pushes } = await toldOf(partyId);
    expect([countOf(events, 'PARTY_DISBANDED'), countOf(pushes, 'disbanded')]).toEqual([1, 1]);
  });
});

describe('loot settings', () => {
  it('are the leader’s to change, and told', async () => {
    const { partyId, members } = await partyOf(2);
    const [leader, second] = members as [PlayingActor, PlayingActor];
    const settings = { method: 'master', threshold: 'epic', masterLooterId: second.characterId };
    await expectRefusal(() => shareBy(second, settings), 403, 'party.not_leader');
    const stranger = { ...settings, masterLooterId: createId('chr') };
    await expectRefusal(() => shareBy(leader, stranger), 404, 'party.member_not_found');
    expect((await shareBy(leader, settings)).body.loot).toEqual(settings);
    const plain = { method: 'group', threshold: 'rare' };
    expect((await shareBy(leader, { ...settings, ...plain })).body.loot).toEqual(plain);
    expect(countOf((await toldOf(partyId)).pushes, 'loot_changed')).toBe(2);
  });

  it('remember whose turn it was, and refuse a turn that somebody else was given meanwhile', async () => {
    const { partyId, members } = await partyOf(2);
    const [first, second] = [members[0]!.characterId, members[1]!.characterId];
    const nowMs = world.clock.nowMs();
    const give = (servedId: CharacterId, lastServedId: CharacterId | undefined) =>
      commitInTest({ writes: [noteLoot({ partyId, turn: { servedId, lastServedId }, nowMs })] });
    await give(first, undefined);
    expect(await lastServedOf(partyId)).toBe(first);
    await expect(give(second, undefined)).rejects.toMatchObject({ code: 'request.conflict' });
    await give(second, first);
    expect(await lastServedOf(partyId)).toBe(second);
  });
});

describe('a ready check', () => {
  const start = (actor: PlayingActor) => call(readyHandler, startReadyCheck, actor);
  const answer = (actor: PlayingActor, ready: boolean) =>
    call(answerHandler, answerReadyCheck, actor, { body: { ready } });

  it('asks all, takes one answer of each, and is over after 30 seconds', async () => {
    const { partyId, members } = await partyOf(3);
    const [leader, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    await expectRefusal(() => start(second), 403, 'party.not_leader');
    await expectRefusal(() => answer(second, true), 409, 'party.no_ready_check');
    expect((await start(leader)).status).toBe(201);
    await expectRefusal(() => start(leader), 409, 'party.ready_check_running');
    const answered = await answer(second, false);
    expect(answered.body.answers).toEqual([
      { characterId: leader.characterId, ready: true },
      { characterId: second.characterId, ready: false },
    ]);
    expect((await answer(second, false)).status).toBe(200);
    await expectRefusal(() => answer(second, true), 409, 'party.already_answered');
    expect((await view(third)).body.readyCheck.answers).toHaveLength(2);
    world.clock.advance(partyLimits.readyCheckMs);
    await expectRefusal(() => answer(third, true), 409, 'party.no_ready_check');
    expect((await view(third)).body.readyCheck).toBeUndefined();
    expect((await start(leader)).status).toBe(201);
    const { pushes } = await toldOf(partyId);
    expect([countOf(pushes, 'ready_check_started'), countOf(pushes, 'ready_check_answered')]).toEqual([2, 1]);
  });

  it('hears everybody who answers at the same moment', async () => {
    const { members } = await partyOf(5);
    await start(members[0]!);
    await Promise.all(members.slice(1).map((member) => answer(member, true)));
    expect((await view(members[0]!)).body.readyCheck.answers).toHaveLength(5);
  });
});

describe('absence', () => {
  const tend = () => tendHandler(undefined, lambdaContext());
  const fact = (actor: PlayingActor) => ({ aggregateId: actor.sessionId, aggregateSeq: 9 });
  const who = ({ accountId, sessionId, characterId }: PlayingActor) => ({ accountId, sessionId, characterId });

  async function logsOut(actor: PlayingActor) {
    await vanish(actor);
    const data = { ...who(actor), reason: 'logout' as const };
    await commitInTest({ events: [event(SESSION_CLOSED, { ...fact(actor), data })] });
    await world.deliver();
  }

  it('of a leader is noted at once, and ends the lead after 5 minutes', async () => {
    const { partyId, members } = await partyOf(3);
    const [leader, second] = members as [PlayingActor, PlayingActor];
    await logsOut(leader);
    expect((await view(second)).body.members[0]).toMatchObject({ characterId: leader.characterId, away: true });
    world.clock.advance(partyLimits.leaderAwayMs - SECOND_MS);
    for (const one of members.slice(1)) await appear(world, one);
    await tend();
    expect((await view(second)).body.leaderId).toBe(leader.characterId);
    world.clock.advance(SECOND_MS);
    await tend();
    await tend();
    expect((await view(second)).body.leaderId).toBe(second.characterId);
    const { events, pushes } = await toldOf(partyId);
    expect(countOf(events, 'PARTY_LEADER_CHANGED')).toBe(1);
    expect([countOf(pushes, 'member_away'), countOf(pushes, 'leader_changed')]).toEqual([1, 1]);
  });

  it('ends when the player is back, and the lead stays', async () => {
    const { partyId, members } = await partyOf(2);
    const [leader, second] = members as [PlayingActor, PlayingActor];
    world.clock.advance(2 * MINUTE_MS);
    await appear(world, second);
    const lost = { ...who(leader), lastSeenAt: new Date(0).toISOString(), graceEndsAt: new Date(0).toISOString() };
    await commitInTest({ events: [event(SESSION_DISCONNECTED, { ...fact(leader), data: lost })] });
    await world.deliver({ twice: true });
    expect((await view(second)).body.members[0].away).toBe(true);
    await appear(world, leader);
    await commitInTest({ events: [event(SESSION_RESUMED, { ...fact(leader), data: who(leader) })] });
    await world.deliver();
    expect((await view(second)).body).toMatchObject({ leaderId: leader.characterId, members: [{ away: false }, {}] });
    const { pushes } = await toldOf(partyId);
    expect([countOf(pushes, 'member_away'), countOf(pushes, 'member_back')]).toEqual([1, 1]);
  });

  it('begins when the account plays another character', async () => {
    const { members } = await partyOf(2);
    const [leader, second] = members as [PlayingActor, PlayingActor];
    const other = createId('chr');
    await appear(world, { ...second, characterId: other });
    const data = { ...who(second), characterId: other, previousCharacterId: second.characterId };
    await commitInTest({ events: [event(CHARACTER_SWITCHED, { ...fact(second), data })] });
    await world.deliver();
    expect((await view(leader)).body.members[1].away).toBe(true);
  });

  it('of everybody ends the party after 15 minutes', async () => {
    const { partyId, members } = await partyOf(2);
    for (const one of members) await logsOut(one);
    world.clock.advance(partyLimits.allAwayMs - SECOND_MS);
    await tend();
    expect((await world.snapshot()).some(({ pk }) => pk === `PTY#${partyId}`)).toBe(true);
    world.clock.advance(SECOND_MS);
    await tend();
    expect(countOf((await toldOf(partyId)).events, 'PARTY_DISBANDED')).toBe(1);
    expect((await create(members[0]!)).status).toBe(201);
  });
});

describe('what a party means for others', () => {
  it('only who plays a member may listen to its topics', async () => {
    const { partyId, members } = await partyOf(1);
    const stranger = await newPlayer();
    const allowed = (characterId: PlayingActor['characterId'] | undefined, id: string = partyId) =>
      topicAudience({ partyId: id }, { characterId });
    expect(await allowed(members[0]!.characterId)).toBe(true);
    expect(await allowed(stranger.characterId)).toBe(false);
    expect(await allowed(undefined)).toBe(false);
    expect(await allowed(members[0]!.characterId, createId('pty'))).toBe(false);
  });

  it('a member cannot be deleted', async () => {
    const { members } = await partyOf(1);
    expect(await characterObligations(members[0]!)).toContain('party.member');
    await leave(members[0]!);
    expect(await characterObligations(members[0]!)).not.toContain('party.member');
  });

  it('an erased player is in none, and the others go on', async () => {
    const { partyId, members } = await partyOf(2);
    const [gone, other] = members as [PlayingActor, PlayingActor];
    const inviter = (await partyOf(1)).members[0]!;
    const guest = await newPlayer();
    await ask(inviter, guest);
    expect(await exportOf([gone.characterId])).toMatchObject({ parties: [{ partyId, characterId: gone.characterId }] });
    for (const { accountId, characterId } of [gone, guest]) {
      const data = { accountId, characterIds: [characterId] };
      await commitInTest({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data })] });
    }
    await world.deliver({ twice: true });
    expect(await exportOf([gone.characterId])).toEqual({ parties: [] });
    expect((await view(other)).body).toMatchObject({ leaderId: other.characterId, members: { length: 1 } });
    // What others were asked by them is over after a minute, and its row after a day.
    const left = (await world.snapshot()).filter(
      (row) =>
        row._et !== 'PartyInvites' &&
        /^PTY/.test(String(row.pk)) &&
        [gone, guest].some((one) => JSON.stringify(row).includes(one.characterId)),
    );
    expect(left).toEqual([]);
    expect(await invitesOf(guest)).toEqual([]);
  });
});
