import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_DELETED, CHARACTER_RENAMED } from '#events/character.ts';
import { obligationsOf as characterObligations } from '#functions/character/obligations.ts';
import { getCharacter, saveCharacter } from '#functions/character/store.ts';
import { event } from '#shared/events/changes.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type GuildId } from '#shared/kernel/ids.ts';
import { guildActs } from '#shared/testing/guild-acts.ts';
import { commitInTest, type PlayingActor, playingCharacter } from '#shared/testing/test-character.ts';
import { guildOfPlayers } from '#shared/testing/test-guild.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';

import { exportOf, guildMatesOf, topicAudience } from './public.ts';

let world: TestWorld;
const acts = guildActs(() => world);
const { accept, ask, drawUp, expectRefusal, leave, membersOf, pass, put, remove, toldOf, view } = acts;
beforeAll(async () => {
  world = await startTestWorld();
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(() => world.stop());

const newPlayer = () => playingCharacter(world);

/** A founded guild of so many, the first leading it. */
async function guildOf(size: number): Promise<{ guildId: GuildId; members: [PlayingActor, ...PlayingActor[]] }> {
  const members = await Promise.all(Array.from({ length: size }, newPlayer));
  return { guildId: await guildOfPlayers(world, members), members: members as [PlayingActor, ...PlayingActor[]] };
}

const ranksIn = async (actor: PlayingActor) =>
  new Map((await membersOf(actor)).map(({ characterId, rankId }) => [characterId, rankId]));

describe('members', () => {
  it('join as recruits, and that is told', async () => {
    const { guildId, members } = await guildOf(2);
    const guest = await newPlayer();
    await ask(members[0], guest);
    expect((await accept(guest, guildId)).body).toMatchObject({
      memberCount: 3,
      own: { rankId: 'recruit', rights: [] },
    });
    const { events, pushes } = await toldOf(guildId);
    expect([events, pushes]).toEqual([['GUILD_INVITE_SENT', 'PLAYER_JOINED_GUILD'], ['member_joined']]);
  });

  it('are listed by pages', async () => {
    const { members } = await guildOf(5);
    const first = await acts.page(members[1]!, { limit: '3' });
    const second = await acts.page(members[1]!, { limit: '3', cursor: first.body.nextCursor });
    const ids = [...first.body.members, ...second.body.members].map(({ characterId }) => characterId);
    expect(ids).toEqual(members.map(({ characterId }) => characterId).sort());
    expect(second.body.nextCursor).toBeUndefined();
    expect((await acts.page(members[1]!, { cursor: 'bm8' })).body.code).toBe('request.invalid');
  });

  it('leave, but for the leader, whom the last leaves alone to end it', async () => {
    const { guildId, members } = await guildOf(2);
    const [leader, other] = members;
    await expectRefusal(() => leave(leader), 409, 'guild.leader_stays');
    expect((await leave(other!)).status).toBe(204);
    await expectRefusal(() => leave(other!), 404, 'guild.not_in_guild');
    expect((await leave(leader)).status).toBe(204);
    const { events, pushes } = await toldOf(guildId);
    expect(events).toEqual(['GUILD_DISBANDED', 'PLAYER_LEFT_GUILD', 'PLAYER_LEFT_GUILD']);
    expect(pushes).toEqual(['ended', 'member_left', 'member_left']);
    const rows = (await world.snapshot()).filter(
      (row) => /^GLD/.test(String(row.pk)) && JSON.stringify(row).includes(guildId),
    );
    expect(rows).toEqual([]);
  });

  it('are put out by higher ranks alone', async () => {
    const { guildId, members } = await guildOf(4);
    const [leader, officer, other, recruit] = members;
    for (const one of [officer!, other!]) await put(leader, one, 'officer');
    await expectRefusal(() => remove(officer!, other!), 403, 'guild.rank_too_low');
    await expectRefusal(() => remove(officer!, leader), 403, 'guild.rank_too_low');
    await expectRefusal(() => remove(recruit!, recruit!), 422, 'guild.self');
    await expectRefusal(() => remove(leader, { characterId: createId('chr') }), 404, 'guild.member_not_found');
    expect((await remove(officer!, recruit!)).status).toBe(204);
    await expectRefusal(() => view(recruit!), 404, 'guild.not_in_guild');
    await expectRefusal(() => remove(officer!, recruit!), 404, 'guild.member_not_found');
    expect((await toldOf(guildId)).events).toContain('PLAYER_LEFT_GUILD');
  });

  it('rise and fall by the hand of higher ranks, below those', async () => {
    const { guildId, members } = await guildOf(3);
    const [leader, officer, recruit] = members;
    expect((await put(leader, officer!, 'officer')).body).toMatchObject({ rankId: 'officer' });
    expect((await put(officer!, recruit!, 'veteran')).body).toMatchObject({ rankId: 'veteran' });
    expect((await view(recruit!)).body.own).toMatchObject({ rankId: 'veteran', rights: ['invite'] });
    const { version } = (await view(leader)).body;
    expect((await put(officer!, recruit!, 'veteran')).status).toBe(200);
    expect((await view(leader)).body.version).toBe(version);
    await expectRefusal(() => put(officer!, recruit!, 'officer'), 403, 'guild.rank_too_low');
    await expectRefusal(() => put(leader, officer!, 'leader'), 403, 'guild.rank_too_low');
    await expectRefusal(() => put(recruit!, officer!, 'recruit'), 403, 'guild.rank_too_low');
    const { events, pushes } = await toldOf(guildId);
    expect(events.filter((name) => name === 'GUILD_RANK_CHANGED')).toHaveLength(2);
    expect(pushes).toEqual(['rank_changed', 'rank_changed']);
  });

  it('of who is demoted at the same moment act by the old rank, or not at all', async () => {
    const { members } = await guildOf(3);
    const [leader, officer, recruit] = members;
    await put(leader, officer!, 'officer');
    const [demoted, removed] = await Promise.all([put(leader, officer!, 'recruit'), remove(officer!, recruit!)]);
    expect(demoted.status).toBe(200);
    const isIn = (await ranksIn(leader)).has(recruit!.characterId);
    expect(removed.status).toBe(isIn ? 403 : 204);
  });

  it('get the lead from the leader alone, who is an officer then', async () => {
    const { guildId, members } = await guildOf(3);
    const [leader, next, other] = members;
    await expectRefusal(() => pass(next!, other!), 403, 'guild.rank_too_low');
    await expectRefusal(() => pass(leader, { characterId: createId('chr') }), 404, 'guild.member_not_found');
    expect((await pass(leader, next!)).body).toMatchObject({ leaderId: next!.characterId, own: { rankId: 'officer' } });
    expect((await pass(leader, next!)).status).toBe(200);
    const ranks = await ranksIn(leader);
    expect([ranks.get(leader.characterId), ranks.get(next!.characterId)]).toEqual(['officer', 'leader']);
    const told = await toldOf(guildId);
    expect([told.events, told.pushes]).toEqual([['GUILD_LEADER_CHANGED'], ['leader_changed']]);
  });

  it('of two who get the lead at once one has it', async () => {
    const { members } = await guildOf(3);
    const [leader, one, other] = members;
    await Promise.all([pass(leader, one!), pass(leader, other!)]);
    const ranks = [...(await ranksIn(leader)).values()];
    expect(ranks.filter((rank) => rank === 'leader')).toHaveLength(1);
  });

  it('of a charter have no ranks to give, and no lead', async () => {
    const [founder, signer] = [await newPlayer(), await newPlayer()];
    const { guildId } = (await drawUp(founder)).body;
    await ask(founder, signer);
    await accept(signer, guildId);
    await expectRefusal(() => put(founder, signer, 'officer'), 409, 'guild.still_a_charter');
    await expectRefusal(() => pass(founder, signer), 409, 'guild.still_a_charter');
    expect((await remove(founder, signer)).status).toBe(204);
  });
});

describe('what a guild means for others', () => {
  it('only who plays a member may listen to its topics', async () => {
    const { guildId, members } = await guildOf(1);
    const stranger = await newPlayer();
    const allowed = (characterId: CharacterId | undefined, id: string = guildId) =>
      topicAudience({ guildId: id }, { characterId });
    expect(await allowed(members[0].characterId)).toBe(true);
    expect(await allowed(stranger.characterId)).toBe(false);
    expect(await allowed(undefined)).toBe(false);
    expect(await allowed(members[0].characterId, createId('gld'))).toBe(false);
  });

  it('each member finds the others, of a large guild those that follow it', async () => {
    const { members } = await guildOf(5);
    const ids = members.map(({ characterId }) => characterId).sort();
    expect(await guildMatesOf(ids[2]!, 100)).toEqual([ids[3], ids[4], ids[0], ids[1]]);
    expect(await guildMatesOf(ids[3]!, 2)).toEqual([ids[4], ids[0]]);
    expect(await guildMatesOf((await newPlayer()).characterId, 100)).toEqual([]);
  });

  it('its leader cannot be deleted, and a deleted member is none', async () => {
    const { members } = await guildOf(2);
    const [leader, other] = members;
    expect(await characterObligations(leader)).toContain('guild.leader');
    expect(await characterObligations(other!)).not.toContain('guild.leader');
    const { accountId, characterId, name } = other!;
    const data = { accountId, characterId, name, restorableUntil: new Date(0).toISOString() };
    await commitInTest({ events: [event(CHARACTER_DELETED, { aggregateId: characterId, aggregateSeq: 2, data })] });
    await world.deliver({ twice: true });
    expect((await view(leader)).body).toMatchObject({ memberCount: 1 });
    await expectRefusal(() => view(other!), 404, 'guild.not_in_guild');
  });

  it('a renamed member is shown under the new name', async () => {
    const { members } = await guildOf(2);
    const { accountId, characterId, name: previousName } = members[1]!;
    const character = (await getCharacter(characterId))!;
    const name = `${previousName}x`;
    const data = { accountId, characterId, name, previousName, reason: 'moderation' as const };
    await commitInTest({
      writes: [saveCharacter({ ...character, name, version: character.version + 1 })],
      events: [event(CHARACTER_RENAMED, { aggregateId: characterId, aggregateSeq: 2, data })],
    });
    await world.deliver({ twice: true });
    const shown = (await membersOf(members[0])).find((member) => member.characterId === characterId);
    expect(shown).toMatchObject({ name });
  });

  it('an erased player is in none: a leader is succeeded, and a guild without members ends', async () => {
    const { guildId, members } = await guildOf(3);
    const [leader, officer, recruit] = members;
    await put(leader, officer!, 'officer');
    const erase = async ({ accountId, characterId }: PlayingActor) => {
      expect(await exportOf([characterId])).toMatchObject({ guilds: [{ guildId, characterId }] });
      const data = { accountId, characterIds: [characterId] };
      await commitInTest({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data })] });
      await world.deliver({ twice: true });
      expect(await exportOf([characterId])).toEqual({ guilds: [] });
    };
    await erase(leader);
    expect((await view(recruit!)).body).toMatchObject({ leaderId: officer!.characterId, memberCount: 2 });
    expect((await view(officer!)).body.own.rankId).toBe('leader');
    await erase(recruit!);
    await erase(officer!);
    const left = (await world.snapshot()).filter(
      (row) => /^GLD/.test(String(row.pk)) && JSON.stringify(row).includes(guildId),
    );
    expect(left).toEqual([]);
    const { events } = await toldOf(guildId);
    expect(events.filter((name) => name === 'PLAYER_LEFT_GUILD')).toHaveLength(3);
    expect(events).toContain('GUILD_DISBANDED');
  });
});
