import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { listEvents } from '#functions/analytics/contract.ts';
import { login, register, verifyEmail } from '#functions/auth/contract.ts';
import type { SignedIn } from '#functions/auth/shapes.ts';
import { confirmTotp, enrolTotp, stepUp, verify } from '#functions/mfa/contract.ts';
import { type ApiClient, ApiError, createApiClient } from '#shared/client/api-client.ts';
import { Authenticator } from './authenticator.ts';
import { mailedToken } from './inbox.ts';
import type { JourneyOptions } from './stage-addresses.ts';

/** The address that a stage makes administrator when it is verified; infra's stage configuration says the same for dev. */
const EMAIL = process.env.JOURNEY_OPERATOR_EMAIL ?? 'admin@necpgame.test';
const PASSWORD = process.env.JOURNEY_OPERATOR_PASSWORD ?? 'operator of the local cloud 2077';
const SECRET = process.env.JOURNEY_OPERATOR_TOTP_SECRET;

type OperatedStage = Pick<JourneyOptions, 'httpUrl' | 'adminUrl' | 'inbox' | 'operatorFile'> & {
  /** The stage's clock, where it is not the machine's. */
  readonly nowMs?: () => number;
};

/** The stage's first administrator, with the second factor that whatever they change takes. */
export class Operator {
  readonly api: ApiClient;
  private readonly stage: OperatedStage;
  private token: string | undefined;
  private authenticator: Authenticator | undefined;

  private constructor(stage: OperatedStage) {
    const { httpUrl: url, adminUrl } = stage;
    this.stage = stage;
    this.api = createApiClient({ url, adminUrl, token: () => this.token, patience: { tries: 10 } });
  }

  /** Logs in; on a stage that has no administrator registers first, and turns the second factor on. */
  static async logIn(stage: OperatedStage): Promise<Operator> {
    const operator = new Operator(stage);
    operator.authenticator = await knownAuthenticator(stage);
    const { accessToken } = await operator.signIn().catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'auth.credentials_invalid') throw error;
      await operator.register();
      return operator.signIn();
    });
    operator.token = accessToken;
    return operator;
  }

  /** Opens for 10 minutes what changes something. */
  async stepUp(): Promise<void> {
    if (this.authenticator) await this.api.call(stepUp, { body: { code: await this.code() } });
    else await this.enrol();
  }

  /** What analytics has counted today, by event. */
  async countsToday(): Promise<ReadonlyMap<string, number>> {
    const { events } = await this.api.call(listEvents, { query: { day: new Date().toISOString().slice(0, 10) } });
    return new Map(events.map(({ name, count }) => [name, count]));
  }

  private async register(): Promise<void> {
    await this.api.call(register, { body: { email: EMAIL, password: PASSWORD } });
    const token = await mailedToken(this.stage.inbox, EMAIL, 'verify-email');
    await this.api.call(verifyEmail, { body: { token } });
  }

  private async signIn(): Promise<SignedIn> {
    const body = { email: EMAIL, password: PASSWORD, device: 'journey operator' };
    const reply = await this.api.call(login, { body });
    if (reply.status === 'SIGNED_IN') {
      // Of another life of this stage, if there is any.
      this.authenticator = undefined;
      return reply;
    }
    if (!this.authenticator)
      throw new Error('the operator has a second factor: JOURNEY_OPERATOR_TOTP_SECRET is its secret');
    const { challenge } = reply;
    return this.api.call(verify, { body: { challenge, code: await this.code() } });
  }

  /** By password: to staff without a second factor it opens just this. The first code is a step-up. */
  private async enrol(): Promise<void> {
    await this.api.call(stepUp, { body: { password: PASSWORD } });
    const { secret } = await this.api.call(enrolTotp, {});
    this.authenticator = new Authenticator(secret, undefined, this.stage.nowMs);
    await this.api.call(confirmTotp, { body: { code: await this.code() } });
    if (!this.stage.operatorFile)
      console.log(`the operator’s new second factor: JOURNEY_OPERATOR_TOTP_SECRET=${secret}`);
  }

  private async code(): Promise<string> {
    const { authenticator, stage } = this;
    const code = await authenticator!.code();
    if (stage.operatorFile) {
      await mkdir(dirname(stage.operatorFile), { recursive: true });
      const { secret, lastStep } = authenticator!;
      await writeFile(stage.operatorFile, JSON.stringify({ secret, lastStep }), { mode: 0o600 });
    }
    return code;
  }
}

async function knownAuthenticator({ operatorFile, nowMs }: OperatedStage): Promise<Authenticator | undefined> {
  if (SECRET) return new Authenticator(SECRET, undefined, nowMs);
  const kept = operatorFile && (await readFile(operatorFile, 'utf8').catch(() => undefined));
  if (!kept) return undefined;
  const { secret, lastStep } = JSON.parse(kept) as Authenticator;
  return new Authenticator(secret, lastStep, nowMs);
}
