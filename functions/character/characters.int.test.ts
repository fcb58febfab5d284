import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classes } from '#content/classes.ts';
import { readAccessToken } from '#functions/auth/public.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { closeSession, getPlay, getSession } from '#functions/session/public.ts';
import { claimZone, enterZone, pollCommands } from '#functions/zone/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { CharacterId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { createCharacter, listCharacters, selectCharacter, viewCharacter } from './contract.ts';
import { handler as createHandler } from './endpoints/create-character.ts';
import { handler as listHandler } from './endpoints/list-characters.ts';
import { handler as selectHandler } from './endpoints/select-character.ts';
import { handler as viewHandler } from './endpoints/view-character.ts';
import { findByName, loadCharacterForZone, saveCharacterState } from './public.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  world.clock.advance(MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

let serial = 0;
/** Names that nobody has: letters only, no two alike. */
function freshName(): string {
  serial += 1;
  return `Zef${[...String(serial).padStart(3, '0')].map((digit) => 'abdefghkmo'[Number(digit)]).join('t')}`;
}

const newActor = async (): Promise<Actor> => (await logIn(world, await registerPlayer(world, mailbox))).actor;
const bodyOf = (name: string, rest = {}) => ({
  name,
  classId: 'gunhand',
  originId: 'gutter-born',
  appearance: {},
  ...rest,
});
const create = (actor: Actor, name = freshName(), key: string = crypto.randomUUID(), rest = {}) =>
  world.call(createHandler, createCharacter, { actor, body: bodyOf(name, rest), idempotencyKey: key });
const select = (actor: Actor, characterId: string) =>
  world.call(selectHandler, selectCharacter, { actor, params: { characterId } });
const list = (actor: Actor) => world.call(listHandler, listCharacters, { actor });
const view = (actor: Actor, characterId: string) =>
  world.call(viewHandler, viewCharacter, { actor, params: { characterId } });

describe('creating a character', () => {
  it('makes it with its equipment and progression, and tells of it', async () => {
    const actor = await newActor();
    const name = freshName();
    const reply = await create(actor, name, undefined, { appearance: { hair: 31, chrome: 3 } });
    expect(reply).toMatchObject({ status: 201, body: { name, classId: 'gunhand', level: 1, realmId: 'glasswater' } });
    expect(reply.body.appearance).toMatchObject({ hair: 31, chrome: 3, skin: 0 });
    const characterId = CharacterId.parse(reply.body.characterId);
    const items = await itemsOf(characterId);
    expect(items.map(({ templateId, count, container }) => [templateId, count, container]).sort()).toEqual(
      classes
        .get('gunhand')
        .startingItems.map(({ item, count, equip }) => [item, count, equip ? 'equipment' : 'bag'])
        .sort(),
    );
    expect(await progressionOf(characterId)).toMatchObject({
      classId: 'gunhand',
      level: 1,
      accountId: actor.accountId,
    });
    await world.deliver();
    expect(
      world.events.filter(
        ({ name: event, aggregateId }) => event === 'CHARACTER_CREATED' && aggregateId === characterId,
      ),
    ).toMatchObject([{ data: { accountId: actor.accountId, characterId, name, classId: 'gunhand', level: 1 } }]);
    expect((await list(actor)).body).toMatchObject({ characters: [reply.body], slots: 10 });
    expect((await view(actor, characterId)).body).toEqual(reply.body);
  });

  it.each(classes.all)('gives a $id what its class begins with', async (characterClass) => {
    const actor = await newActor();
    const { body } = await create(actor, freshName(), undefined, { classId: characterClass.id });
    const characterId = CharacterId.parse(body.characterId);
    expect(await progressionOf(characterId)).toMatchObject({
      level: 1,
      xp: 0,
      attributes: characterClass.attributes,
      skills: characterClass.skills,
      attributePoints: 0,
      skillPoints: 0,
    });
    const items = await itemsOf(characterId);
    expect(items.map(({ templateId, count }) => `${templateId} ${count}`).sort()).toEqual(
      characterClass.startingItems.map(({ item, count }) => `${item} ${count}`).sort(),
    );
  });

  it('happens once per key: the same bytes again, and another request under it is refused', async () => {
    const actor = await newActor();
    const name = freshName();
    const first = await create(actor, name, 'the-same-key');
    const again = await create(actor, name, 'the-same-key');
    expect(again.text).toBe(first.text);
    expect((await list(actor)).body.characters).toHaveLength(1);
    const other = await create(actor, freshName(), 'the-same-key');
    expect(other).toMatchObject({ status: 409, body: { code: 'request.idempotency_mismatch' } });
    const keyless = await world.call(createHandler, createCharacter, { actor, body: bodyOf(freshName()) });
    expect(keyless.body.code).toBe('request.idempotency_key_missing');
  });

  it('gives a name that two want at once to one of them, and the other has nothing', async () => {
    const [one, two] = [await newActor(), await newActor()];
    const replies = await Promise.all([create(one, 'Marlowe'), create(two, 'MARLOWE')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    const loser = replies[0].status === 409 ? one : two;
    expect(replies.find(({ status }) => status === 409)?.body.code).toBe('character.name_taken');
    expect((await list(loser)).body.characters).toEqual([]);
    const winner = replies.find(({ status }) => status === 201)!.body;
    expect(await findByName('marlowe')).toMatchObject({ characterId: winner.characterId, name: winner.name });
    expect(await findByName('nobody here #1')).toBeUndefined();
  });

  it('refuses names that look like one that is taken', async () => {
    const actor = await newActor();
    await create(actor, 'Corvax');
    const before = await world.snapshot();
    for (const name of ['corvax', 'Corvàx']) {
      expect(await create(actor, name)).toMatchObject({ status: 409, body: { code: 'character.name_taken' } });
    }
    expect(await world.snapshot()).toEqual(before);
  });

  it('stops at ten slots, also for eleven requests at once', async () => {
    const actor = await newActor();
    for (let count = 0; count < 8; count += 1) expect((await create(actor)).status).toBe(201);
    world.clock.advance(MINUTE_MS);
    const replies = await Promise.all([create(actor), create(actor), create(actor), create(actor)]);
    expect(replies.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(2);
    expect(
      replies.every(
        ({ status, body }) => status === 201 || ['character.slots_full', 'request.conflict'].includes(body.code),
      ),
    ).toBe(true);
    world.clock.advance(MINUTE_MS);
    while ((await list(actor)).body.characters.length < 10) expect((await create(actor)).status).toBe(201);
    const before = await world.snapshot();
    expect(await create(actor)).toMatchObject({ status: 409, body: { code: 'character.slots_full' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('is refused to a session that has ended', async () => {
    const actor = await newActor();
    const session = (await getSession(actor.sessionId))!;
    const closed = closeSession(session, 'revoked', world.clock.nowMs());
    await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(closed);
    const before = await world.snapshot();
    expect(await create(actor)).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it.each([
    ['a name with digits', { name: 'R2D2' }, 422],
    ['a profane name', { name: 'Shitlord' }, 422],
    ['a class that there is not', { classId: 'wizard' }, 400],
    ['an origin that there is not', { originId: 'mars' }, 400],
    ['hair that there is not', { appearance: { hair: 32 } }, 400],
    ['a realm that there is not', { realmId: 'elsewhere' }, 400],
    ['an unknown field', { level: 60 }, 400],
  ])('refuses %s', async (_what, wrong, status) => {
    const actor = await newActor();
    const before = await world.snapshot();
    expect((await create(actor, freshName(), undefined, wrong)).status).toBe(status);
    expect(await world.snapshot()).toEqual(before);
  });
});

describe("somebody else's character", () => {
  it('looks like one that never was, for viewing and selecting, and nothing changes', async () => {
    const [mine, theirs] = [await newActor(), await newActor()];
    const { body } = await create(theirs);
    const before = await world.snapshot();
    for (const ask of [view, select]) {
      const replies = [];
      for (const characterId of [body.characterId, createId('chr')]) {
        const reply = await ask(mine, characterId);
        replies.push({ status: reply.status, body: { ...reply.body, requestId: '' } });
      }
      expect(replies[0]).toMatchObject({ status: 404, body: { code: 'request.not_found' } });
      expect(replies[1]).toEqual(replies[0]);
      expect((await ask(mine, mine.accountId)).status).toBe(400);
    }
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('selecting a character', () => {
  it('binds the session to it and answers a token that carries it', async () => {
    const actor = await newActor();
    const { body: first } = await create(actor);
    const { body: second } = await create(actor);
    const selected = await select(actor, first.characterId);
    expect(selected.status).toBe(200);
    expect(await readAccessToken(selected.body.accessToken, world.clock.nowMs())).toMatchObject({
      sessionId: actor.sessionId,
      characterId: first.characterId,
    });
    expect(await getSession(actor.sessionId)).toMatchObject({ characterId: first.characterId });
    expect(await getPlay(actor.accountId)).toMatchObject({ characterId: first.characterId, epoch: 1 });

    expect((await select(actor, first.characterId)).status).toBe(200);
    expect((await getPlay(actor.accountId))?.epoch).toBe(1);
    await world.deliver();
    await select(actor, second.characterId);
    await world.deliver();
    const switched = world.events.filter(
      ({ name, aggregateId }) => name === 'CHARACTER_SWITCHED' && aggregateId === actor.sessionId,
    );
    const { accountId, sessionId } = actor;
    expect(switched.map(({ data }) => data)).toEqual([
      { accountId, sessionId, characterId: first.characterId },
      { accountId, sessionId, characterId: second.characterId, previousCharacterId: first.characterId },
    ]);
  });

  it('puts the character that was played until now out of its zone', async () => {
    const actor = await newActor();
    const { body: first } = await create(actor);
    const { body: second } = await create(actor);
    await select(actor, first.characterId);
    const zoneId = 'evicting-zone';
    const claim = await claimZone({ zoneId, shardId: 'shd_1', url: 'ws://zone', leaseMs: MINUTE_MS });
    const fence = { zoneId, shardId: 'shd_1', epoch: claim!.epoch };
    await enterZone(fence, { ...actor, characterId: first.characterId });
    await select(actor, second.characterId);
    expect(await pollCommands(zoneId)).toMatchObject([{ characterId: first.characterId, reason: 'superseded' }]);
  });

  it('ends the other session of the account that plays', async () => {
    const player = await registerPlayer(world, mailbox);
    const [old, fresh] = [await logIn(world, player), await logIn(world, player)];
    const { body } = await create(old.actor);
    await select(old.actor, body.characterId);
    await select(fresh.actor, body.characterId);
    expect((await getSession(old.actor.sessionId))?.state).toBe('CLOSED');
    expect(await select(old.actor, body.characterId)).toMatchObject({
      status: 401,
      body: { code: 'auth.session_ended' },
    });
    expect(await getSession(fresh.actor.sessionId)).toMatchObject({ state: 'ACTIVE', characterId: body.characterId });
  });
});

describe('saved state', () => {
  const save = { x: 10.5, y: 20, yaw: 1, health: 77, stay: 1 } as const;

  async function zoneWith(zoneId: string) {
    const actor = await newActor();
    const { body } = await create(actor);
    const claim = await claimZone({ zoneId, shardId: 'shd_1', url: 'ws://zone', leaseMs: MINUTE_MS });
    const characterId = CharacterId.parse(body.characterId);
    return { actor, characterId, fence: { zoneId, shardId: 'shd_1', epoch: claim!.epoch } };
  }

  it('is what the same zone gets back, and no other', async () => {
    const { actor, characterId, fence } = await zoneWith('saving-zone');
    expect(await loadCharacterForZone(characterId, 'saving-zone')).toMatchObject({ level: 1, classId: 'gunhand' });
    expect(await loadCharacterForZone(characterId, 'saving-zone')).not.toHaveProperty('state');
    await saveCharacterState(fence, { ...save, characterId, sequence: 1 });
    expect((await loadCharacterForZone(characterId, 'saving-zone'))?.state).toEqual({
      zoneId: 'saving-zone',
      x: 10.5,
      y: 20,
      yaw: 1,
      health: 77,
      stay: 1,
      sequence: 1,
      savedAtMs: world.clock.nowMs(),
    });
    expect(await loadCharacterForZone(characterId, 'other-zone')).not.toHaveProperty('state');
    expect((await view(actor, characterId)).body.place).toMatchObject({ zoneId: 'saving-zone', x: 10.5, health: 77 });
    expect(await loadCharacterForZone(createId('chr'), 'saving-zone')).toBeUndefined();
  });

  it('is not replaced by an earlier save that arrives later', async () => {
    const { characterId, fence } = await zoneWith('ordered-zone');
    await saveCharacterState(fence, { ...save, characterId, sequence: 2, health: 50 });
    await saveCharacterState(fence, { ...save, characterId, sequence: 1, health: 99 });
    await saveCharacterState(fence, { ...save, characterId, sequence: 2, health: 98 });
    expect((await loadCharacterForZone(characterId, 'ordered-zone'))?.state?.health).toBe(50);
  });

  it('is refused to a process that has lost the zone', async () => {
    const { characterId, fence } = await zoneWith('fenced-zone');
    world.clock.advance(2 * MINUTE_MS);
    await claimZone({ zoneId: 'fenced-zone', shardId: 'shd_2', url: 'ws://zone2', leaseMs: MINUTE_MS });
    const before = await world.snapshot();
    await expect(saveCharacterState(fence, { ...save, characterId, sequence: 9 })).rejects.toMatchObject({
      code: 'zone.fenced',
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('of a new zone is not overwritten when the old one puts the character out', async () => {
    const { characterId, fence } = await zoneWith('left-zone');
    const next = await claimZone({ zoneId: 'next-zone', shardId: 'shd_1', url: 'ws://zone', leaseMs: MINUTE_MS });
    await saveCharacterState(fence, { ...save, characterId, sequence: 1 });
    await saveCharacterState(
      { zoneId: 'next-zone', shardId: 'shd_1', epoch: next!.epoch },
      { ...save, characterId, stay: 2, sequence: 1, x: 1 },
    );
    await saveCharacterState(fence, { ...save, characterId, sequence: 2 });
    expect((await loadCharacterForZone(characterId, 'next-zone'))?.state?.x).toBe(1);
  });
});
