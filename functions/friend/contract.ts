import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'friend',
  summary: 'Friend requests and the friend list.',
});
