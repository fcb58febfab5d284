import { login as loginEndpoint, register, verifyEmail } from '#functions/auth/contract.ts';
import { handler as loginHandler } from '#functions/auth/endpoints/login.ts';
import { handler as registerHandler } from '#functions/auth/endpoints/register.ts';
import { handler as verifyHandler } from '#functions/auth/endpoints/verify-email.ts';
import { AccountId, SessionId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { type Mail, useMailer } from '#shared/runtime/mailer.ts';
import type { CallResult, TestWorld } from './test-world.ts';

export const TEST_PASSWORD = 'rain on glasswater 2077';

/** Mails that would have been sent, in order, while a test runs. */
export function catchMails(): { readonly mails: readonly Mail[]; tokenFor(email: string): string; undo(): void } {
  const mails: Mail[] = [];
  const undo = useMailer(async (mail) => {
    mails.push(mail);
  });
  return {
    mails,
    undo,
    tokenFor(email) {
      const mail = mails.findLast(({ to, text }) => to === email && text.includes('token='));
      const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1];
      if (!token) throw new Error(`no mail with a token for ${email}`);
      return token;
    },
  };
}

let count = 0;

function nextEmail(): string {
  count += 1;
  return `player-${count}@players.test`;
}

/** Registers an account the way a player does, through the mail. */
export async function registerPlayer(
  world: TestWorld,
  mailbox: ReturnType<typeof catchMails>,
  email = nextEmail(),
): Promise<{ email: string; accountId: AccountId }> {
  await world.call(registerHandler, register, { body: { email, password: TEST_PASSWORD } });
  await world.deliver();
  const verified = await world.call(verifyHandler, verifyEmail, { body: { token: mailbox.tokenFor(email) } });
  if (verified.status !== 200) throw new Error(`verification answered ${verified.text}`);
  return { email, accountId: AccountId.parse(verified.body.accountId) };
}

/** Sends a login. */
export function sendLogin(world: TestWorld, email: string, password = TEST_PASSWORD, ip?: string): Promise<CallResult> {
  return world.call(loginHandler, loginEndpoint, { body: { email, password }, ...(ip ? { ip } : {}) });
}

/** Logs a player in, as the authorizer would then name them. */
export async function logIn(world: TestWorld, player: { email: string; accountId: AccountId }) {
  const { status, text, body } = await sendLogin(world, player.email);
  if (status !== 200 || body.status !== 'SIGNED_IN') throw new Error(`login answered ${text}`);
  const actor: Actor = {
    accountId: player.accountId,
    sessionId: SessionId.parse(body.sessionId),
    roles: body.account.roles,
    characterId: undefined,
  };
  return { actor, tokens: body as { accessToken: string; refreshToken: string; sessionId: string } };
}
