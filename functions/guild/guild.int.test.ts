import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultPrivacy } from '#functions/account/privacy.ts';
import { putPrivacy } from '#functions/account/store-choices.ts';
import { block } from '#functions/friend/contract.ts';
import { handler as blockHandler } from '#functions/friend/endpoints/block.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type GuildId } from '#shared/kernel/ids.ts';
import { guildActs } from '#shared/testing/guild-acts.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { commitInTest, type PlayingActor, playingCharacter } from '#shared/testing/test-character.ts';
import { guildOfPlayers } from '#shared/testing/test-guild.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';

import { handler as endChartersHandler } from './jobs/end-charters.ts';
import { guildLimits } from './rules.ts';

let world: TestWorld;
const acts = guildActs(() => world);
const { accept, ask, decline, drawUp, expectRefusal, invitesOf, leave, membersOf, toldOf, view } = acts;
beforeAll(async () => {
  world = await startTestWorld();
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(() => world.stop());

const newPlayer = () => playingCharacter(world);
const newPlayers = (count: number) => Promise.all(Array.from({ length: count }, newPlayer));

/** A charter that so many have signed, the first having drawn it up. */
async function charterOf(signers: number): Promise<{ guildId: GuildId; name: string; signed: PlayingActor[] }> {
  const signed = await newPlayers(signers);
  const [founder, ...others] = signed as [PlayingActor, ...PlayingActor[]];
  const { guildId, name } = (await drawUp(founder)).body;
  for (const other of others) {
    expect((await ask(founder, other)).status).toBe(201);
    expect((await accept(other, guildId)).status).toBe(200);
    world.clock.advance(SECOND_MS);
  }
  return { guildId, name, signed };
}

describe('a charter', () => {
  it('is led by who draws it up, and no guild yet', async () => {
    const founder = await newPlayer();
    const reply = await drawUp(founder, 'Chrome Saints');
    expect(reply).toMatchObject({
      status: 201,
      body: {
        name: 'Chrome Saints',
        leaderId: founder.characterId,
        memberCount: 1,
        charter: { signaturesNeeded: 10 },
        own: { rankId: 'leader', rights: ['invite', 'remove', 'promote', 'demote'] },
      },
    });
    expect((await view(founder)).body).toEqual(reply.body);
    expect(await toldOf(reply.body.guildId)).toEqual({ events: [], pushes: [] });
  });

  it('is founded by the tenth signature: the guild and each of its members become known once', async () => {
    const { guildId, signed } = await charterOf(9);
    const founder = signed[0]!;
    const last = await newPlayer();
    await ask(founder, last);
    const reply = await accept(last, guildId);
    expect(reply).toMatchObject({ status: 200, body: { memberCount: 10, own: { rankId: 'member' } } });
    expect(reply.body.charter).toBeUndefined();
    expect((await accept(last, guildId)).body).toEqual(reply.body);
    const { events, pushes } = await toldOf(guildId);
    expect(events.filter((name) => name !== 'GUILD_INVITE_SENT')).toEqual([
      'GUILD_CREATED',
      ...Array.from({ length: 10 }, () => 'PLAYER_JOINED_GUILD'),
    ]);
    expect(pushes).toEqual(['founded', ...Array.from({ length: 9 }, () => 'signed')]);
    const joined = world.events.filter(
      ({ name, data }) => name === 'PLAYER_JOINED_GUILD' && JSON.stringify(data).includes(guildId),
    );
    const ids = joined.map(({ data }) => (data as { characterId: string }).characterId).sort();
    expect(ids).toEqual([...signed, last].map(({ characterId }) => characterId).sort());
    expect((await membersOf(founder)).map(({ characterId }) => characterId).sort()).toEqual(ids);
  });

  it('is founded once by signatures of the same moment, and counts each', async () => {
    const { guildId, signed } = await charterOf(8);
    const guests = await newPlayers(4);
    for (const guest of guests) await ask(signed[0]!, guest);
    const replies = await Promise.all(guests.map((guest) => accept(guest, guildId)));
    for (const { status, body } of replies) if (status !== 200) expect(body.code).toBe('request.conflict');
    for (const guest of guests) expect((await accept(guest, guildId)).status).toBe(200);
    expect((await view(signed[0]!)).body).toMatchObject({ memberCount: 12 });
    const { events } = await toldOf(guildId);
    expect(events.filter((name) => name === 'GUILD_CREATED')).toHaveLength(1);
    expect(events.filter((name) => name === 'PLAYER_JOINED_GUILD')).toHaveLength(12);
  });

  it('binds a character to one, whatever it draws up or signs at once', async () => {
    const founder = await newPlayer();
    const replies = await Promise.all(Array.from({ length: 6 }, () => drawUp(founder)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    await expectRefusal(() => drawUp(founder), 409, 'guild.already_in_guild');
    const [guest, other] = [await newPlayer(), (await charterOf(1)).signed[0]!];
    for (const leader of [founder, other]) await ask(leader, guest);
    const [first, second] = await Promise.all(
      (await invitesOf(guest)).map(({ guildId }: { guildId: GuildId }) => accept(guest, guildId)),
    );
    expect([first!.status, second!.status].sort()).toEqual([200, 409]);
    await expectRefusal(() => drawUp(guest), 409, 'guild.already_in_guild');
  });

  it('has a name that no other of the realm has or resembles, and that is fit to be read', async () => {
    const { name } = await charterOf(1);
    const other = await newPlayer();
    await expectRefusal(() => drawUp(other, name.toUpperCase()), 409, 'guild.name_taken');
    for (const [wanted, reason] of [
      ['Chrome  Saints', 'characters'],
      ['X', 'length'],
      ['The Admins', 'reserved'],
    ] as const) {
      const refused = await expectRefusal(() => drawUp(other, wanted), 422, 'guild.name_invalid');
      expect(refused.body).toMatchObject({ facts: { reason } });
    }
    const elsewhere = await playingCharacter(world, { realmId: 'ember-coast' });
    expect((await drawUp(elsewhere, name)).status).toBe(201);
    const racers = await newPlayers(4);
    const replies = await Promise.all(racers.map((racer) => drawUp(racer, 'Race Of Names')));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is answered the same for the same key', async () => {
    const founder = await newPlayer();
    const key = createId('opr');
    const first = await drawUp(founder, 'Twice Said', key);
    expect((await drawUp(founder, 'Twice Said', key)).text).toBe(first.text);
  });

  it('is signed by one character of a player', async () => {
    const { guildId, signed } = await charterOf(2);
    const { accountId } = signed[1]!;
    const alt = await newPlayer();
    expect((await ask(signed[0]!, alt)).status).toBe(201);
    const { characterId } = alt;
    const actor = { ...alt, ...(await world.openSession(world.actor({ accountId, characterId }))), characterId };
    await expectRefusal(() => accept(actor, guildId), 409, 'guild.account_has_signed');
  });

  it('is withdrawn by its founder, and signatures by who gave them: all are free, and so is the name', async () => {
    const { guildId, name, signed } = await charterOf(3);
    const [founder, second, third] = signed as [PlayingActor, PlayingActor, PlayingActor];
    expect((await leave(second)).status).toBe(204);
    expect((await view(founder)).body).toMatchObject({ memberCount: 2 });
    expect((await leave(founder)).status).toBe(204);
    for (const one of signed) await expectRefusal(() => view(one), 404, 'guild.not_in_guild');
    const told = await toldOf(guildId);
    expect(told.pushes).toEqual(['ended', 'member_left', 'signed', 'signed']);
    expect(told.events.filter((event) => event !== 'GUILD_INVITE_SENT')).toEqual([]);
    expect((await drawUp(third, name)).status).toBe(201);
  });

  it('is void after 14 days: nobody signs it, and the job frees its name and its signers', async () => {
    const endCharters = () => endChartersHandler(undefined, lambdaContext());
    const { guildId, name, signed } = await charterOf(2);
    const late = await newPlayer();
    world.clock.advance(guildLimits.charterLifeMs - HOUR_MS);
    expect((await ask(signed[0]!, late)).status).toBe(201);
    await endCharters();
    expect((await view(signed[1]!)).status).toBe(200);
    world.clock.advance(HOUR_MS);
    await expectRefusal(() => accept(late, guildId), 404, 'guild.invite_not_found');
    await endCharters();
    await endCharters();
    for (const one of signed) await expectRefusal(() => view(one), 404, 'guild.not_in_guild');
    expect((await toldOf(guildId)).pushes.filter((type) => type === 'ended')).toHaveLength(1);
    expect((await drawUp(late, name)).status).toBe(201);
  });
});

describe('an invite', () => {
  it('is notified with who asks and for what, and can be declined', async () => {
    const { guildId, name, signed } = await charterOf(1);
    const guest = await newPlayer();
    const reply = await ask(signed[0]!, guest);
    expect(reply).toMatchObject({ status: 201, body: { guildId, characterId: guest.characterId, name: guest.name } });
    expect(await invitesOf(guest)).toMatchObject([{ guildId, guildName: name, fromName: signed[0]!.name }]);
    await world.deliver();
    const notice = world.pushes.find(
      ({ destination }) => destination === `/topic/player/${guest.accountId}/notifications`,
    );
    expect(notice?.body).toMatchObject({
      code: 'guild.charter_offered',
      text: `${signed[0]!.name} asks you to sign the charter of the guild ${name}.`,
      ref: { kind: 'guild', id: guildId },
    });
    expect((await decline(guest, guildId)).status).toBe(204);
    expect(await invitesOf(guest)).toEqual([]);
    await expectRefusal(() => accept(guest, guildId), 404, 'guild.invite_not_found');
    await expectRefusal(() => decline(guest, guildId), 404, 'guild.invite_not_found');
  });

  it('is over after three days, and is sent again after an hour at the earliest', async () => {
    const { guildId, signed } = await charterOf(1);
    const guest = await newPlayer();
    await ask(signed[0]!, guest);
    world.clock.advance(50 * MINUTE_MS);
    const refused = await expectRefusal(() => ask(signed[0]!, guest), 409, 'guild.invited_recently');
    expect(refused.headers['retry-after']).toBe('600');
    world.clock.advance(3 * DAY_MS - 50 * MINUTE_MS);
    await expectRefusal(() => accept(guest, guildId), 404, 'guild.invite_not_found');
    expect((await ask(signed[0]!, guest)).status).toBe(201);
  });

  it('finds characters of the realm by name, and nobody who takes none or has blocked the asker', async () => {
    const founder = (await charterOf(1)).signed[0]!;
    const [named, hermit, hostile] = await newPlayers(3);
    expect((await acts.askByName(founder, named!.name.toUpperCase())).body.characterId).toBe(named!.characterId);
    await commitInTest({ writes: [putPrivacy(hermit!.accountId, { ...defaultPrivacy, invites: 'nobody' })] });
    await world.call(blockHandler, block, { actor: hostile!, body: { accountId: founder.accountId } });
    const elsewhere = await playingCharacter(world, { realmId: 'ember-coast' });
    for (const { characterId } of [hermit!, hostile!, elsewhere, { characterId: createId('chr') }]) {
      await expectRefusal(() => ask(founder, { characterId }), 404, 'guild.player_not_found');
    }
  });

  it('is refused for oneself, for members, by those without the right, and for a full guild', async () => {
    const [leader, recruit, stranger, outsider] = (await newPlayers(4)) as [
      PlayingActor,
      PlayingActor,
      PlayingActor,
      PlayingActor,
    ];
    const guildId = await guildOfPlayers(world, [leader, recruit]);
    await expectRefusal(() => ask(leader, leader), 422, 'guild.self');
    await expectRefusal(() => ask(leader, recruit), 409, 'guild.target_in_guild');
    await expectRefusal(() => ask(recruit, stranger), 403, 'guild.rank_too_low');
    await expectRefusal(() => ask(stranger, leader), 404, 'guild.not_in_guild');
    await ask(leader, stranger);
    await acts.setMemberCount(guildId, guildLimits.members);
    await expectRefusal(() => ask(leader, outsider), 409, 'guild.full');
    await expectRefusal(() => accept(stranger, guildId), 409, 'guild.full');
  });
});
