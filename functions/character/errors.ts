import { defineErrors } from '#shared/contract/errors.ts';

export const characterErrors = defineErrors('character', {
  name_invalid: { status: 422, message: 'A character cannot have this name.', retry: 'after-change' },
  name_taken: { status: 409, message: 'Somebody has this name or one that looks like it.', retry: 'after-change' },
  slots_full: { status: 409, message: 'You have no free character slot.', retry: 'after-change' },
});
