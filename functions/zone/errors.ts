import { defineErrors } from '#shared/contract/errors.ts';

export const zoneErrors = defineErrors('zone', {
  not_found: { status: 404, message: 'There is no such zone.', retry: 'never' },
  level_too_low: { status: 403, message: 'Your character is not strong enough for this zone.', retry: 'after-change' },
  unavailable: { status: 503, message: 'This zone is closed at the moment.', retry: 'later' },
  fenced: { status: 409, message: 'The zone has another owner by now.', retry: 'never' },
});
