import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'combat',
  summary: 'Combat sessions and their logs.',
});
