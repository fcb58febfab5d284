import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { ProviderId } from '#shared/contract/oidc-provider.ts';
import { AccountId } from '#shared/kernel/ids.ts';

export const IDENTITY_LINKED = defineEvent({
  name: 'IDENTITY_LINKED',
  version: 1,
  owner: 'identity',
  summary: 'A player has added an external identity to an account that they had: it signs them in from now on.',
  detail: z.strictObject({ accountId: AccountId, provider: ProviderId }),
});

export const IDENTITY_UNLINKED = defineEvent({
  name: 'IDENTITY_UNLINKED',
  version: 1,
  owner: 'identity',
  summary: 'A player has taken an external identity off their account: it signs nobody in any more.',
  detail: z.strictObject({ accountId: AccountId, provider: ProviderId }),
});

export const GUEST_BOUND = defineEvent({
  name: 'GUEST_BOUND',
  version: 1,
  owner: 'identity',
  summary: 'A guest has proven an e-mail address: it and a password sign them in, and the guest secret is dead.',
  detail: z.strictObject({ accountId: AccountId }),
});
