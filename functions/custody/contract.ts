import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import { actEndpoints } from './contract-acts.ts';
import { auditValue, viewAudit } from './contract-audit.ts';
import { lookEndpoints } from './contract-look.ts';
import { custodyErrors } from './errors.ts';

export const domain = defineDomain({
  name: 'custody',
  summary:
    'Where every item and all money have been: what staff see of it and do about it, and who checks that it is right.',
  errors: custodyErrors,
  foreignErrors: [inventoryErrors, ledgerErrors, settlementErrors],
  endpoints: [...lookEndpoints, viewAudit, ...actEndpoints],
  jobs: [auditValue],
});
