import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'auth',
  summary: 'Registration, login, tokens and password recovery.',
});
