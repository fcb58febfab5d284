import { defineErrors } from '#shared/contract/errors.ts';

export const questErrors = defineErrors('quest', {
  not_found: { status: 404, message: 'There is no such quest.', retry: 'never' },
  not_active: { status: 409, message: 'You have not accepted this quest.', retry: 'after-change' },
  already_accepted: { status: 409, message: 'You have accepted this quest already.', retry: 'never' },
  already_rewarded: { status: 409, message: 'You have been rewarded for this quest.', retry: 'later' },
  level_too_low: { status: 409, message: 'Your level is too low for this quest.', retry: 'after-change' },
  prerequisite_missing: { status: 409, message: 'Another quest comes first.', retry: 'after-change' },
  log_full: { status: 409, message: 'Your quest log is full.', retry: 'after-change' },
  not_complete: { status: 409, message: 'Not every objective is done.', retry: 'after-change' },
  choice_required: { status: 409, message: 'Choose a reward.', retry: 'after-change' },
  choice_unknown: { status: 409, message: 'That is not one of the choices.', retry: 'after-change' },
  bag_full: { status: 409, message: 'Your bag has no room for the reward.', retry: 'after-change' },
  no_dialogue: { status: 409, message: 'Nobody talks about this quest.', retry: 'never' },
  dialogue_moved: { status: 409, message: 'The talk is at another point.', retry: 'after-change' },
});
