import { defineErrors } from '#shared/contract/errors.ts';

export const inventoryErrors = defineErrors('inventory', {
  item_not_found: { status: 404, message: 'You have no such item.', retry: 'never' },
  item_changed: { status: 409, message: 'The item has changed since you looked at it.', retry: 'after-change' },
  item_bound: { status: 409, message: 'The item is bound and cannot be given away.', retry: 'never' },
  item_expired: { status: 410, message: 'The item has expired.', retry: 'never' },
  not_enough: { status: 409, message: 'There are not so many in the stack.', retry: 'after-change' },
  item_equipped: { status: 409, message: 'Take it off first.', retry: 'after-change' },
  not_equippable: { status: 409, message: 'It cannot be worn there.', retry: 'never' },
  not_equipped: { status: 409, message: 'You do not wear it.', retry: 'after-change' },
  level_too_low: { status: 409, message: 'Your level is too low for it.', retry: 'after-change' },
  wrong_class: { status: 409, message: 'Your class cannot use it.', retry: 'never' },
  unique_equipped: { status: 409, message: 'Only one of these may be worn.', retry: 'after-change' },
  no_such_slot: { status: 400, message: 'There is no such slot.', retry: 'after-change' },
  slot_taken: { status: 409, message: 'There is something else in that slot.', retry: 'after-change' },
  not_stackable: { status: 409, message: 'These cannot be put together.', retry: 'after-change' },
  bank_out_of_reach: { status: 409, message: 'Your bank is open in rest areas.', retry: 'later' },
  full: { status: 409, message: 'Your bag is full.', retry: 'after-change' },
});
