import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'zone',
  summary: 'Zones: leases of the fleet, tickets and rosters.',
});
