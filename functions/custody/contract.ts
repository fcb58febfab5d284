import { defineDomain } from '#shared/contract/domain.ts';
import { auditValue, viewAudit } from './contract-audit.ts';
import { lookEndpoints } from './contract-look.ts';
import { custodyErrors } from './errors.ts';

export const domain = defineDomain({
  name: 'custody',
  summary:
    'Where every item and all money have been: what staff see of it and do about it, and who checks that it is right.',
  errors: custodyErrors,
  endpoints: [...lookEndpoints, viewAudit],
  jobs: [auditValue],
});
