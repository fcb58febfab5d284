import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { request as friendRequest } from '#functions/friend/contract.ts';
import { handler as friendRequestHandler } from '#functions/friend/endpoints/request.ts';
import { HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  deleteAccount,
  setConsents,
  setPrivacy,
  updateAccount,
  viewConsents,
  viewPrivacy,
  viewProfile,
} from './contract.ts';
import { consentDocuments } from './data/consent-documents.ts';
import { handler as deleteHandler } from './endpoints/delete-account.ts';
import { handler as exportHandler } from './endpoints/export-data.ts';
import { handler as setConsentsHandler } from './endpoints/set-consents.ts';
import { handler as setPrivacyHandler } from './endpoints/set-privacy.ts';
import { handler as updateHandler } from './endpoints/update-account.ts';
import { handler as viewConsentsHandler } from './endpoints/view-consents.ts';
import { handler as viewPrivacyHandler } from './endpoints/view-privacy.ts';
import { handler as viewProfileHandler } from './endpoints/view-profile.ts';
import { exportData } from './export-contract.ts';
import { defaultPrivacy, type Privacy } from './privacy.ts';
import { hasConsented, privacyOf } from './public.ts';
import { accountLimits } from './rules.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});
beforeEach(() => world.clock.advance(2 * HOUR_MS));
afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

async function newPlayer() {
  const player = await registerPlayer(world, mailbox);
  return { ...player, ...(await logIn(world, player)) };
}
type Player = Awaited<ReturnType<typeof newPlayer>>;

const choose = ({ actor }: Player, privacy: Partial<Privacy>) =>
  world.call(setPrivacyHandler, setPrivacy, { actor, body: { ...defaultPrivacy, ...privacy } });
const profileOf = (viewer: Player, accountId: string) =>
  world.call(viewProfileHandler, viewProfile, { actor: viewer.actor, params: { accountId } });

describe('the profile', () => {
  it('shows others what its owner shows, and no more', async () => {
    const [player, viewer] = [await newPlayer(), await newPlayer()];
    const body = { displayName: 'Vesper', avatarId: 'dock-rat', bio: 'Runs parcels.', timeZone: 'Europe/Berlin' };
    const changed = await world.call(updateHandler, updateAccount, { actor: player.actor, body });
    expect(changed).toMatchObject({ status: 200, body });
    expect((await profileOf(viewer, player.accountId)).body).toEqual({
      accountId: player.accountId,
      displayName: 'Vesper',
      avatarId: 'dock-rat',
      bio: 'Runs parcels.',
      memberSince: changed.body.createdAt.slice(0, 10),
    });
    const emptied = await world.call(updateHandler, updateAccount, { actor: player.actor, body: { bio: '' } });
    expect(emptied.body).not.toHaveProperty('bio');
    expect((await profileOf(viewer, player.accountId)).body).not.toHaveProperty('bio');
  });

  it('that is hidden, deleted or nobody’s looks the same from outside', async () => {
    const [hidden, deleted, viewer] = [await newPlayer(), await newPlayer(), await newPlayer()];
    await choose(hidden, { publicProfile: false });
    await world.call(deleteHandler, deleteAccount, { actor: await world.stepUp(deleted.actor) });
    const replies = await Promise.all(
      [hidden.accountId, deleted.accountId, createId('acc')].map((accountId) => profileOf(viewer, accountId)),
    );
    const shown = replies.map(({ status, body: { requestId: _own, ...body } }) => ({ status, body }));
    expect(shown[0]).toMatchObject({ status: 404, body: { code: 'request.not_found' } });
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
    expect((await profileOf(hidden, hidden.accountId)).status).toBe(200);
  });
});

describe('privacy', () => {
  it('is what was chosen, whole, and the default before', async () => {
    const player = await newPlayer();
    const view = () => world.call(viewPrivacyHandler, viewPrivacy, { actor: player.actor });
    expect((await view()).body).toEqual(defaultPrivacy);
    const chosen: Privacy = { ...defaultPrivacy, whispers: 'nobody', mail: 'friends', presence: 'everyone' };
    expect((await choose(player, chosen)).body).toEqual(chosen);
    expect((await view()).body).toEqual(chosen);
    const stranger = createId('acc');
    expect(await privacyOf([stranger, player.accountId, stranger])).toEqual([defaultPrivacy, chosen, defaultPrivacy]);
  });

  it('keeps friend requests away as if the player were not there, and lets one’s own be answered', async () => {
    const [shy, other] = [await newPlayer(), await newPlayer()];
    const ask = (from: Player, accountId: string) =>
      world.call(friendRequestHandler, friendRequest, { actor: from.actor, body: { accountId } });
    await choose(shy, { friendRequests: 'nobody' });
    const before = await world.snapshot();
    const [refused, missing] = [await ask(other, shy.accountId), await ask(other, createId('acc'))];
    expect(refused).toMatchObject({ status: 404, body: { code: 'friend.player_not_found' } });
    expect(missing).toMatchObject({ status: 404, body: { code: 'friend.player_not_found' } });
    expect(await world.snapshot()).toEqual(before);
    expect((await ask(shy, other.accountId)).body.relation).toBe('request_sent');
    expect((await ask(other, shy.accountId)).body.relation).toBe('friend');
  });
});

describe('consents', () => {
  const { version } = consentDocuments.marketing;
  const say = ({ actor }: Player, given: boolean, document = 'marketing', of = version) =>
    world.call(setConsentsHandler, setConsents, {
      actor,
      body: { consents: [{ document, version: of, given }] },
    });

  it('are kept with their history, and only what is new is added to it', async () => {
    const player = await newPlayer();
    await say(player, true);
    const givenAt = toIso(world.clock.nowMs());
    world.clock.advance(1_000);
    await say(player, true);
    const { body } = await say(player, false);
    const at = toIso(world.clock.nowMs());
    expect(body.history).toEqual([
      { document: 'marketing', version, given: false, at },
      { document: 'marketing', version, given: true, at: givenAt },
    ]);
    expect(body.documents[2]).toMatchObject({ document: 'marketing', state: 'withdrawn', version, at });
    expect((await world.call(viewConsentsHandler, viewConsents, { actor: player.actor })).body).toEqual(body);
    expect(await hasConsented(player.accountId, 'marketing')).toBe(false);
  });

  it('of one moment are all kept', async () => {
    const player = await newPlayer();
    const replies = await Promise.all([say(player, true), say(player, true, 'analytics'), say(player, true, 'terms')]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { body } = await world.call(viewConsentsHandler, viewConsents, { actor: player.actor });
    expect(body.history).toHaveLength(3);
    expect(await hasConsented(player.accountId, 'analytics')).toBe(true);
  });

  it('keep a bounded history, whose newest end is whole', async () => {
    const player = await newPlayer();
    for (let change = 0; change < accountLimits.consentHistory + 3; change += 1) {
      await say(player, change % 2 === 0);
      world.clock.advance(1);
    }
    const { body } = await world.call(viewConsentsHandler, viewConsents, { actor: player.actor });
    expect(body.history).toHaveLength(accountLimits.consentHistory);
    expect(body.history[0].given).toBe(true);
    expect(body.history[1].given).toBe(false);
  });

  it.each([
    ['to an older text', 'marketing', true, '2019-01-01', 'account.consent_outdated'],
    ['away from the terms', 'terms', false, version, 'account.consent_required'],
    ['to what there is not', 'soul', true, version, 'request.invalid'],
  ])('are refused %s', async (_what, document, given, of, code) => {
    const player = await newPlayer();
    const before = await world.snapshot();
    expect((await say(player, given, document, of)).body.code).toBe(code);
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('the export', () => {
  it('holds what every domain knows, once a day', async () => {
    const player = await newPlayer();
    const other = await newPlayer();
    await world.call(friendRequestHandler, friendRequest, {
      actor: player.actor,
      body: { accountId: other.accountId },
    });
    const actor = await world.stepUp(player.actor);
    const first = await world.call(exportHandler, exportData, { actor });
    expect(first.status, first.text).toBe(200);
    expect(first.body).toMatchObject({
      format: 1,
      accountId: player.accountId,
      account: { profile: { email: player.email }, privacy: defaultPrivacy },
      friend: { relations: [{ accountId: other.accountId, relation: 'sent' }] },
      cut: [],
    });
    expect(Object.values(first.body).every((section) => section !== undefined)).toBe(true);

    world.clock.advance(60_000);
    const before = await world.snapshot();
    const again = await world.call(exportHandler, exportData, { actor });
    expect(again).toMatchObject({
      status: 429,
      body: {
        code: 'account.export_too_soon',
        facts: { availableAt: toIso(world.clock.nowMs() - 60_000 + accountLimits.exportEveryMs) },
      },
      headers: { 'retry-after': String((accountLimits.exportEveryMs - 60_000) / 1_000) },
    });
    expect(await world.snapshot()).toEqual(before);
    world.clock.advance(accountLimits.exportEveryMs - 60_000);
    expect((await world.call(exportHandler, exportData, { actor: await world.stepUp(player.actor) })).status).toBe(200);
  });

  it('goes out once when it is asked for several times at once', async () => {
    const actor = await world.stepUp((await newPlayer()).actor);
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => world.call(exportHandler, exportData, { actor })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429]);
  });

  it('holds no secret', async () => {
    const player = await newPlayer();
    const { text } = await world.call(exportHandler, exportData, { actor: await world.stepUp(player.actor) });
    for (const secret of ['$argon2', player.tokens.refreshToken, 'passwordHash']) expect(text).not.toContain(secret);
  });
});
