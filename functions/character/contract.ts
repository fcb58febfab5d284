import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'character',
  summary: 'Characters, their slots and their saved state.',
});
