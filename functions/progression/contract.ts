import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'progression',
  summary: 'Experience, levels, attributes and skills.',
});
