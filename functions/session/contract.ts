import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'session',
  summary: 'Live sessions, presence and the selected character.',
});
