import { defineErrors } from '#shared/contract/errors.ts';

export const combatErrors = defineErrors('combat', {
  session_not_found: { status: 404, message: 'You were in no such fight.', retry: 'never' },
});
