import { defineErrors } from '#shared/contract/errors.ts';

export const inventoryErrors = defineErrors('inventory', {
  item_not_found: { status: 404, message: 'You have no such item.', retry: 'never' },
  full: { status: 409, message: 'Your bag is full.', retry: 'after-change' },
});
