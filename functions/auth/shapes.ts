import * as z from 'zod';
import { roles } from '#shared/contract/endpoint.ts';
import { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { EmailAddress } from './email.ts';
import { MailToken, RequestToken } from './mail-token.ts';
import { RefreshToken } from './refresh-token.ts';
import { passwordLimits } from './rules.ts';

/** What the contracts of several domains take and answer where a player signs in. */

export { EmailAddress, MailToken, RequestToken };

const { minCharacters, maxCharacters } = passwordLimits;

export const Password = z
  .string()
  .min(1)
  .max(2 * maxCharacters)
  .meta({ description: `${minCharacters} to ${maxCharacters} characters, any of them` });

export const Accepted = z.strictObject({
  accepted: z.literal(true).meta({ description: 'Whatever the address is: what comes of it is in its mailbox' }),
});

export const DeviceName = z
  .string()
  .min(1)
  .max(128)
  .meta({ description: 'How to name this session in the list of sessions; the user agent unless set' });

/** 256 random bits as base64url. */
export const DeviceToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({
    description: 'Keep it, and send it with the next login from this device: it then is no stranger',
    examples: ['A'.repeat(43)],
  });

/** Answer to `auth.proof_required`. */
export const ProofOfWork = z.strictObject({
  challenge: z.string().min(1).max(256).meta({ description: 'As the refusal named it; good for one attempt' }),
  answer: z.string().min(1).max(64).meta({ description: 'Any text that gives the hash its leading zero bits' }),
});

export const Tokens = z.strictObject({
  accessToken: z.string().meta({ description: 'Send it as `Authorization: Bearer`; a JWT that lives 10 minutes' }),
  accessTokenExpiresAt: z.iso.datetime(),
  refreshToken: RefreshToken,
  refreshTokenExpiresAt: z.iso.datetime(),
  sessionId: SessionId,
});

export const SignedIn = Tokens.extend({
  status: z.literal('SIGNED_IN'),
  deviceToken: DeviceToken,
  account: z.strictObject({
    accountId: AccountId,
    displayName: z.string(),
    locale: LocaleCode,
    roles: z.array(z.enum(roles)),
  }),
});
export type SignedIn = z.infer<typeof SignedIn>;

/** What proves a player besides the password or the provider that vouched for them. */
export const secondFactors = ['totp', 'recovery-code'] as const;

/** 256 random bits as base64url. */
export const MfaChallenge = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({ description: 'Opaque; names this sign-in while it lacks its second factor', examples: ['A'.repeat(43)] });

/** The first factor was right, and the account asks for a second: no session is open yet. */
export const MfaRequired = z.strictObject({
  status: z.literal('MFA_REQUIRED'),
  challenge: MfaChallenge,
  expiresAt: z.iso.datetime().meta({ description: 'Sign in anew after this' }),
  factors: z.array(z.enum(secondFactors)).meta({ description: 'What `POST /api/v1/auth/mfa/verify` takes' }),
});
export type MfaRequired = z.infer<typeof MfaRequired>;

/** What every way of signing in answers. */
export const SignInReply = z.discriminatedUnion('status', [SignedIn, MfaRequired]);
export type SignInReply = z.infer<typeof SignInReply>;
