import { defineErrors } from '#shared/contract/errors.ts';

export const sessionErrors = defineErrors('session', {
  realm_full: {
    status: 409,
    message: 'The realm is full. You stand in its queue; refresh your place to keep it.',
    retry: 'later',
  },
  queue_full: { status: 409, message: 'The realm is full, and so is its queue. Come back later.', retry: 'later' },
  realm_unknown: { status: 404, message: 'There is no such realm.', retry: 'never' },
});
