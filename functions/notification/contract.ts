import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'notification',
  summary: 'Notifications to a player, stored and pushed.',
});
