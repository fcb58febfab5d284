import { listEvents } from '#functions/analytics/contract.ts';
import { login, register, verifyEmail } from '#functions/auth/contract.ts';
import { ApiError, createApiClient } from '#shared/client/api-client.ts';
import { mailedToken } from './inbox.ts';
import { signedIn } from './signed-in.ts';
import type { JourneyOptions } from './stage-addresses.ts';

/** The address that a stage makes administrator when it is verified; infra's stage configuration says the same for dev. */
const EMAIL = process.env.JOURNEY_OPERATOR_EMAIL ?? 'admin@necpgame.test';
const PASSWORD = process.env.JOURNEY_OPERATOR_PASSWORD ?? 'operator of the local cloud 2077';

/** The operator's view of the stage: what analytics has counted today, by event. */
export interface Operator {
  countsToday(): Promise<ReadonlyMap<string, number>>;
}

/** Logs the stage's first administrator in; registers it first on a stage that has none. */
export async function operator(options: JourneyOptions): Promise<Operator> {
  const api = createApiClient({ url: options.httpUrl, adminUrl: options.adminUrl, patience: { tries: 10 } });
  const credentials = { email: EMAIL, password: PASSWORD };
  const logIn = async () => signedIn(await api.call(login, { body: { ...credentials, device: 'journey operator' } }));
  const tokens = await logIn().catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'auth.credentials_invalid') throw error;
    await api.call(register, { body: credentials });
    await api.call(verifyEmail, { body: { token: await mailedToken(options.inbox, EMAIL, 'verify-email') } });
    return logIn();
  });
  return {
    countsToday: async () => {
      const { events } = await api.call(listEvents, {
        query: { day: new Date().toISOString().slice(0, 10) },
        token: tokens.accessToken,
      });
      return new Map(events.map(({ name, count }) => [name, count]));
    },
  };
}
