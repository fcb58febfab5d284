import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'analytics',
  summary: 'Counts of everything that happens.',
});
