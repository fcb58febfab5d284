import { defineErrors } from '#shared/contract/errors.ts';

export const anticheatErrors = defineErrors('anticheat', {
  not_found: { status: 404, message: 'Nothing is held against them.', retry: 'never' },
  case_changed: {
    status: 409,
    message: 'Somebody has decided on this case meanwhile, or it was opened again. Look at it anew.',
    retry: 'after-change',
  },
});
