import { listEvents } from '#functions/analytics/contract.ts';
import { login, register, verifyEmail } from '#functions/auth/contract.ts';
import { type ApiClient, ApiError, createApiClient } from '#shared/client/api-client.ts';
import { mailedToken } from './inbox.ts';
import { signedIn } from './signed-in.ts';
import type { JourneyOptions } from './stage-addresses.ts';

/** The address that a stage makes administrator when it is verified; infra's stage configuration says the same for dev. */
const EMAIL = process.env.JOURNEY_OPERATOR_EMAIL ?? 'admin@necpgame.test';
const PASSWORD = process.env.JOURNEY_OPERATOR_PASSWORD ?? 'operator of the local cloud 2077';

/** The operator's view of the stage: what analytics has counted today, by event. */
export interface Operator {
  readonly api: ApiClient;
  countsToday(): Promise<ReadonlyMap<string, number>>;
}

/** A client that is the stage's first administrator; registers it first on a stage that has none. */
export async function logInOperator(stage: Pick<JourneyOptions, 'httpUrl' | 'adminUrl' | 'inbox'>): Promise<ApiClient> {
  const { httpUrl: url, adminUrl } = stage;
  const api = createApiClient({ url, adminUrl, patience: { tries: 10 } });
  const credentials = { email: EMAIL, password: PASSWORD };
  const logIn = async () => signedIn(await api.call(login, { body: { ...credentials, device: 'journey operator' } }));
  const { accessToken } = await logIn().catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'auth.credentials_invalid') throw error;
    await api.call(register, { body: credentials });
    await api.call(verifyEmail, { body: { token: await mailedToken(stage.inbox, EMAIL, 'verify-email') } });
    return logIn();
  });
  return createApiClient({ url, adminUrl, token: () => accessToken, patience: { tries: 10 } });
}

/** The operator's view of the stage. */
export async function operator(options: JourneyOptions): Promise<Operator> {
  const api = await logInOperator(options);
  return {
    api,
    countsToday: async () => {
      const { events } = await api.call(listEvents, { query: { day: new Date().toISOString().slice(0, 10) } });
      return new Map(events.map(({ name, count }) => [name, count]));
    },
  };
}
