import * as z from 'zod';

/** Names a provider in addresses and in the list of an account's identities. */
export const ProviderId = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9-]+$/)
  .meta({ description: 'Id of an identity provider of this stage', examples: ['dev'] });

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/** Keys and issuers are trusted as far as the way to them is: in clear only inside one machine. */
const SecureUrl = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.includes(hostname));
}, 'must be https, or http on a loopback address');

/** An OpenID provider whose word a stage takes for who a player is. */
export const OidcProvider = z.strictObject({
  id: ProviderId,
  /** To the letter what its tokens name as `iss`. Subjects belong to it: changing it makes strangers of its players. */
  issuer: SecureUrl,
  /** Our client ids there; tokens for anybody else's are refused. */
  audiences: z.array(z.string().min(1).max(255)).min(1).max(10),
  /** Where its public keys are. Fixed here, and not looked up, so that nobody can name another place. */
  jwksUri: SecureUrl,
  /** As players know it. */
  displayName: z.string().min(1).max(64),
});
export type OidcProvider = z.infer<typeof OidcProvider>;

/** The providers of a stage: `OIDC_PROVIDERS` as JSON. */
export const OidcProviders = z
  .array(OidcProvider)
  .max(10)
  .refine((providers) => new Set(providers.map(({ id }) => id)).size === providers.length, 'ids must differ');
