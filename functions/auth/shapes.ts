import * as z from 'zod';
import { roles } from '#shared/contract/endpoint.ts';
import { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { LocaleCode } from '#shared/kernel/locale.ts';
import { RefreshToken } from './refresh-token.ts';

/** What the contracts of several domains take and answer where a player signs in. */

export const DeviceName = z
  .string()
  .min(1)
  .max(128)
  .meta({ description: 'How to name this session in the list of sessions; the user agent unless set' });

export const Tokens = z.strictObject({
  accessToken: z.string().meta({ description: 'Send it as `Authorization: Bearer`; a JWT that lives 10 minutes' }),
  accessTokenExpiresAt: z.iso.datetime(),
  refreshToken: RefreshToken,
  refreshTokenExpiresAt: z.iso.datetime(),
  sessionId: SessionId,
});

export const SignedIn = Tokens.extend({
  account: z.strictObject({
    accountId: AccountId,
    displayName: z.string(),
    locale: LocaleCode,
    roles: z.array(z.enum(roles)),
  }),
});
export type SignedIn = z.infer<typeof SignedIn>;
