import { TEST_PASSWORD } from '#shared/testing/test-player.ts';
import type { Recipe } from './recipe.ts';

/** What only mails, authenticator apps and other devices bring about. */
export const identityRecipes: readonly Recipe[] = [
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
];
