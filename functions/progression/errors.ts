import { defineErrors } from '#shared/contract/errors.ts';

export const progressionErrors = defineErrors('progression', {
  not_found: { status: 404, message: 'This character has no progression.', retry: 'never' },
  not_enough_points: { status: 409, message: 'You do not have that many unspent points.', retry: 'after-change' },
  cap_reached: { status: 409, message: 'It cannot be raised that far at your level.', retry: 'after-change' },
  nothing_to_respec: { status: 409, message: 'None of these points is spent.', retry: 'after-change' },
  respec_unaffordable: {
    status: 409,
    message: 'You have not earned enough experience within your level.',
    retry: 'later',
  },
});
