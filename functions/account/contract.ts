import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'account',
  summary: 'The account: profile, status, roles.',
});
