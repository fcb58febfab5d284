import { defineErrors } from '#shared/contract/errors.ts';

export const inventoryErrors = defineErrors('inventory', {
  item_not_found: { status: 404, message: 'You have no such item.', retry: 'never' },
  item_changed: { status: 409, message: 'The item has changed since you looked at it.', retry: 'after-change' },
  item_bound: { status: 409, message: 'The item is bound and cannot be given away.', retry: 'never' },
  item_timed: { status: 409, message: 'The item does not last, and cannot be sent.', retry: 'never' },
  item_expired: { status: 410, message: 'The item has expired.', retry: 'never' },
  not_enough: { status: 409, message: 'There are not so many in the stack.', retry: 'after-change' },
  full: { status: 409, message: 'Your bag is full.', retry: 'after-change' },
});
