import { createTicket, login, register, verifyEmail } from '#functions/auth/contract.ts';
import { createCharacter, selectCharacter } from '#functions/character/contract.ts';
import { confirmTotp, enrolTotp, stepUp } from '#functions/mfa/contract.ts';
import { Authenticator } from '#scripts/journey/authenticator.ts';
import { localInbox, mailedToken } from '#scripts/journey/inbox.ts';
import { signedIn } from '#scripts/journey/signed-in.ts';
import { spell } from '#scripts/journey/spell.ts';
import { type ApiClient, createApiClient } from '#shared/client/api-client.ts';
import type { RunningAddresses } from '../../local/cloud.ts';

const PASSWORD = 'neon under the flood gate 2077';

/** Where to find the stage, with the inbox of its mails. */
export type Addresses = RunningAddresses & { readonly inboxUrl: string };

export interface Login {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A player who came in by the front door, with everything that an attacker would like to have of them. */
export interface WebPlayer {
  readonly email: string;
  readonly accountId: string;
  readonly characterId: string;
  readonly sessionId: string;
  /** From the login: it names no character. */
  readonly plainToken: string;
  /** From the selection of the character. */
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly api: ApiClient;
  /** A fresh ticket of the STOMP socket. */
  socketTicket(): Promise<string>;
  /** Another login of the same account. */
  logIn(): Promise<Login>;
}

/** Registers, verifies, logs in, creates and selects a character. */
export async function registerPlayer(
  addresses: Addresses,
  index: number,
  email = `hostile-${index}@players.necpgame.test`,
): Promise<WebPlayer> {
  const { httpUrl: url, adminUrl, inboxUrl } = addresses;
  const open = createApiClient({ url, adminUrl, patience: { tries: 10 } });
  const logIn = async () =>
    signedIn(await open.call(login, { body: { email, password: PASSWORD, device: 'hostile' } }));

  await open.call(register, { body: { email, password: PASSWORD } });
  await open.call(verifyEmail, { body: { token: await mailedToken(localInbox(inboxUrl), email, 'verify-email') } });
  const { accessToken: plainToken, refreshToken, sessionId, account } = await logIn();
  const name = `Nyx${spell(index, 4)}`;
  const body = { name, classId: 'gunhand', originId: 'gutter-born', appearance: {} } as const;
  const { characterId } = await open.call(createCharacter, { body, token: plainToken });
  const { accessToken } = await open.call(selectCharacter, { params: { characterId }, token: plainToken });
  const api = createApiClient({ url, adminUrl, token: () => accessToken, patience: { tries: 10 } });
  return {
    email,
    accountId: account.accountId,
    characterId,
    sessionId,
    plainToken,
    accessToken,
    refreshToken,
    api,
    logIn,
    socketTicket: async () => (await api.call(createTicket, {})).ticket,
  };
}

/** Turns a second factor on in a session of its own, which has thereby stepped up. */
export async function withSecondFactor(player: WebPlayer): Promise<WebPlayer> {
  const { sessionId, accessToken: token, refreshToken } = await player.logIn();
  await player.api.call(stepUp, { body: { password: PASSWORD }, token });
  const { secret } = await player.api.call(enrolTotp, { token });
  await player.api.call(confirmTotp, { body: { code: await new Authenticator(secret).code() }, token });
  return { ...player, sessionId, plainToken: token, accessToken: token, refreshToken };
}
