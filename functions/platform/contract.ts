import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'platform',
  summary: 'Authorizers, the outbox relay and its sweeper, migrations.',
});
