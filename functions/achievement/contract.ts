import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'achievement',
  summary: 'Achievement criteria and grants.',
});
