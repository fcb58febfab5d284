import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'loot',
  summary: 'Drops, their slots and who may take them.',
});
