import { vendorRows } from './data/vendors.ts';
import { lookup } from './lookup.ts';

/** Every vendor. */
export const vendors = lookup('vendor', vendorRows);
