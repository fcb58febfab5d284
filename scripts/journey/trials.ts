import {
  createCharacter,
  deleteCharacter,
  deselectCharacter,
  listCharacters,
  restoreCharacter,
} from '#functions/character/contract.ts';
import { forgotPassword, resetPassword } from '#functions/credential/contract.ts';
import { capRealm, getQueue } from '#functions/session/contract.ts';
import { ApiError } from '#shared/client/api-client.ts';
import { mailedToken } from './inbox.ts';
import type { Operator } from './operator.ts';
import { type JourneyPlayer, LOOKS } from './player.ts';
import { until } from './until.ts';

/** What goes wrong in the life of a player, and has to be mended: played by everybody on the way. */

/** Turns a second factor on, forgets the password, and comes back with a new one and a code. */
export async function secureAndRecover(player: JourneyPlayer): Promise<void> {
  const { api, keys, options } = player;
  await player.step('2 turn a second factor on', () => keys.enrol(api));
  await player.step('2 ask for a new password', () => api.call(forgotPassword, { body: { email: keys.email } }));
  const token = await player.step('2 recovery mail arrives', () => mailedToken(options.inbox, keys.email, 'reset'));
  const newPassword = 'dry on the other bank 2078';
  await player.step('2 choose a new password', () => api.call(resetPassword, { body: { token, newPassword } }));
  keys.password = newPassword;
  await player.step('2 the session of the old password is dead', () => player.isRefreshRefused());
  await player.socketsClose('2 its socket closed');
  await player.login('code');
  await player.step('2 told that the password was changed', () => player.notified('security.password_changed'));
}

/** Deletes a character, and takes that back. */
export async function deleteAndRestore(player: JourneyPlayer): Promise<void> {
  const { api } = player;
  const name = `${player.name}x`;
  await player.step('3 delete and restore a character', async () => {
    const { characterId } = await api.call(createCharacter, { body: { ...LOOKS, name } });
    const params = { characterId };
    await api.call(deleteCharacter, { params, body: { confirmName: name } });
    const gone = await api.call(listCharacters, { query: { include: 'deleted' } });
    if (gone.characters.some((one) => one.characterId === characterId)) throw new Error('it is still in the list');
    if (!gone.deleted?.some((one) => one.characterId === characterId)) throw new Error('it cannot be restored');
    await api.call(restoreCharacter, { params });
    const back = await api.call(listCharacters, {});
    if (!back.characters.some((one) => one.characterId === characterId)) throw new Error('it is not back');
  });
}

/** Logs in once more with the same character: the older session's sockets close and say why, the body goes on. */
export async function takeOver(player: JourneyPlayer): Promise<void> {
  const { adventure } = player;
  const oldPush = player.push;
  const refreshToken = player.heldRefreshToken;
  const place = adventure.zone?.place;
  await player.login();
  await player.step('6 a second login plays the character', () => player.select(player.characterId));
  await player.socketsClose('6 sockets of the older session closed', oldPush);
  await player.step('6 the older session is dead, and was told why', async () => {
    await player.isRefreshRefused(refreshToken);
    if (adventure.zone && adventure.closed?.reason !== 'superseded') {
      throw new Error(`the zone gave the reason ${adventure.closed?.reason}`);
    }
  });
  if (!place) return;
  await adventure.enterZone();
  const { x, y } = adventure.zone!.place;
  const metres = Math.hypot(x - place.x, y - place.y);
  await player.step('6 the body is where it was', async () => {
    if (metres > 2) throw new Error(`it is ${metres.toFixed(1)} m away from where it was`);
  });
}

const QUIET_REALM = 'ember-coast';

/** A realm with room for one: the second player waits, is told where they stand, and is let in when the first leaves. */
export async function queueAtFullRealm(first: JourneyPlayer, second: JourneyPlayer, operator: Operator): Promise<void> {
  const characters = new Map<JourneyPlayer, string>();
  for (const player of [first, second]) {
    await player.login();
    const body = { ...LOOKS, name: player.name, realmId: QUIET_REALM } as const;
    const { characterId } = await player.api.call(createCharacter, { body });
    characters.set(player, characterId);
  }
  const cap = async (size: number | null) => {
    const body = { cap: size, reason: 'the journey fills the realm' };
    await operator.api.call(capRealm, { params: { realmId: QUIET_REALM }, body });
  };
  await operator.stepUp();
  await cap(1);
  try {
    await first.step('8 play on a realm with room for one', () => first.select(characters.get(first)!));
    await second.step('8 the realm is full: queued', async () => {
      const refusal = await second.select(characters.get(second)!).catch((error: unknown) => error);
      if (!(refusal instanceof ApiError) || refusal.code !== 'session.realm_full') throw refusal;
      const queue = await second.api.call(getQueue, {});
      if (queue.status !== 'waiting' || queue.position !== 1)
        throw new Error(`the queue says ${JSON.stringify(queue)}`);
    });
    const characterId = characters.get(first)!;
    await first.step('8 leave the realm', () => first.api.call(deselectCharacter, { params: { characterId } }));
    await second.step('8 admitted from the queue', async () => {
      await until(
        'to be admitted',
        async () => {
          if (second.push) return second.pushed('queue', 'admitted');
          return (await second.api.call(getQueue, {})).status === 'admitted' ? true : undefined;
        },
        90_000,
      );
      await second.select(characters.get(second)!);
    });
  } finally {
    await cap(null);
  }
  for (const player of [first, second]) await player.logout();
}
