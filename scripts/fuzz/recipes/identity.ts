import { consentDocuments } from '#functions/account/data/consent-documents.ts';
import { createAccount } from '#functions/account/public.ts';
import { codeOf, counterAt, STEP_MS } from '#functions/mfa/totp.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type ProviderUser, startOidcProvider } from '#shared/testing/oidc-provider.ts';
import { TEST_PASSWORD } from '#shared/testing/test-player.ts';
import type { Player, Stage } from '../stage.ts';
import { commit, type Recipe } from './recipe.ts';

type Provider = Awaited<ReturnType<typeof startOidcProvider>>;

/** The authenticator app's code so many steps from now. */
function codeAt({ world }: Stage, secret: string, steps: number): string {
  return codeOf(secret, counterAt(world.clock.nowMs()) + steps);
}

/** Turns on a second factor; the next code is one that was never used. */
export async function withSecondFactor(stage: Stage, { actor }: Player) {
  const enrolled = await stage.must('mfa.enrol-totp', {}, actor);
  const { secret } = enrolled.body as { secret: string };
  const confirmed = await stage.must('mfa.confirm-totp', { body: { code: codeAt(stage, secret, 0) } }, actor);
  stage.world.clock.advance(3 * STEP_MS);
  return { secret, recoveryCodes: (confirmed.body as { recoveryCodes: string[] }).recoveryCodes };
}

/** A provider that the stage trusts; it ends with the stage. */
async function trustedProvider(stage: Stage): Promise<Provider> {
  const provider = await startOidcProvider();
  const before = process.env.OIDC_PROVIDERS;
  process.env.OIDC_PROVIDERS = JSON.stringify([provider.config]);
  stage.onClose(async () => {
    process.env.OIDC_PROVIDERS = before;
    await provider.stop();
  });
  return provider;
}

async function answerOf(stage: Stage, provider: Provider, person: ProviderUser) {
  const started = await stage.must('identity.start-oidc', { params: { provider: provider.config.id } });
  const { nonce } = started.body as { nonce: string };
  return { idToken: await provider.signIn(person, nonce), nonce };
}

/** What only mails, authenticator apps, identity providers and other devices bring about. */
export const identityRecipes: readonly Recipe[] = [
  {
    name: 'somebody has thought of passwords that are not weak',
    endpoints: ['credential.change-password'],
    prepare: async () => ({ values: { newPassword: ['salt over the flooded arcade', 'три фонаря под дождём 2077'] } }),
  },
  {
    name: 'somebody has read the newest texts',
    endpoints: ['account.set-consents'],
    prepare: async () => ({
      values: { version: [...new Set(Object.values(consentDocuments).map(({ version }) => version))] },
    }),
  },
  {
    name: 'somebody has a copy of a refresh token that Una has spent',
    endpoints: ['auth.refresh'],
    prepare: async (stage) => {
      const { refreshToken: spent } = await stage.cast('una');
      const { body } = await stage.must('auth.refresh', { body: { refreshToken: spent } });
      stage.world.clock.advance(MINUTE_MS);
      return { values: { refreshToken: [spent, (body as { refreshToken: string }).refreshToken] } };
    },
  },
  {
    name: 'somebody has asked for an account and has the mail',
    endpoints: ['auth.verify-email', 'auth.resend-verification', 'auth.verification-page'],
    prepare: async (stage) => {
      const email = 'fay@players.test';
      await stage.must('auth.register', { body: { email, password: TEST_PASSWORD } });
      await stage.world.deliver();
      return { values: { email: [email], token: [stage.mailbox.tokenFor(email)] } };
    },
  },
  {
    name: 'Gil has forgotten his password and has the mail',
    endpoints: ['credential.reset-password', 'credential.reset-page'],
    prepare: async (stage) => {
      const { email } = await stage.cast('gil');
      await stage.must('credential.forgot-password', { body: { email } });
      await stage.world.deliver();
      return { values: { token: [stage.mailbox.tokenFor(email)] } };
    },
  },
  {
    name: 'Hal wants to move to another address and has the mail',
    endpoints: ['credential.confirm-email', 'credential.email-page'],
    prepare: async (stage) => {
      const { actor } = await stage.cast('hal');
      const newEmail = 'hal.elsewhere@players.test';
      await stage.must('credential.change-email', { body: { newEmail } }, actor);
      await stage.world.deliver();
      return { values: { token: [stage.mailbox.tokenFor(newEmail)] } };
    },
  },
  {
    name: 'Ike’s account was moved to another address, and the old one has the mail',
    endpoints: ['credential.undo-email', 'credential.undo-page'],
    prepare: async (stage) => {
      const { actor, email } = await stage.cast('ike');
      const newEmail = 'ike.elsewhere@players.test';
      await stage.must('credential.change-email', { body: { newEmail } }, actor);
      await stage.world.deliver();
      await stage.must('credential.confirm-email', { body: { token: stage.mailbox.tokenFor(newEmail) } });
      await stage.world.deliver();
      const newPassword = ['salt over the flooded arcade', 'три фонаря под дождём 2077'];
      return { values: { token: [stage.mailbox.tokenFor(email)], newPassword } };
    },
  },
  {
    name: 'somebody plays by the word of an identity provider alone',
    endpoints: ['credential.add-password'],
    prepare: async (stage) => {
      const accountId = createId('acc');
      const nowMs = stage.world.clock.nowMs();
      const { account: _account, ...created } = createAccount({ accountId, locale: 'en', via: 'external', nowMs });
      await commit(created);
      const session = { accountId, sessionId: createId('ses'), roles: ['player'] as const, characterId: undefined };
      const actor = await stage.world.stepUp(await stage.world.openSession(session));
      return { actor, values: { email: ['external@players.test'], password: ['salt over the flooded arcade'] } };
    },
  },
  {
    name: 'Ida has a second factor in the making',
    endpoints: ['mfa.confirm-totp'],
    prepare: async (stage) => {
      const { actor } = await stage.cast('ida');
      const { body } = await stage.must('mfa.enrol-totp', {}, actor);
      const { secret } = body as { secret: string };
      return { caller: 'ida', values: () => ({ code: [codeAt(stage, secret, 0)] }) };
    },
  },
  {
    name: 'Jan has a second factor and half a login',
    endpoints: ['mfa.verify', 'mfa.disable', 'mfa.renew-recovery-codes'],
    prepare: async (stage) => {
      const jan = await stage.cast('jan');
      const { secret, recoveryCodes } = await withSecondFactor(stage, jan);
      const login = await stage.must('auth.login', { body: { email: jan.email, password: TEST_PASSWORD } });
      const { challenge } = login.body as { challenge: string };
      const values = () => ({ challenge: [challenge], recoveryCode: recoveryCodes, code: [codeAt(stage, secret, 0)] });
      return { caller: 'jan', values };
    },
  },
  {
    name: 'somebody plays as a guest',
    endpoints: ['identity.guest-login', 'identity.bind-guest'],
    prepare: async (stage) => {
      const { body } = await stage.must('identity.create-guest', { body: {} });
      const { guestSecret, sessionId, account } = body as {
        guestSecret: string;
        sessionId: Player['actor']['sessionId'];
        account: { accountId: Player['actor']['accountId'] };
      };
      const actor = { accountId: account.accountId, sessionId, roles: ['player'] as const, characterId: undefined };
      return { actor: await stage.world.stepUp(actor), values: { guestSecret: [guestSecret] } };
    },
  },
  {
    name: 'a guest who deleted the account may come back',
    endpoints: ['identity.restore-guest'],
    prepare: async (stage) => {
      const { body } = await stage.must('identity.create-guest', { body: {} });
      return { values: { guestSecret: [(body as { guestSecret: string }).guestSecret] } };
    },
  },
  {
    name: 'an identity provider vouches for people',
    endpoints: [
      ...['identity.start-oidc', 'identity.oidc-login', 'identity.oidc-restore'],
      ...['identity.link-identity', 'identity.unlink-identity'],
    ],
    prepare: async (stage) => {
      const provider = await trustedProvider(stage);
      const kim = await stage.cast('kim');
      const params = { provider: provider.config.id };
      await stage.must(
        'identity.link-identity',
        {
          params,
          body: await answerOf(stage, provider, { sub: 'kim' }),
        },
        kim.actor,
      );
      const known = await answerOf(stage, provider, { sub: 'kim' });
      return {
        caller: 'kim',
        values: { provider: [provider.config.id], idToken: [known.idToken], nonce: [known.nonce] },
      };
    },
  },
];
