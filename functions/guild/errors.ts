import { defineErrors } from '#shared/contract/errors.ts';

export const guildErrors = defineErrors('guild', {
  not_in_guild: { status: 404, message: 'You are in no guild.', retry: 'after-change' },
  already_in_guild: {
    status: 409,
    message: 'You are in a guild already, or have signed a charter.',
    retry: 'after-change',
  },
  name_invalid: { status: 422, message: 'A guild cannot have this name.', retry: 'after-change' },
  name_taken: {
    status: 409,
    message: 'There is a guild of this name, or of one that looks like it.',
    retry: 'after-change',
  },
  rank_too_low: { status: 403, message: 'Your rank in the guild does not let you do that.', retry: 'after-change' },
  still_a_charter: {
    status: 409,
    message: 'The guild is not founded yet: its charter lacks signatures.',
    retry: 'later',
  },
  full: { status: 409, message: 'The guild is full.', retry: 'later' },
  self: { status: 422, message: 'You cannot do that with yourself.', retry: 'never' },
  player_not_found: { status: 404, message: 'There is no such player.', retry: 'after-change' },
  target_in_guild: { status: 409, message: 'This player is in a guild already.', retry: 'later' },
  invited_recently: { status: 409, message: 'This player has been asked a short while ago.', retry: 'later' },
  invites_full: { status: 409, message: 'This player is asked by too many at the moment.', retry: 'later' },
  invite_not_found: { status: 404, message: 'You have no open invite to this guild.', retry: 'never' },
  account_has_signed: { status: 409, message: 'Another character of yours has signed this charter.', retry: 'never' },
  member_not_found: { status: 404, message: 'There is no such member in your guild.', retry: 'after-change' },
  leader_stays: { status: 409, message: 'Give the lead of the guild to another member first.', retry: 'after-change' },
});
