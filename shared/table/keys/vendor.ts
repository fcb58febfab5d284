import { defineKeys } from '../define-keys.ts';

/** Keys of vendors: what a realm has bought of scarce goods, and what characters can buy back. */
export const vendorKeys = defineKeys('vendor', {
  sale: {
    pk: 'BUYBACK#{characterId}',
    sk: 'SOLD#{soldAt}~{itemId}',
    access: ['list what a character has sold of late, newest first', 'forget one that is bought back or gone'],
  },
  bought: {
    pk: 'VENDORSTOCK#{vendorId}~{realmId}',
    sk: '{day}~{templateId}',
    access: ['count what a realm buys of scarce goods in a day, up to the limit', 'what a realm has bought today'],
  },
});
