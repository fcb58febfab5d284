import { defineErrors } from '#shared/contract/errors.ts';

export const lootErrors = defineErrors('loot', {
  drop_not_found: { status: 404, message: 'There is no such drop here.', retry: 'never' },
  slot_not_found: { status: 404, message: 'The drop has no such slot.', retry: 'never' },
  already_taken: { status: 409, message: 'Somebody has taken it already.', retry: 'never' },
  not_eligible: { status: 403, message: 'It belongs to those who made the kill, for now.', retry: 'later' },
  expired: { status: 410, message: 'The drop is gone.', retry: 'never' },
  wrong_zone: { status: 409, message: 'You are not where the drop lies.', retry: 'after-change' },
});
