import { defineErrors } from '#shared/contract/errors.ts';

export const zoneErrors = defineErrors('zone', {
  not_found: { status: 404, message: 'There is no such zone.', retry: 'never' },
  level_too_low: { status: 403, message: 'Your character is not strong enough for this zone.', retry: 'after-change' },
  unavailable: { status: 503, message: 'This zone is closed at the moment.', retry: 'later' },
  elsewhere: {
    status: 409,
    message: 'Your character is in another zone: go there, or teleport.',
    retry: 'after-change',
  },
  not_in_world: { status: 409, message: 'Your character is not in this zone.', retry: 'after-change' },
  not_visited: { status: 403, message: 'Your character has never been there.', retry: 'after-change' },
  cooling_down: { status: 429, message: 'You have to wait before you do this again.', retry: 'later' },
  full: { status: 503, message: 'There is no room at the moment.', retry: 'later' },
  layer_not_found: { status: 404, message: 'There is no such layer.', retry: 'never' },
  layer_full: { status: 409, message: 'That layer is full.', retry: 'later' },
  same_layer: { status: 409, message: 'Your character is in that layer.', retry: 'never' },
  no_instances: { status: 404, message: 'This zone has no instances of this kind.', retry: 'never' },
  instance_limit: { status: 429, message: 'You have come into too many new instances within an hour.', retry: 'later' },
  group_too_large: { status: 409, message: 'Your group is too large for this.', retry: 'after-change' },
  locked: { status: 403, message: 'Your character has done bosses that are alive there.', retry: 'later' },
  confirmation_needed: {
    status: 409,
    message: 'Bosses are dead there: coming in counts as having done them. Say that you want that.',
    retry: 'after-change',
  },
  fenced: { status: 409, message: 'The zone has another owner by now.', retry: 'never' },
});
