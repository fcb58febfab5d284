import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'inventory',
  summary: 'Item instances: who holds them and where.',
});
