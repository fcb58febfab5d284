import { login } from '#functions/auth/contract.ts';
import type { SignedIn } from '#functions/auth/shapes.ts';
import { confirmTotp, enrolTotp, stepUp, verify } from '#functions/mfa/contract.ts';
import type { ApiClient } from '#shared/client/api-client.ts';
import { Authenticator } from './authenticator.ts';

/** What a player signs in with: a password, and once it is on, a second factor. */
export class KeysToAccount {
  readonly email: string;
  password: string;
  private authenticator: Authenticator | undefined;
  private readonly recoveryCodes: string[] = [];
  /** Shows that this is the device of the logins before. */
  private deviceToken: string | undefined;

  constructor(email: string, password: string) {
    this.email = email;
    this.password = password;
  }

  /** Turns the second factor on, with an authenticator of our own. */
  async enrol(api: ApiClient): Promise<void> {
    await api.call(stepUp, { body: { password: this.password } });
    const { secret } = await api.call(enrolTotp, {});
    const authenticator = new Authenticator(secret);
    const { recoveryCodes } = await api.call(confirmTotp, { body: { code: await authenticator.code() } });
    this.authenticator = authenticator;
    this.recoveryCodes.push(...recoveryCodes);
  }

  /** Signs in with the password, and with a code of the authenticator that was not used yet where one is asked for. */
  signInByCode(api: ApiClient): Promise<SignedIn> {
    return this.signInBy(api, async () => ({ code: await this.authenticator!.code() }));
  }

  /** Signs in with the password, and with a recovery code where a second factor is asked for. */
  signIn(api: ApiClient): Promise<SignedIn> {
    return this.signInBy(api, async () => ({ recoveryCode: this.recoveryCodes.shift()! }));
  }

  private async signInBy(
    api: ApiClient,
    factor: () => Promise<{ readonly code: string } | { readonly recoveryCode: string }>,
  ): Promise<SignedIn> {
    const { email, password, deviceToken } = this;
    const known = deviceToken === undefined ? {} : { deviceToken };
    const reply = await api.call(login, { body: { email, password, device: 'journey', ...known } });
    const isAsked = reply.status === 'MFA_REQUIRED';
    if (isAsked !== (this.authenticator !== undefined))
      throw new Error(`with the second factor as it is, login answered ${reply.status}`);
    const signedIn = isAsked
      ? await api.call(verify, { body: { challenge: reply.challenge, ...(await factor()), ...known } })
      : reply;
    this.deviceToken = signedIn.deviceToken;
    return signedIn;
  }
}
