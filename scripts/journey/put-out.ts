import { adminBan, adminUnban } from '#functions/account/admin-contract.ts';
import { revokeSession } from '#functions/session/contract.ts';
import { ApiError } from '#shared/client/api-client.ts';
import type { Operator } from './operator.ts';
import type { JourneyPlayer } from './player.ts';

/** Players whose session somebody ends from elsewhere, while they stand in the world. */

async function intoTheWorld(player: JourneyPlayer): Promise<void> {
  await player.login();
  await player.select(player.characterId);
  if (player.options.zone) await player.adventure.enterZone();
}

/** Ends the session that plays from another device of the same account: its sockets close, the other one goes on. */
export async function revokeFromElsewhere(player: JourneyPlayer): Promise<void> {
  await intoTheWorld(player);
  const { sessionId, push } = player;
  const elsewhere = await player.keys.signIn(player.api);
  await player.step('9 revoke the session from another device', () =>
    player.api.call(revokeSession, { params: { sessionId }, token: elsewhere.accessToken }),
  );
  await player.socketsClose('9 its sockets closed');
  await player.step('9 it is dead, and was told why', async () => {
    await player.isRefreshRefused();
    if (push && push.farewell !== 'revoked') throw new Error(`the socket gave the reason ${push.farewell}`);
  });
}

/** Bans a player who is in the world: the sockets close, and there is no way back in until the ban is lifted. */
export async function banFromTheWorld(player: JourneyPlayer, operator: Operator): Promise<void> {
  await intoTheWorld(player);
  const { accountId, push } = player;
  const params = { accountId };
  await operator.stepUp();
  await player.step('9 banned by the operator', () =>
    operator.api.call(adminBan, { params, body: { reason: 'the journey bans a player' } }),
  );
  await player.socketsClose('9 sockets of the banned closed');
  await player.step('9 the banned cannot log in, and were told why', async () => {
    await player.isRefreshRefused();
    const refusal = await player.keys.signIn(player.api).catch((error: unknown) => error);
    if (!(refusal instanceof ApiError) || refusal.code !== 'auth.account_banned') throw refusal;
    if (push && push.farewell !== 'banned') throw new Error(`the socket gave the reason ${push.farewell}`);
  });
  await operator.api.call(adminUnban, { params, body: { reason: 'the journey is over' } });
}
