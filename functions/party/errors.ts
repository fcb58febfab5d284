import { defineErrors } from '#shared/contract/errors.ts';

export const partyErrors = defineErrors('party', {
  not_in_party: { status: 404, message: 'You are in no party.', retry: 'after-change' },
  already_in_party: { status: 409, message: 'You are in a party already.', retry: 'after-change' },
  not_leader: { status: 403, message: 'Only the leader of the party may do that.', retry: 'after-change' },
  full: { status: 409, message: 'The party is full.', retry: 'later' },
  self: { status: 422, message: 'You cannot do that with yourself.', retry: 'never' },
  player_not_found: { status: 404, message: 'There is no such player.', retry: 'after-change' },
  target_in_party: { status: 409, message: 'This player is in a party already.', retry: 'later' },
  invited_recently: { status: 409, message: 'This player has been asked a moment ago.', retry: 'later' },
  invites_full: { status: 409, message: 'This player is asked by too many at the moment.', retry: 'later' },
  invite_not_found: { status: 404, message: 'You have no open invite to this party.', retry: 'never' },
  member_not_found: { status: 404, message: 'There is no such member in your party.', retry: 'after-change' },
  rolls_open: { status: 409, message: 'Nobody is put out while the party rolls for loot.', retry: 'later' },
  ready_check_running: { status: 409, message: 'A ready check is under way.', retry: 'later' },
  no_ready_check: { status: 409, message: 'No ready check is under way.', retry: 'never' },
  already_answered: { status: 409, message: 'You have answered already.', retry: 'never' },
});
