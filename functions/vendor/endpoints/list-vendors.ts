import { vendors } from '#content/vendors.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listVendors } from '../contract.ts';
import { shownVendor } from '../counter.ts';

export const handler = endpointHandler(listVendors, async () => ({ vendors: vendors.all.map(shownVendor) }));
