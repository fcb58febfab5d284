import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { readAccessToken } from '#functions/auth/public.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { saveProgressionWrite } from '#functions/progression/store.ts';
import { acceptQuest as acceptQuestEndpoint } from '#functions/quest/contract.ts';
import { handler as acceptQuest } from '#functions/quest/endpoints/accept-quest.ts';
import { closeSession, getPlay, getSession } from '#functions/session/public.ts';
import { claimZone, enterZone, leaveZone, pollCommands } from '#functions/zone/public.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '#shared/kernel/clock.ts';
import { CharacterId, createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { characterKeys } from '#shared/table/keys/character.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { forceRename } from './admin-contract.ts';
import * as contract from './contract.ts';
import { handler as changeAppearance } from './endpoints/change-appearance.ts';
import { handler as createCharacter } from './endpoints/create-character.ts';
import { handler as deleteCharacter } from './endpoints/delete-character.ts';
import { handler as deselectCharacter } from './endpoints/deselect-character.ts';
import { handler as forceRenameHandler } from './endpoints/force-rename.ts';
import { handler as listCharacters } from './endpoints/list-characters.ts';
import { handler as renameCharacter } from './endpoints/rename-character.ts';
import { handler as restoreCharacter } from './endpoints/restore-character.ts';
import { handler as selectCharacter } from './endpoints/select-character.ts';
import { handler as viewCharacter } from './endpoints/view-character.ts';
import { handler as deleteDue } from './jobs/delete-due.ts';
import { handler as purgeDue } from './jobs/purge-due.ts';
import { useObligationSources } from './obligations.ts';
import { characterIdsOf, exportOf, findByName, loadCharacterForZone } from './public.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await startTestWorld();
});
beforeEach(() => {
  world.clock.advance(MINUTE_MS);
});
afterAll(() => world.stop());

let serial = 0;
/** Names that nobody has: letters only, no two alike. */
function freshName(): string {
  serial += 1;
  return `Zef${[...String(serial).padStart(3, '0')].map((digit) => 'abdefghkmo'[Number(digit)]).join('t')}`;
}

const newActor = (accountId?: Actor['accountId']) => world.openSession(world.actor(accountId ? { accountId } : {}));

const call = (handler: HttpHandler, endpoint: Endpoint, actor: Actor, characterId?: string, body?: object) =>
  world.call(handler, endpoint, {
    actor,
    ...(characterId ? { params: { characterId } } : {}),
    ...(body ? { body } : {}),
    ...(endpoint.idempotency === 'key' ? { idempotencyKey: crypto.randomUUID() } : {}),
  });

const create = (actor: Actor, name = freshName(), realmId = 'glasswater') =>
  call(createCharacter, contract.createCharacter, actor, undefined, {
    name,
    realmId,
    classId: 'gunhand',
    originId: 'gutter-born',
    appearance: {},
  });
const select = (actor: Actor, id: string) => call(selectCharacter, contract.selectCharacter, actor, id);
const deselect = (actor: Actor, id: string) => call(deselectCharacter, contract.deselectCharacter, actor, id);
const remove = (actor: Actor, id: string, confirmName: string) =>
  call(deleteCharacter, contract.deleteCharacter, actor, id, { confirmName });
const restore = (actor: Actor, id: string) => call(restoreCharacter, contract.restoreCharacter, actor, id);
const rename = (actor: Actor, id: string, name: string) =>
  call(renameCharacter, contract.renameCharacter, actor, id, { name });
const dress = (actor: Actor, id: string, appearance: object) =>
  call(changeAppearance, contract.changeAppearance, actor, id, appearance);
const view = (actor: Actor, id: string) => call(viewCharacter, contract.viewCharacter, actor, id);
const list = (actor: Actor, query: Record<string, string> = {}) =>
  world.call(listCharacters, contract.listCharacters, { actor, query });

const moderator = async (roles: Actor['roles'] = ['player', 'moderator']) =>
  world.stepUp(await world.openSession(world.actor({ roles })));
const takeName = (by: Actor, id: string, reason = 'Names a living person') =>
  call(forceRenameHandler, forceRename, by, id, { reason });

/** A character and its name, and an account that has it. */
async function newCharacter(actor?: Actor, name = freshName()) {
  const owner = actor ?? (await newActor());
  const { body } = await create(owner, name);
  return { actor: owner, id: CharacterId.parse(body.characterId), name: body.name as string };
}

async function deletedCharacter(actor?: Actor, name?: string) {
  const character = await newCharacter(actor, name);
  const reply = await remove(character.actor, character.id, character.name);
  expect(reply.body.status).toBe('DELETED');
  return character;
}

const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });

async function endSession({ sessionId }: Actor): Promise<void> {
  const session = (await getSession(sessionId))!;
  await operation().commit(closeSession(session, 'revoked', world.clock.nowMs()));
}

async function raiseTo(id: CharacterId, level: number): Promise<void> {
  const progression = (await progressionOf(id))!;
  const raised = { ...progression, level, version: progression.version + 1 };
  await operation().commit({ writes: [saveProgressionWrite(raised)] });
}

async function useSlots(actor: Actor, used: number): Promise<void> {
  const { accountId } = actor;
  const Item = { ...characterKeys.slots.primary({ accountId }), _et: 'CharacterSlots', accountId, used };
  await world.client.send(new PutCommand({ TableName: world.tableName, Item }));
}

/** Puts a character that is selected into a zone of its own. */
async function enterWorld(actor: Actor, characterId: CharacterId) {
  const zoneId = `zone-${createId('shd').slice(4).toLowerCase()}`;
  const claim = await claimZone({ zoneId, shardId: 'shd_1', url: 'ws://zone', leaseMs: HOUR_MS });
  const fence = { zoneId, shardId: 'shd_1', epoch: claim!.epoch };
  await enterZone(fence, { ...actor, characterId });
  return fence;
}

const run = async (job: typeof deleteDue) => (await job({}, lambdaContext())).processed;

/** Names of a character's own events, in the order in which they happened. */
async function told(id: string): Promise<string[]> {
  await world.deliver();
  return world.events
    .filter(({ aggregateId, name }) => aggregateId === id && name.startsWith('CHARACTER_'))
    .toSorted((a, b) => a.aggregateSeq - b.aggregateSeq)
    .map(({ name }) => name);
}

const lastEvent = (name: string, id: string) =>
  world.events.findLast((one) => one.name === name && one.aggregateId === id)?.data;

const codesOf = (replies: readonly { status: number; body: { code?: string } }[]) =>
  replies.map(({ status, body }) => (status < 300 ? 'done' : (body.code ?? ''))).sort();

describe('slots', () => {
  it('are bounded over all realms together, also for two who take the last at once', async () => {
    const actor = await newActor();
    await useSlots(actor, 49);
    const replies = await Promise.all([create(actor), create(actor, freshName(), 'ember-coast')]);
    expect(codesOf(replies)).toEqual(['character.slots_full', 'done']);
    expect(replies.find(({ status }) => status === 409)?.body.facts).toEqual({ scope: 'account', limit: 50 });
    expect((await list(actor)).body.accountSlots).toEqual({ used: 50, limit: 50 });
    const [here, there] = [await list(actor), await list(actor, { realmId: 'ember-coast' })];
    expect(here.body.characters.length + there.body.characters.length).toBe(1);
  });

  it('are free again when their character is deleted', async () => {
    const actor = await newActor();
    const characters = [];
    for (let count = 0; count < 10; count += 1) characters.push(await newCharacter(actor));
    expect((await create(actor)).body).toMatchObject({ code: 'character.slots_full', facts: { scope: 'realm' } });
    await remove(actor, characters[3]!.id, characters[3]!.name);
    expect((await list(actor)).body.accountSlots.used).toBe(9);
    expect((await create(actor)).status).toBe(201);
    expect((await create(actor)).body.code).toBe('character.slots_full');
    expect((await create(actor, freshName(), 'ember-coast')).status).toBe(201);
  });
});

describe('names', () => {
  it('are unique in their realm, not beyond', async () => {
    const [one, two] = [await newActor(), await newActor()];
    const name = freshName();
    expect((await create(one, name)).status).toBe(201);
    expect((await create(two, name)).body.code).toBe('character.name_taken');
    const there = await create(two, name, 'ember-coast');
    expect(there.status).toBe(201);
    expect((await findByName(name))?.accountId).toBe(one.accountId);
    expect((await findByName(name, 'ember-coast'))?.accountId).toBe(two.accountId);
  });

  it('of deleted characters are held for their account, then anybody’s', async () => {
    const { actor, name } = await deletedCharacter();
    expect(await findByName(name)).toBeUndefined();
    const stranger = await newActor();
    world.clock.advance(30 * DAY_MS - 1);
    expect((await create(stranger, name)).body.code).toBe('character.name_taken');
    world.clock.advance(1);
    expect((await create(stranger, name)).status).toBe(201);
    expect((await create(actor, name)).body.code).toBe('character.name_taken');
  });

  it('that are held go to one of two that the account creates at once', async () => {
    const { actor, name } = await deletedCharacter();
    const replies = await Promise.all([create(actor, name), create(actor, name.toUpperCase())]);
    expect(codesOf(replies)).toEqual(['character.name_taken', 'done']);
  });
});

describe('a name that a moderator takes away', () => {
  it('puts its player out and keeps the character from play until it has another', async () => {
    const { actor, id, name } = await newCharacter();
    await select(actor, id);
    const by = await moderator();
    expect((await takeName(by, id)).body).toEqual({ characterId: id, name, renameRequired: true });
    expect((await getSession(actor.sessionId))?.state).toBe('CLOSED');
    const audit = (await world.snapshot()).filter((row) => row._et === 'CharacterAudit' && row.characterId === id);
    expect(audit).toMatchObject([{ byAccountId: by.accountId, name, reason: 'Names a living person' }]);

    const back = await newActor(actor.accountId);
    expect((await view(back, id)).body.renameRequired).toBe(true);
    expect((await select(back, id)).body).toMatchObject({
      code: 'character.rename_required',
      facts: { reason: 'moderation' },
    });
    expect((await rename(back, id, name.toUpperCase())).body.code).toBe('character.name_barred');
    const better = freshName();
    expect((await rename(back, id, better)).body).toMatchObject({ name: better, renameRequired: false });
    expect((await select(back, id)).status).toBe(200);
    expect(await findByName(better)).toMatchObject({ characterId: id });
    expect(await told(id)).toEqual(['CHARACTER_CREATED', 'CHARACTER_RENAME_REQUIRED', 'CHARACTER_RENAMED']);
    expect(lastEvent('CHARACTER_RENAMED', id)).toEqual({
      accountId: actor.accountId,
      characterId: id,
      name: better,
      previousName: name,
      reason: 'moderation',
    });
    const list = `/topic/player/${actor.accountId}/notifications`;
    const notices = world.pushes.filter(({ destination }) => destination === list).map(({ body }) => body);
    expect(notices).toContainEqual(expect.objectContaining({ code: 'character.rename_required', params: { name } }));
  });

  it('is never its account’s again, and for 30 days nobody’s', async () => {
    const { actor, id, name } = await newCharacter();
    await takeName(await moderator(['player', 'gm']), id);
    await rename(actor, id, freshName());
    const stranger = await newActor();
    expect((await create(stranger, name)).body.code).toBe('character.name_taken');
    expect((await create(actor, name)).body.code).toBe('character.name_barred');
    world.clock.advance(30 * DAY_MS);
    expect((await create(actor, name)).body.code).toBe('character.name_barred');
    expect((await create(stranger, name)).status).toBe(201);
  });

  it('is taken once, and by moderators only', async () => {
    const { id } = await newCharacter();
    const [by, player] = [await moderator(), await moderator(['player'])];
    const untouched = await world.snapshot();
    expect((await takeName(player, id)).body.code).toBe('auth.forbidden');
    expect((await takeName(by, createId('chr'))).body.code).toBe('request.not_found');
    expect((await takeName(by, id, ' ')).body.code).toBe('request.invalid');
    expect(await world.snapshot()).toEqual(untouched);
    await takeName(by, id);
    const before = await world.snapshot();
    expect((await takeName(by, id)).status).toBe(200);
    expect(await world.snapshot()).toEqual(before);
  });

  it('is replaced by one that two want at once for one of them', async () => {
    const [one, two] = [await newCharacter(), await newCharacter()];
    for (const { id } of [one, two]) await takeName(await moderator(), id);
    const name = freshName();
    const replies = await Promise.all([rename(one.actor, one.id, name), rename(two.actor, two.id, name)]);
    expect(codesOf(replies)).toEqual(['character.name_taken', 'done']);
    const [won, lost] = replies[0]!.status === 200 ? [one, two] : [two, one];
    expect(await findByName(name)).toMatchObject({ characterId: won.id });
    expect((await view(lost.actor, lost.id)).body).toMatchObject({ name: lost.name, renameRequired: true });
  });

  it('is the only reason for another', async () => {
    const { actor, id } = await newCharacter();
    const before = await world.snapshot();
    expect((await rename(actor, id, freshName())).body.code).toBe('character.rename_not_required');
    expect((await rename(actor, id, 'R2D2')).body).toMatchObject({
      code: 'character.name_invalid',
      facts: { reason: 'letters' },
    });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('appearance', () => {
  it('changes in what is named, outside the world only', async () => {
    const { actor, id } = await newCharacter();
    expect((await dress(actor, id, { hair: 5 })).body.appearance).toMatchObject({ hair: 5, skin: 0 });
    await select(actor, id);
    expect((await dress(actor, id, { chrome: 2 })).body.appearance).toMatchObject({ hair: 5, chrome: 2 });
    const fence = await enterWorld(actor, id);
    const before = await world.snapshot();
    expect((await dress(actor, id, { hair: 6 })).body.code).toBe('character.in_world');
    expect((await dress(actor, id, { hair: 32 })).body.code).toBe('request.invalid');
    expect((await dress(actor, id, {})).body.code).toBe('request.invalid');
    expect(await world.snapshot()).toEqual(before);
    await leaveZone(fence, { characterId: id });
    expect((await dress(actor, id, { hair: 6 })).body.appearance.hair).toBe(6);
  });
});

describe('going back to choosing a character', () => {
  it('keeps the session, frees it of the character and orders the zone to let it go', async () => {
    const { actor, id } = await newCharacter();
    await select(actor, id);
    const { zoneId } = await enterWorld(actor, id);
    const { body } = await deselect(actor, id);
    const claims = await readAccessToken(body.accessToken, world.clock.nowMs());
    expect(claims).toMatchObject({ sessionId: actor.sessionId, accountId: actor.accountId });
    expect(claims?.characterId).toBeUndefined();
    expect(await getSession(actor.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect((await getSession(actor.sessionId))?.characterId).toBeUndefined();
    expect(await pollCommands(zoneId)).toMatchObject([{ characterId: id, reason: 'superseded' }]);

    const before = await world.snapshot();
    expect((await deselect(actor, id)).status).toBe(200);
    expect(await world.snapshot()).toEqual(before);
    await select(actor, id);
    await world.deliver();
    expect(lastEvent('CHARACTER_SWITCHED', actor.sessionId)).not.toHaveProperty('previousCharacterId');
  });

  it('is refused for a character that the session does not play', async () => {
    const { actor, id } = await newCharacter();
    const other = await newCharacter(actor);
    await select(actor, id);
    const before = await world.snapshot();
    expect((await deselect(actor, other.id)).body.code).toBe('character.not_selected');
    expect(await world.snapshot()).toEqual(before);
  });

  it('lets another session play without ending this one', async () => {
    const { actor, id } = await newCharacter();
    await select(actor, id);
    await deselect(actor, id);
    const second = await newActor(actor.accountId);
    expect((await select(second, id)).status).toBe(200);
    expect((await getSession(actor.sessionId))?.state).toBe('ACTIVE');
    expect(await getPlay(actor.accountId)).toMatchObject({ sessionId: second.sessionId, epoch: 2 });
  });
});

describe('deleting a character', () => {
  it('takes it out of play and the list, keeps it for 30 days, and tells of it once', async () => {
    const { actor, id, name } = await newCharacter();
    const restorableUntil = toIso(world.clock.nowMs() + 30 * DAY_MS);
    const reply = await remove(actor, id, name.toUpperCase());
    expect(reply).toMatchObject({ status: 200, body: { characterId: id, status: 'DELETED', restorableUntil } });
    const before = await world.snapshot();
    expect((await remove(actor, id, name)).body).toEqual(reply.body);
    expect(await world.snapshot()).toEqual(before);

    expect((await list(actor)).body).toMatchObject({ characters: [], accountSlots: { used: 0 } });
    expect((await list(actor)).body).not.toHaveProperty('deleted');
    expect((await list(actor, { include: 'deleted' })).body.deleted).toEqual([reply.body]);
    expect((await view(actor, id)).body.status).toBe('DELETED');
    expect((await select(actor, id)).body.code).toBe('character.deleted');
    expect((await dress(actor, id, { hair: 1 })).body.code).toBe('character.deleted');
    expect(await loadCharacterForZone(id, 'glasswater-docks')).toBeUndefined();
    expect(await told(id)).toEqual(['CHARACTER_CREATED', 'CHARACTER_DELETED']);
    const { accountId } = actor;
    expect(lastEvent('CHARACTER_DELETED', id)).toEqual({ accountId, characterId: id, name, restorableUntil });
  });

  it('asks for its name, and for a session that lives', async () => {
    const { actor, id, name } = await newCharacter();
    const ended = await newActor(actor.accountId);
    await endSession(ended);
    const before = await world.snapshot();
    expect((await remove(actor, id, 'Another')).body.code).toBe('character.name_mismatch');
    expect((await remove(ended, id, name)).body.code).toBe('auth.session_ended');
    expect(await world.snapshot()).toEqual(before);
  });

  it('stops where too many deleted ones are kept', async () => {
    const actor = await newActor();
    for (let count = 0; count < 20; count += 1) {
      await deletedCharacter(actor);
      world.clock.advance(MINUTE_MS);
    }
    const { id, name } = await newCharacter(actor);
    const before = await world.snapshot();
    expect((await remove(actor, id, name)).body).toMatchObject({
      code: 'character.deleted_full',
      facts: { limit: 20 },
    });
    expect(await world.snapshot()).toEqual(before);
    expect((await list(actor, { include: 'deleted' })).body.deleted).toHaveLength(20);
    world.clock.advance(30 * DAY_MS);
    await run(purgeDue);
    expect((await remove(actor, id, name)).body.status).toBe('DELETED');
  });

  describe('that has obligations', () => {
    let undo = () => {};
    afterEach(() => undo());

    it('is refused with a list of them, whichever domain they are of', async () => {
      const { actor, id, name } = await newCharacter();
      const leaders = new Set<string>([id]);
      undo = useObligationSources([async (who) => (leaders.has(who.characterId) ? ['guild.leader'] : [])]);
      await select(actor, id);
      const fence = await enterWorld(actor, id);
      const refusal = async () => {
        const before = await world.snapshot();
        const { status, body } = await remove(actor, id, name);
        expect([status, body.code]).toEqual([409, 'character.has_obligations']);
        expect(await world.snapshot()).toEqual(before);
        return body.facts.obligations as string;
      };
      expect(await refusal()).toBe('session.selected,zone.in_world,guild.leader');
      await deselect(actor, id);
      expect(await refusal()).toBe('zone.in_world,guild.leader');
      await leaveZone(fence, { characterId: id });
      expect(await refusal()).toBe('guild.leader');
      leaders.clear();
      expect((await remove(actor, id, name)).body.status).toBe('DELETED');
    });

    it('is not held up by a session that has ended, or a zone that is gone', async () => {
      const { actor, id, name } = await newCharacter();
      await select(actor, id);
      await enterWorld(actor, id);
      world.clock.advance(HOUR_MS);
      const second = await newCharacter(actor);
      await select(actor, second.id);
      expect((await remove(actor, id, name)).body.status).toBe('DELETED');
    });
  });

  it('and selecting it at once: one of the two happens', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { actor, id, name } = await newCharacter();
      const [removed, selected] = await Promise.all([remove(actor, id, name), select(actor, id)]);
      expect([removed.status, selected.status].filter((status) => status === 200)).toHaveLength(1);
      const { status } = (await view(actor, id)).body;
      expect(status).toBe(removed.status === 200 ? 'DELETED' : 'ACTIVE');
      expect((await getSession(actor.sessionId))?.characterId).toBe(selected.status === 200 ? id : undefined);
    }
  });
});

describe('deleting a character of a high level', () => {
  async function cooling() {
    const character = await newCharacter();
    await raiseTo(character.id, 20);
    const reply = await remove(character.actor, character.id, character.name);
    expect(reply.body).toMatchObject({ status: 'DELETING', deletesAt: toIso(world.clock.nowMs() + DAY_MS) });
    return character;
  }

  it('takes effect after a day', async () => {
    const { actor, id, name } = await cooling();
    expect((await list(actor)).body.characters).toMatchObject([{ characterId: id, status: 'DELETING' }]);
    expect((await select(actor, id)).body.code).toBe('character.deletion_pending');
    expect((await create(await newActor(), name)).body.code).toBe('character.name_taken');
    world.clock.advance(DAY_MS - 1);
    await run(deleteDue);
    expect((await view(actor, id)).body.status).toBe('DELETING');
    world.clock.advance(1);
    expect(await run(deleteDue)).toBe(1);
    expect(await run(deleteDue)).toBe(0);
    expect((await list(actor)).body).toMatchObject({ characters: [], accountSlots: { used: 0 } });
    expect(await told(id)).toEqual(['CHARACTER_CREATED', 'CHARACTER_DELETION_STARTED', 'CHARACTER_DELETED']);
  });

  it('can be taken back until then', async () => {
    const { actor, id } = await cooling();
    expect((await restore(actor, id)).body).toMatchObject({ status: 'ACTIVE', level: 20 });
    world.clock.advance(2 * DAY_MS);
    expect(await run(deleteDue)).toBe(0);
    expect((await select(actor, id)).status).toBe(200);
    expect((await told(id)).slice(1)).toEqual(['CHARACTER_DELETION_STARTED', 'CHARACTER_DELETION_CANCELLED']);
  });

  it('waits for obligations that came up meanwhile', async () => {
    const { actor, id } = await cooling();
    const undo = useObligationSources([async ({ characterId }) => (characterId === id ? ['auction.open'] : [])]);
    world.clock.advance(DAY_MS);
    expect(await run(deleteDue)).toBe(0);
    undo();
    expect((await view(actor, id)).body).toMatchObject({
      status: 'DELETING',
      deletesAt: toIso(world.clock.nowMs() + HOUR_MS),
    });
    world.clock.advance(HOUR_MS);
    expect(await run(deleteDue)).toBe(1);
  });

  it('and taking it back at once leaves one or the other whole', async () => {
    const { actor, id } = await cooling();
    world.clock.advance(DAY_MS);
    await Promise.all([run(deleteDue), restore(actor, id)]);
    const { status } = (await view(actor, id)).body;
    const { body } = await list(actor, { include: 'deleted' });
    expect(body.characters).toHaveLength(status === 'ACTIVE' ? 1 : 0);
    expect(body.deleted).toHaveLength(status === 'ACTIVE' ? 0 : 1);
    expect(body.accountSlots.used).toBe(body.characters.length);
  });
});

describe('restoring a character', () => {
  it('gives it back with its name, level and things', async () => {
    const { actor, id, name } = await deletedCharacter();
    expect((await restore(actor, id)).body).toMatchObject({ status: 'ACTIVE', name, renameRequired: false });
    const before = await world.snapshot();
    expect((await restore(actor, id)).status).toBe(200);
    expect(await world.snapshot()).toEqual(before);
    expect((await list(actor, { include: 'deleted' })).body).toMatchObject({
      characters: [{ characterId: id }],
      deleted: [],
      accountSlots: { used: 1 },
    });
    expect(await findByName(name)).toMatchObject({ characterId: id });
    expect(await itemsOf(id)).not.toEqual([]);
    expect((await select(actor, id)).status).toBe(200);
    expect((await told(id)).at(-1)).toBe('CHARACTER_RESTORED');
    world.clock.advance(31 * DAY_MS);
    await run(purgeDue);
    expect((await view(actor, id)).body.status).toBe('ACTIVE');
  });

  it('needs a free slot in its realm, and in the account', async () => {
    const actor = await newActor();
    const { id } = await deletedCharacter(actor);
    for (let count = 0; count < 10; count += 1) await newCharacter(actor);
    expect((await restore(actor, id)).body).toMatchObject({ code: 'character.slots_full', facts: { scope: 'realm' } });
    const other = await deletedCharacter();
    await useSlots(other.actor, 50);
    const before = await world.snapshot();
    expect((await restore(other.actor, other.id)).body).toMatchObject({
      code: 'character.slots_full',
      facts: { scope: 'account' },
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('gives the last slot to one of two that ask at once', async () => {
    const actor = await newActor();
    const [one, two] = [await deletedCharacter(actor), await deletedCharacter(actor)];
    for (let count = 0; count < 9; count += 1) await newCharacter(actor);
    const replies = await Promise.all([restore(actor, one.id), restore(actor, two.id)]);
    expect(codesOf(replies)).toEqual(['character.slots_full', 'done']);
    const { body } = await list(actor, { include: 'deleted' });
    expect([body.characters.length, body.deleted.length, body.accountSlots.used]).toEqual([10, 1, 10]);
  });

  it('asks for another name where the account has given its own away', async () => {
    const { actor, id, name } = await deletedCharacter();
    const heir = await newCharacter(actor, name);
    expect((await restore(actor, id)).body).toMatchObject({ status: 'ACTIVE', name, renameRequired: true });
    expect((await select(actor, id)).body).toMatchObject({
      code: 'character.rename_required',
      facts: { reason: 'name_taken' },
    });
    expect((await rename(actor, id, name)).body.code).toBe('character.name_taken');
    expect((await rename(actor, id, freshName())).body.renameRequired).toBe(false);
    expect(await findByName(name)).toMatchObject({ characterId: heir.id });
    expect((await select(actor, id)).status).toBe(200);
  });

  it('is too late after 30 days', async () => {
    const { actor, id } = await deletedCharacter();
    world.clock.advance(30 * DAY_MS);
    expect(await restore(actor, id)).toMatchObject({ status: 410, body: { code: 'character.not_restorable' } });
    await run(purgeDue);
    expect((await restore(actor, id)).body.code).toBe('request.not_found');
  });
});

describe('purging a deleted character', () => {
  it('leaves a tombstone and what has value, frees the name, and happens once', async () => {
    const { actor, id, name } = await newCharacter();
    await select(actor, id);
    const params = { questId: 'first-salvage' };
    const playing = { ...actor, characterId: id };
    const accepted = await world.call(acceptQuest, acceptQuestEndpoint, { actor: playing, params, idempotencyKey: id });
    expect(accepted.status).toBe(201);
    await deselect(actor, id);
    await remove(actor, id, name);
    const items = await itemsOf(id);
    expect(items).not.toEqual([]);
    world.clock.advance(30 * DAY_MS);
    await Promise.all([run(purgeDue), run(purgeDue)]);
    // Two that collide may both leave it to the next run.
    await run(purgeDue);
    expect(await run(purgeDue)).toBe(0);
    await world.deliver({ twice: true });
    expect((await told(id)).filter((event) => event === 'CHARACTER_PURGED')).toHaveLength(1);
    expect(lastEvent('CHARACTER_PURGED', id)).toEqual({
      accountId: actor.accountId,
      characterId: id,
      realmId: 'glasswater',
    });
    const rows = (await world.snapshot()).filter((row) => row.pk === `CHR#${id}`);
    expect(rows).toMatchObject([{ _et: 'CharacterTombstone', accountId: actor.accountId, classId: 'gunhand' }]);
    expect(await itemsOf(id)).toEqual(items);
    expect((await list(actor, { include: 'deleted' })).body).toMatchObject({ characters: [], deleted: [] });
    expect((await view(actor, id)).status).toBe(404);
    expect((await create(await newActor(), name)).status).toBe(201);
  });
});

describe("somebody else's character", () => {
  it('looks like one that never was, whatever is asked of it', async () => {
    const [mine, theirs] = [await newActor(), await newCharacter()];
    const asks = [
      (id: string) => remove(mine, id, theirs.name),
      (id: string) => restore(mine, id),
      (id: string) => rename(mine, id, freshName()),
      (id: string) => dress(mine, id, { hair: 1 }),
    ];
    const before = await world.snapshot();
    for (const ask of asks) {
      const replies = [await ask(theirs.id), await ask(createId('chr'))];
      expect(replies.map(({ status, body }) => [status, { ...body, requestId: '' }])[0]).toEqual([
        404,
        { ...replies[1]!.body, requestId: '' },
      ]);
    }
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('the characters of an account', () => {
  it('are told to their player with where they are', async () => {
    const actor = await newActor();
    const [one, two] = [await newCharacter(actor), await deletedCharacter(actor)];
    const there = (await create(actor, freshName(), 'ember-coast')).body;
    const ids = [one.id, two.id, there.characterId];
    expect((await characterIdsOf(actor.accountId)).toSorted()).toEqual(ids.toSorted());
    const { characters } = await exportOf(actor.accountId);
    expect(characters.map(({ characterId, status }) => [characterId, status]).toSorted()).toEqual(
      [
        [one.id, 'ACTIVE'],
        [two.id, 'DELETED'],
        [there.characterId, 'ACTIVE'],
      ].toSorted(),
    );
  });

  it('are gone with all their names when it is erased', async () => {
    const actor = await newActor();
    const named = [await newCharacter(actor), await deletedCharacter(actor), await newCharacter(actor)];
    const barred = named[2]!.name;
    await takeName(await moderator(), named[2]!.id);
    await world.deliver();
    const { accountId } = actor;
    const erased = event(ACCOUNT_ERASED, {
      aggregateId: accountId,
      aggregateSeq: 9,
      data: { accountId, characterIds: named.map(({ id }) => id) },
    });
    await operation().commit({ events: [erased] });
    await world.deliver({ twice: true });
    const kept = (await world.snapshot()).filter(
      (row) => !['Outbox', 'Inbox', 'CharacterAudit'].includes(String(row._et)),
    );
    for (const { id, name } of named) {
      expect(kept.filter((row) => row.name === name)).toEqual([]);
      expect(kept.filter((row) => row.characterId === id && String(row._et).startsWith('Character'))).toMatchObject([
        { _et: 'CharacterTombstone' },
      ]);
      expect(await progressionOf(id)).toBeUndefined();
    }
    expect(await characterIdsOf(accountId)).toEqual([]);
    expect(kept.filter((row) => String(row.pk).startsWith('NAMEBAR') && row.accountId === accountId)).toEqual([]);
    expect((await create(await newActor(), barred)).status).toBe(201);
  });
});
